#include "persistence/events.h"
#include "persistence/duties_inside.h"
#include "persistence/reports.h"
#include "persistence/vault.h"
#include <stdio.h>

#define REPORTING "7391010"

Rc event_begin(Db *db, Error *err) { return db_query(db, "select pg_advisory_xact_lock_shared(" REPORTING ")", NULL, NULL, err); }
Rc events_wait(Db *db, Error *err) { return db_query(db, "select pg_advisory_lock(" REPORTING "), pg_advisory_unlock(" REPORTING ")", NULL, NULL, err); }

static void event_args(const EventRow *e, char day[16], Args *args)
{
    arg_text(args, e->reported_by);
    arg_text(args, e->message_id);
    arg_text(args, e->type);
    arg_int(args, e->party);
    arg_text(args, e->subject ? e->subject : "");
    arg_text(args, e->period);
    arg_text(args, e->delivery);
    arg_int(args, e->records);
    arg_text(args, day_text(e->day, day));
    arg_text(args, e->ground ? e->ground : "");
}

/* The first with this message id, and whether it says the same. */
static Rc event_again(Db *db, const EventRow *e, char id[ID_SIZE], Error *err)
{
    static const char sql[] =
        "select id, type = $3 and coalesce(party, 0) = $4 and subject = $5 and period is not distinct from $6 and delivery is not distinct from $7::uuid and coalesce(records, -1) = $8"
        " and day = $9::date and ground = $10 from nqs.event where reported_by = $1 and message_id = $2";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    char day[16];
    event_args(e, day, &args);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    if (rows_n(&rows) == 0)
        return error_set(err, RC_RETRY, "an event with this message id came and went");
    snprintf(id, ID_SIZE, "%s", rows_text(&rows, 0, 0));
    return *rows_text(&rows, 0, 1) == 't' ? RC_OK : error_refuse(err, "repeat_other_content", e->message_id, id, NULL);
}

Rc event_write(Db *db, const EventRow *e, Instant now, char id[ID_SIZE], bool *repeat, Error *err)
{
    static const char sql[] =
        "insert into nqs.event (reported_by, message_id, type, party, subject, period, delivery, records, day, ground, id, at, reported_at, replaces)"
        " values ($1, $2, $3, nullif($4::int, 0), $5, $6, $7::uuid, nullif($8::bigint, -1), $9::date, $10, $11::uuid, $12::timestamptz, $13::timestamptz, $14::uuid) on conflict (reported_by, message_id) do nothing";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    char day[16];
    random_uuid(id);
    event_args(e, day, &args);
    arg_text(&args, id);
    arg_instant(&args, e->at);
    arg_instant(&args, now);
    arg_text(&args, e->replaces);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    *repeat = rows_affected(&rows) == 0;
    return *repeat ? event_again(db, e, id, err) : RC_OK;
}

Rc events_list(Db *db, int party, const char *type, unsigned limit, Arena *a, const char **json, Error *err)
{
    static const char sql[] =
        "select coalesce(json_agg(json_build_object('event', x.id, 'type', x.type, 'party', p.bin, 'subject', nullif(x.subject, ''), 'period', x.period, 'delivery', x.delivery, 'records', x.records, 'day', x.day,"
        " 'at', x.at, 'ground', nullif(x.ground, ''), 'reported_by', x.reported_by, 'reported_at', x.reported_at) order by x.reported_at desc, x.id), '[]')::text"
        " from (select * from nqs.event where ($1 = 0 or party = $1) and ($2::text is null or type = $2) order by reported_at desc limit $3) x left join nqs.party p on p.id = x.party";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_int(&args, party);
    arg_text(&args, type);
    arg_int(&args, limit);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    *json = arena_printf(a, "%s", rows_text(&rows, 0, 0));
    return RC_OK;
}

Rc event_delivery(Db *db, const char *id, Arena *a, Handed *out, Error *err)
{
    static const char sql[] = "select feed, period, counts[1] + counts[2] + counts[3] + counts[4] + counts[5], state from nqs.envelope where id = $1::uuid";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_text(&args, id);
    if (!uuid_valid(id))
        return error_refuse(err, "not_found", NULL, NULL, NULL);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    if (rows_n(&rows) == 0)
        return error_refuse(err, "not_found", NULL, NULL, NULL);
    if (*rows_text(&rows, 0, 3) != 's' || rows_null(&rows, 0, 2))
        return error_refuse(err, "not_settled", id, NULL, NULL);
    *out = (Handed){ arena_printf(a, "%s", rows_text(&rows, 0, 0)), arena_printf(a, "%s", rows_text(&rows, 0, 1)), rows_int(&rows, 0, 2) };
    return RC_OK;
}

Rc party_id(Db *db, const char *bin, int *id, Error *err)
{
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_text(&args, bin);
    if (db_query(db, "select id from nqs.party where bin = $1", &args, &rows, err))
        return err->rc;
    if (rows_n(&rows) == 0)
        return error_refuse(err, "party_unknown", bin, NULL, NULL);
    *id = (int)rows_int(&rows, 0, 0);
    return RC_OK;
}
