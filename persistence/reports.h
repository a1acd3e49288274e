/* What is read for people and programs. Who may see what is decided in flow/query; here are only the questions. */
#pragma once
#include "gateway/base/buffer.h"
#include "persistence/table.h"

/* Of one delivery; texts live in the arena. */
typedef struct {
    int         party;
    const char *bin, *feed, *period, *kind, *state, *source, *format, *refused_code, *closed_at, *committed, *message_id, *mapping, *file_name;
    const char *refused_args;               /* JSON array */
    int64_t     number, settlement, ordinal, nth;      /* settlement 0: none; nth: which hand-in of its (party, feed, period) */
    const char *settled_at;
    int         counts[8];                  /* by Outcome */
    bool        has_counts, sender_date_absurd;
    int         findings;
    uint64_t    bytes, payload_length;
    int         records;
} DeliveryRow;
Rc report_delivery(Db *db, const char *id, Arena *a, DeliveryRow *out, Error *err) MUST_USE;      /* RC_REJECT not_found */
bool uuid_valid(const char *id);

/* party 0: all; feed, period NULL: any; before: id of the last one seen, or NULL (ids rise with time). Columns: id, number, bin, feed, period, kind, state, committed, counts (JSON), findings. */
Rc report_deliveries(Db *db, int party, const char *feed, const char *period, const char *before, unsigned limit, Rows *out, Error *err) MUST_USE;
/* Columns: no, seq, severity, code, place, a1, a2, a3. after: the last `no` seen, -1 at first. */
Rc report_findings(Db *db, const char *id, int after, unsigned limit, Rows *out, Error *err) MUST_USE;
/* The nibbles of a delivery's outcomes, unpacked (outcomes_get over them). */
Rc report_outcomes(Db *db, const char *id, Buffer *out, Error *err) MUST_USE;
Rc report_receipt(Db *db, const char *id, Buffer *out, Error *err) MUST_USE;

/* Records of a feed: the fields in contract order (arrays and objects as JSON, personal ones as bytea), then period, number, settlement, seq.
   after: key values of the last row seen (n_key texts) or NULL; owner 0: of all parties. */
typedef struct { const char *as_known_at, *as_of_period; const char *const *after; int owner; unsigned limit; } RecordsAsked;
/* Begins the answer; rows are had one by one with stream_next, all of them or until the connection is given up. */
Rc report_records(Db *db, const Table *t, const RecordsAsked *asked, Error *err) MUST_USE;

Rc report_queue(Db *db, int64_t *waiting, int64_t *set_aside, Instant *database_clock, bool *read_only, Error *err) MUST_USE;

/* The inbox by feed, for those who watch; answered within so many ms or not at all (RC_RETRY). At least one row; columns: feed (NULL: there is none), waiting, moment of the
   oldest one's commit (rows_instant), set aside, database's clock (rows_instant), is it read-only. */
Rc report_inbox(Db *db, int ms, Rows *out, Error *err) MUST_USE;
