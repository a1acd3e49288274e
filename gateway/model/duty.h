/* A duty: an obligation of one debtor for one occasion, and what is known to settle it. */
#pragma once
#include "gateway/base/clock.h"
#include "gateway/model/envelope.h"

#define NO_DAY INT64_MIN                             /* of due_day: no term is set */

/* Texts live as long as whoever read it says. Days are since 1970-01-01. */
typedef struct {
    int64_t     id;
    const char *obligation;
    int         party;                               /* 0: a person, known by subject */
    const char *subject, *occasion, *feed;           /* feed NULL: an event settles it */
    int64_t     cause_day;
    Instant     cause_at;
    const char *reading, *hash;
    bool        provisional, extended;
    int64_t     due_day;
    Instant     due_at, closes_at;                   /* 0: none */
    const char *editions;                            /* with spaces between */
    const char *state, *held;                        /* held NULL: nothing holds its verdict up */
} Duty;

/* What a duty may be settled by. */
enum { PROOF_MOMENTS = 5 };
typedef struct {
    char          id[ID_SIZE];                       /* "": there is none */
    bool          event;                             /* id is that of an event, else of a delivery */
    Instant       moment[PROOF_MOMENTS];             /* by gateway/law's Moment; 0: not known */
    bool          has_digest;
    unsigned char digest[DIGEST_SIZE];               /* of the delivery's payload */
} Proof;

/* unread: sources that are not known to be read up to the due moment, a JSON list; NULL: none. */
typedef struct { Duty duty; Proof proof; const char *unread; } DutyProof;
typedef struct { DutyProof *at; size_t n; } DutyProofs;
