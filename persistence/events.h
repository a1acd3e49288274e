/* What parties report of what happened (nqs.event). */
#pragma once
#include "gateway/model/envelope.h"
#include "persistence/db.h"

/* Texts NULL: not given. party 0: all, or a person known by subject. */
typedef struct {
    const char *type, *subject, *period, *delivery, *ground, *replaces, *reported_by, *message_id;
    int         party;
    int64_t     records;                   /* -1: none */
    int64_t     day;                       /* since 1970 */
    Instant     at;
} EventRow;

/* Within a transaction, before the clock is asked when something is reported: until it ends, nobody gets past events_wait. */
Rc event_begin(Db *db, Error *err) MUST_USE;
/* Until all have ended that have begun; what begins later is reported later than now. */
Rc events_wait(Db *db, Error *err) MUST_USE;

/* id: a new one, or that of the event with this message id, *repeat. RC_REJECT repeat_other_content: that one says something else. */
Rc event_write(Db *db, const EventRow *e, Instant now, char id[ID_SIZE], bool *repeat, Error *err) MUST_USE;

/* As JSON objects, the newest first; party 0, type NULL: any. */
Rc events_list(Db *db, int party, const char *type, unsigned limit, Arena *a, const char **json, Error *err) MUST_USE;

/* Of a delivery that was settled: party's id, feed, period, how many records were taken (not refused). RC_REJECT not_found; not_settled. */
typedef struct { const char *feed, *period; int64_t records; } Handed;
Rc event_delivery(Db *db, const char *id, Arena *a, Handed *out, Error *err) MUST_USE;

/* RC_REJECT party_unknown {bin}. */
Rc party_id(Db *db, const char *bin, int *id, Error *err) MUST_USE;
