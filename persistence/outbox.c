#include "persistence/outbox.h"
#include "gateway/base/text.h"
#include "persistence/text_array.h"
#include <string.h>

#define MICROSECONDS(column) "(extract(epoch from " column ") * 1000000)::bigint"

Rc outbox_changes(Db *db, const char *const *routes, size_t n, int64_t settlement, Instant now, Error *err)
{
    static const char sql[] =
        "insert into nqs.outbox (route, subject, settlement, ordinal, since) select r, 'settlement', s.id, s.ordinal, $3::timestamptz"
        " from nqs.settlement s, unnest($1::text[]) r where s.id = $2";
    SCOPED(buffer_free) Buffer names = {0};
    Args args = {0};
    text_array_begin(&names, n);
    for (size_t i = 0; i < n; i++)
        text_array_item(&names, routes[i], strlen(routes[i]));
    arg_bytes(&args, names.at, names.len);
    arg_int(&args, settlement);
    arg_instant(&args, now);
    return db_query(db, sql, &args, NULL, err);
}

Rc outbox_snapshot(Db *db, const char *route, const char *feed, const char *as_known_at, Instant now, int64_t *id, int64_t *ordinal, Error *err)
{
    static const char sql[] =
        "insert into nqs.outbox (route, subject, settlement, ordinal, since) select $1, 'snapshot', s.id, s.ordinal, $4::timestamptz from nqs.settlement s"
        " where s.feed = $2 and ($3::timestamptz is null or s.at <= $3::timestamptz) order by s.ordinal desc limit 1 returning id, ordinal";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_text(&args, route);
    arg_text(&args, feed);
    arg_text(&args, as_known_at);
    arg_instant(&args, now);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    if (rows_n(&rows) == 0)
        return error_refuse(err, "not_found", NULL, NULL, NULL);
    *id = rows_int(&rows, 0, 0);
    *ordinal = rows_int(&rows, 0, 1);
    return RC_OK;
}

Rc outbox_due(Db *db, const char *route, const char *feed, const OutboxOccasion *o, Instant now, bool *made, Error *err)
{
    static const char seen[] = "insert into nqs.schedule (name, due) values ($1, $2::timestamptz) on conflict (name) do nothing";
    static const char sql[] =
        "with moved as (update nqs.schedule set due = $3::timestamptz where name = $1 and due < $3::timestamptz returning name)"
        " insert into nqs.outbox (route, subject, settlement, ordinal, since, due, period, late) select $1, 'snapshot', s.id, s.ordinal, $4::timestamptz, $3::timestamptz, $5, $6::boolean"
        " from moved, nqs.settlement s where s.feed = $2 and s.at <= $3::timestamptz order by s.ordinal desc limit 1";
    SCOPED(rows_end) Rows rows = {0};
    Args first = {0}, args = {0};
    arg_text(&first, route);
    arg_instant(&first, now);
    arg_text(&args, route);
    arg_text(&args, feed);
    arg_instant(&args, o->due);
    arg_instant(&args, now);
    arg_text(&args, o->period);
    arg_text(&args, o->late ? "true" : "false");
    if (db_query(db, seen, &first, NULL, err) || db_query(db, sql, &args, &rows, err))
        return err->rc;
    *made = rows_affected(&rows) > 0;
    return RC_OK;
}

static Position position_read(const Rows *r, int col, Arena *a)
{
    if (rows_null(r, 0, col + 1))
        return (Position){0};
    return (Position){ rows_int(r, 0, col), arena_printf(a, "%s", rows_text(r, 0, col + 1)) };
}

Rc outbox_head(Db *db, const char *route, Instant now, Arena *a, OutboxRow *out, Error *err)
{
    static const char sql[] =
        "select * from (select o.id, o.settlement, o.ordinal, " MICROSECONDS("s.at") ", o.subject = 'snapshot', o.attempts, o.after_seq, o.after_key, o.until_seq, o.until_key,"
        " o.events, o.digest, coalesce(" MICROSECONDS("o.due") ", 0), o.period, coalesce(o.late, false), o.next_at from nqs.outbox o join nqs.settlement s on s.id = o.settlement where o.route = $1 and o.state = 'waiting' order by o.ordinal, o.id limit 1) x"
        " where x.next_at is null or x.next_at <= $2::timestamptz";
    SCOPED(rows_end) Rows r = {0};
    Args args = {0};
    arg_text(&args, route);
    arg_instant(&args, now);
    if (db_query(db, sql, &args, &r, err))
        return err->rc;
    if (rows_n(&r) == 0)
        return RC_END;
    *out = (OutboxRow){
        .id = rows_int(&r, 0, 0), .settlement = rows_int(&r, 0, 1), .ordinal = rows_int(&r, 0, 2), .at = rows_instant(&r, 0, 3), .snapshot = *rows_text(&r, 0, 4) == 't',
        .attempts = (int)rows_int(&r, 0, 5), .after = position_read(&r, 6, a), .until = position_read(&r, 8, a), .events = rows_int(&r, 0, 10),
        .due = rows_instant(&r, 0, 12), .period = rows_null(&r, 0, 13) ? NULL : arena_printf(a, "%s", rows_text(&r, 0, 13)), .late = *rows_text(&r, 0, 14) == 't',
    };
    if (!rows_null(&r, 0, 11)) {
        size_t n;
        const unsigned char *digest = rows_bytes(&r, 0, 11, a, &n);
        memcpy(out->digest, digest, n < HASH_SIZE ? n : HASH_SIZE);
    }
    return RC_OK;
}

static void arg_position(Args *args, Position p)
{
    if (p.key)
        arg_int(args, p.seq);
    else
        arg_text(args, NULL);
    arg_text(args, p.key);
}

Rc outbox_progress(Db *db, const OutboxRow *row, Error *err)
{
    static const char sql[] = "update nqs.outbox set after_seq = $2, after_key = $3, events = $4, digest = $5, attempts = 0, next_at = null, error = null where id = $1";
    char hex[2 * HASH_SIZE + 3] = "\\x";
    Args args = {0};
    hex_text(row->digest, HASH_SIZE, hex + 2);
    arg_int(&args, row->id);
    arg_position(&args, row->after);
    arg_int(&args, row->events);
    arg_text(&args, hex);
    return db_query(db, sql, &args, NULL, err);
}

Rc outbox_sent(Db *db, const char *route, const OutboxRow *row, Instant now, Error *err)
{
    static const char sql[] =
        "with sent as (delete from nqs.outbox where id = $1 returning ordinal, subject),"
        " noted as (insert into nqs.sent (ordinal, route, snapshot, at) select ordinal, $2, subject = 'snapshot', $3::timestamptz from sent"
        "   where subject = 'snapshot' or (subject = 'settlement' and $4 > 0) on conflict do nothing)"
        " insert into nqs.route (name, ordinal, sent_at, events) select $2, ordinal, $3::timestamptz, $4 from sent"
        " on conflict (name) do update set ordinal = greatest(nqs.route.ordinal, excluded.ordinal), sent_at = excluded.sent_at, events = nqs.route.events + excluded.events";
    Args args = {0};
    arg_int(&args, row->id);
    arg_text(&args, route);
    arg_instant(&args, now);
    arg_int(&args, row->events);
    return db_query(db, sql, &args, NULL, err);
}

Rc outbox_later(Db *db, const OutboxRow *row, Instant next_at, const char *why, Error *err)
{
    Args args = {0};
    arg_int(&args, row->id);
    arg_instant(&args, next_at);
    arg_text(&args, why);
    return db_query(db, "update nqs.outbox set attempts = attempts + 1, next_at = $2::timestamptz, error = $3 where id = $1", &args, NULL, err);
}

Rc outbox_give_up(Db *db, const OutboxRow *row, int64_t events, const char *why, Error *err)
{
    static const char sql[] =
        "update nqs.outbox set state = 'dead', attempts = attempts + 1, next_at = null, error = $3, events = $2,"
        " after_seq = case when subject = 'snapshot' then null else after_seq end, after_key = case when subject = 'snapshot' then null else after_key end, digest = null where id = $1";
    Args args = {0};
    arg_int(&args, row->id);
    arg_int(&args, events);
    arg_text(&args, why);
    return db_query(db, sql, &args, NULL, err);
}

/* One statement, so that what is given up is in one of the two rows whenever we are killed. */
Rc outbox_give_up_part(Db *db, const char *route, OutboxRow *row, Position until, int64_t events, Instant now, const char *why, Error *err)
{
    static const char sql[] =
        "with longer as (update nqs.outbox set until_seq = $5, until_key = $6, events = events + $7, error = $9 where route = $2 and settlement = $10 and state = 'dead'"
        "  and until_seq = $3::int and until_key = $4 returning id),"
        " fresh as (insert into nqs.outbox (route, subject, settlement, ordinal, since, state, attempts, error, after_seq, after_key, until_seq, until_key, events)"
        "  select $2, 'settlement', $10, $11, $8::timestamptz, 'dead', 1, $9, $3::int, $4, $5::int, $6, $7 where not exists (select from longer))"
        " update nqs.outbox set after_seq = $5, after_key = $6, attempts = 0, next_at = null, error = null where id = $1";
    Args args = {0};
    arg_int(&args, row->id);
    arg_text(&args, route);
    arg_position(&args, row->after);
    arg_position(&args, until);
    arg_int(&args, events);
    arg_instant(&args, now);
    arg_text(&args, why);
    arg_int(&args, row->settlement);
    arg_int(&args, row->ordinal);
    if (db_query(db, sql, &args, NULL, err))
        return err->rc;
    row->after = until;
    return RC_OK;
}

Rc outbox_dead(Db *db, Buffer *json, Error *err)
{
    static const char sql[] =
        "select coalesce(json_agg(json_build_object('id', id, 'publication', route, 'subject', subject, 'settlement', ordinal, 'events', events, 'since', since,"
        " 'error', error) order by id), '[]')::text from nqs.outbox where state = 'dead'";
    return db_json(db, sql, NULL, json, err);
}

static Rc one_dead(Db *db, const char *sql, int64_t id, Error *err)
{
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_int(&args, id);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    return rows_affected(&rows) ? RC_OK : error_refuse(err, "not_found", NULL, NULL, NULL);
}

Rc outbox_retry(Db *db, int64_t id, Error *err)
{
    return one_dead(db, "update nqs.outbox set state = 'waiting', attempts = 0, next_at = null, events = 0 where id = $1 and state = 'dead'", id, err);
}

Rc outbox_drop(Db *db, int64_t id, Error *err) { return one_dead(db, "delete from nqs.outbox where id = $1 and state = 'dead'", id, err); }

Rc outbox_routes(Db *db, int ms, Rows *out, Error *err)
{
    static const char sql[] =
        "begin read only; set local statement_timeout = '2s';"
        " select route, count(*) filter (where state = 'waiting'), " MICROSECONDS("min(since) filter (where state = 'waiting')") ","
        " coalesce(max(attempts) filter (where state = 'waiting'), 0), count(*) filter (where state = 'dead') from nqs.outbox group by route; commit";
    return db_ask(db, sql, ms, out, err);
}

Rc outbox_state(Db *db, const char *route, Buffer *json, Error *err)
{
    static const char sql[] =
        "select json_build_object('settlement', r.ordinal, 'sent_at', r.sent_at, 'events', coalesce(r.events, 0), 'waiting', w.n, 'oldest', w.oldest, 'attempts', coalesce(h.attempts, 0),"
        " 'next_at', h.next_at, 'error', h.error, 'dead', d.n)::text from (select $1::text as name) x left join nqs.route r using (name)"
        " cross join (select count(*) as n, min(since) as oldest from nqs.outbox where route = $1 and state = 'waiting') w"
        " cross join (select count(*) as n from nqs.outbox where route = $1 and state = 'dead') d"
        " left join (select attempts, next_at, error from nqs.outbox where route = $1 and state = 'waiting' order by ordinal, id limit 1) h on true";
    Args args = {0};
    arg_text(&args, route);
    return db_json(db, sql, &args, json, err);
}
