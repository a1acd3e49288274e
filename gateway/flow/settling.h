/* One settlement in the making: what fill gathers from the envelopes of one (party, feed), and settle puts into effect. */
#pragma once
#include "gateway/flow/gateway.h"
#include "gateway/flow/key_filter.h"
#include "persistence/findings.h"
#include "persistence/merge.h"
#include "schemas/check.h"
#include "schemas/reader.h"

enum { VERSIONS_MOST = 1000 };                 /* of one key in one settlement: each costs a turn of the merge */
#define VERSIONS_MOST_TEXT "1000"

/* One envelope of the settlement. seq runs over the settlement; a record's place in its delivery is seq - first_seq + 1. */
typedef struct {
    const Envelope *e;
    uint32_t        first_seq, last_seq;       /* last < first: no records */
    unsigned        n_findings, n_stored;
    unsigned        skip, most;                /* findings stored: those after the first `skip`, at most `most` */
    const char     *refused_code;              /* as a whole */
    const char     *refused_arg[ERROR_ARGS];
} Member;

typedef struct {
    Findings        findings;                  /* first: the checker's way back to us */
    const Gateway  *g;
    Db             *db, *parts;                /* for staging and settling; for reading bytes meanwhile */
    const Claimed  *c;
    const Feed     *feed;
    const Table    *table;
    Sender          sender;
    Arena          *arena;                     /* the settlement's life */
    Arena          *held;                      /* of the rows held in `rows` */
    Arena          *scratch;                   /* one record's */
    Hasher         *hasher;
    Buffer          hashed, key, last_key, copy;
    KeyFilter       keys;
    Row             rows[ARRAY_ROWS];
    Value          *values[ARRAY_ROWS];
    size_t          n_rows, held_bytes;
    bool            staged, copying, in_order;
    unsigned        rounds;
    size_t          n_puts, n_withdraws;
    bool            dry;                       /* only examine: nothing is staged (findings_rerun) */
    unsigned        skip, most;                /* the window of findings, for each member */
    uint32_t        seq;
    Outcomes        outcomes;
    StoredFinding  *found;   size_t n_found, found_size;
    Member          member[GROUP_ENVELOPES];
    size_t          n_members;
    Member         *now;                       /* the one being filled */
    int64_t         closed[OUTCOME_REFUSED + 1];   /* records by outcome, once it is settled */
} Settling;

Settling *settling_new (const Gateway *g, Db *db, Db *parts);
void      settling_free(Settling **s);
void      settling_begin(Settling *s, const Claimed *c);         /* empties it for the next claim */

/* Adds a finding to a member; stored within its window (up to FINDINGS_STORED when it is worked), counted always. Copies the texts. */
void settling_find(Settling *s, Member *m, const Finding *f);
Member *settling_member(Settling *s, uint32_t seq);              /* whose record that is */

/* Examines an envelope once more from its bytes: its findings after the first `skip`, at most `most`, are then in s->found. Those that only the settlement could make
   (keys twice, other owners) are not among them. */
Rc findings_rerun(Settling *s, const Claimed *c, unsigned skip, unsigned most, Error *err) MUST_USE;

/* Reads, checks and stages all envelopes of the claim. What is wrong with data ends as outcomes and findings; RC_RETRY and RC_FATAL only, and RC_END: the group is too
   large to be settled together; the first n_members of it are filled and may be settled, the others are untouched. */
Rc fill(Settling *s, Error *err) MUST_USE;
/* One more record, as a RecordSink. */
Rc fill_record(void *settling, const Record *r, Error *err);
/* A held or staged row; flushes when there are many. RC_END: a group has become too large to be settled together. */
Rc rows_add(Settling *s, Row *row, const Value *values, Error *err) MUST_USE;
Rc rows_end_all(Settling *s, Error *err) MUST_USE;               /* the COPY, if any, is finished */
void rows_abort(Settling *s);

/* The payload of a claimed envelope pushed into a reader, from parts or from `bytes` when they are at hand. */
Rc payload_push(Settling *s, const Envelope *e, const Buffer *bytes, Reader *r, Error *err) MUST_USE;

/* The one transaction. */
Rc settle(Settling *s, Error *err) MUST_USE;
