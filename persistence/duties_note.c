#include "persistence/duties_inside.h"

Rc duty_note(Db *db, int64_t duty, const char *kind, const char *detail, Instant now, Error *err)
{
    static const char sql[] =
        "insert into nqs.duty_event (duty, no, at, kind, detail) select $1, coalesce(max(no), 0) + 1, $4::timestamptz, $2, $3::jsonb from nqs.duty_event where duty = $1";
    Args args = {0};
    arg_int(&args, duty);
    arg_text(&args, kind);
    arg_text(&args, detail);
    arg_instant(&args, now);
    return db_query(db, sql, &args, NULL, err);
}

Rc duty_hold(Db *db, int64_t duty, const char *why, Error *err)
{
    Args args = {0};
    arg_int(&args, duty);
    arg_text(&args, why);
    return db_query(db, "update nqs.duty set held = $2 where id = $1 and held is distinct from $2", &args, NULL, err);
}

Rc duty_settle(Db *db, const Duty *d, Instant now, Error *err)
{
    static const char sql[] =
        "update nqs.duty set state = $2, reading = $3, hash = $4, provisional = $5::boolean, due_day = $6::date, due_at = $7::timestamptz, closes_at = $8::timestamptz, extended = $9::boolean,"
        " editions = " WORDS("$10") ", held = null, changed_at = $11::timestamptz where id = $1";
    Args args = {0};
    char day[16];
    arg_int(&args, d->id);
    arg_text(&args, d->state);
    arg_text(&args, d->reading);
    arg_text(&args, d->hash);
    arg_text(&args, d->provisional ? "true" : "false");
    arg_text(&args, d->due_day == NO_DAY ? NULL : day_text(d->due_day, day));
    arg_instant(&args, d->due_at);
    arg_instant(&args, d->closes_at);
    arg_text(&args, d->extended ? "true" : "false");
    arg_text(&args, d->editions ? d->editions : "");
    arg_instant(&args, now);
    return db_query(db, sql, &args, NULL, err);
}

Rc duties_progress(Db *db, Arena *a, DutyProgress *out, Error *err)
{
    SCOPED(rows_end) Rows rows = {0};
    if (db_query(db, "select ordinal, law, " DAYS("until") " from nqs.deadline", NULL, &rows, err))
        return err->rc;
    *out = (DutyProgress){ rows_int(&rows, 0, 0), arena_printf(a, "%s", rows_text(&rows, 0, 1)), rows_null(&rows, 0, 2) ? NO_DAY : rows_int(&rows, 0, 2) };
    return RC_OK;
}

Rc duties_go_on(Db *db, const DutyProgress *p, Error *err)
{
    Args args = {0};
    char day[16];
    arg_int(&args, p->ordinal);
    arg_text(&args, p->law);
    arg_text(&args, p->until == NO_DAY ? NULL : day_text(p->until, day));
    return db_query(db, "update nqs.deadline set ordinal = $1, law = $2, until = $3::date", &args, NULL, err);
}

Rc settlements_behind(Db *db, int64_t after, int most, int64_t *upto, Error *err)
{
    static const char sql[] = "select coalesce(max(ordinal), $1) from (select ordinal from nqs.settlement where ordinal > $1 order by ordinal limit $2) x";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_int(&args, after);
    arg_int(&args, most);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    *upto = rows_int(&rows, 0, 0);
    return RC_OK;
}

static Rc taken(Db *db, const char *sql, Arena *a, const char **out, Error *err)
{
    SCOPED(rows_end) Rows rows = {0};
    if (db_query(db, sql, NULL, &rows, err))
        return err->rc;
    *out = arena_printf(a, "%s", rows_text(&rows, 0, 0));
    return RC_OK;
}

Rc roles_changed(Db *db, Arena *a, const char **parties, Error *err)
{
    return taken(db, "with t as (delete from nqs.role_queue where party in (select party from nqs.role_queue order by party limit 1000) returning party) select coalesce(array_agg(party), '{}')::text from t",
                 a, parties, err);
}

Rc events_take(Db *db, Arena *a, const char **ids, Error *err)
{
    return taken(db, "with t as (delete from nqs.event_queue q using nqs.event e where e.id = q.event and q.event in (select event from nqs.event_queue limit 200) returning e.id, e.reported_at)"
                     " select coalesce(string_agg(id::text, ' ' order by reported_at, id), '') from t", a, ids, err);
}

Rc heartbeats_around(Db *db, Instant at, bool *there, Instant *last, Instant *next, Error *err)
{
    static const char sql[] =
        "select exists (select from nqs.heartbeat where minute = date_trunc('minute', $1::timestamptz - interval '1 microsecond')),"
        " coalesce(" MICROSECONDS("(select max(minute) from nqs.heartbeat where minute < $1::timestamptz)") ", 0), coalesce(" MICROSECONDS("(select min(minute) from nqs.heartbeat where minute >= $1::timestamptz)") ", 0)";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_instant(&args, at);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    *there = *rows_text(&rows, 0, 0) == 't';
    *last = rows_int(&rows, 0, 1);
    *next = rows_int(&rows, 0, 2);
    return RC_OK;
}
