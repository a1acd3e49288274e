/* The outbox (nqs.outbox): what is to be sent on which route, how far that is, and what was given up. The caller sees to it that one session at a time serves a
   route (db_hold). */
#pragma once
#include "gateway/base/buffer.h"
#include "persistence/db.h"
#include "persistence/vault.h"

/* A record among those of a parcel: by its place in the settlement, then by its key (texts of the key fields, joined by '\x1f'). key NULL: none, the beginning or the
   end. Snapshots go by key alone. */
typedef struct { int64_t seq; const char *key; } Position;

typedef struct {
    int64_t       id, settlement, ordinal;
    Instant       at;                           /* of the settlement */
    bool          snapshot;
    int           attempts;                     /* that failed since something was delivered */
    Position      after, until;                 /* delivered up to; wanted up to */
    int64_t       events;                       /* delivered so far */
    unsigned char digest[HASH_SIZE];            /* of a snapshot's records so far */
    Instant       due;                          /* of a snapshot by schedule: its moment, 0: by command; … */
    const char   *period;                       /* … period … */
    bool          late;                         /* … and whether it was made long after */
} OutboxRow;

/* Within the settling transaction, once the settlement is written: one row a route. */
Rc outbox_changes (Db *db, const char *const *routes, size_t n, int64_t settlement, Instant now, Error *err) MUST_USE;
/* A snapshot as of the feed's last settlement, or of the last one by an instant (text; NULL: now). RC_REJECT not_found: there is none. */
Rc outbox_snapshot(Db *db, const char *route, const char *feed, const char *as_known_at, Instant now, int64_t *id, int64_t *ordinal, Error *err) MUST_USE;

/* The snapshot of a moment of a schedule, as of the feed's last settlement by then; made once, and not if the route was first seen after that moment. *made: was one made? */
typedef struct { Instant due; const char *period; bool late; } OutboxOccasion;
Rc outbox_due     (Db *db, const char *route, const char *feed, const OutboxOccasion *o, Instant now, bool *made, Error *err) MUST_USE;

/* What comes next on a route; texts live in a. RC_END: nothing, or it is not time yet. */
Rc outbox_head    (Db *db, const char *route, Instant now, Arena *a, OutboxRow *out, Error *err) MUST_USE;
Rc outbox_progress(Db *db, const OutboxRow *row, Error *err) MUST_USE;                   /* after, events and digest are to be remembered */
Rc outbox_sent    (Db *db, const char *route, const OutboxRow *row, Instant now, Error *err) MUST_USE;
Rc outbox_later   (Db *db, const OutboxRow *row, Instant next_at, const char *why, Error *err) MUST_USE;     /* one more attempt has failed */
/* The whole row is a dead letter, to be sent from its beginning if it is to be sent again. */
Rc outbox_give_up (Db *db, const OutboxRow *row, int64_t events, const char *why, Error *err) MUST_USE;
/* The events from row->after up to a record are one, or add to the one that ends there; the row goes on behind them. */
Rc outbox_give_up_part(Db *db, const char *route, OutboxRow *row, Position until, int64_t events, Instant now, const char *why, Error *err) MUST_USE;

/* Dead letters as a JSON array, oldest first. */
Rc outbox_dead(Db *db, Buffer *json, Error *err) MUST_USE;
/* RC_REJECT not_found: there is no dead letter of that number. */
Rc outbox_retry(Db *db, int64_t id, Error *err) MUST_USE;
Rc outbox_drop (Db *db, int64_t id, Error *err) MUST_USE;

/* All routes for which something is there. Columns: route, parcels waiting, since when the oldest does, failed attempts of one at most, dead letters. RC_RETRY: no answer in ms. */
Rc outbox_routes(Db *db, int ms, Rows *out, Error *err) MUST_USE;

/* How a route stands, as JSON members of an object: last, waiting, oldest, attempts, next_at, error, dead. */
Rc outbox_state(Db *db, const char *route, Buffer *json, Error *err) MUST_USE;
