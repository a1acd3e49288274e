#include "persistence/fetch_runs.h"
#include <stdio.h>

static Rc seen(Db *db, const char *fetch, Instant now, Error *err)
{
    static const char sql[] = "insert into nqs.fetch (name, since) values ($1, $2::timestamptz) on conflict (name) do nothing";
    Args args = {0};
    arg_text(&args, fetch);
    arg_instant(&args, now);
    return db_query(db, sql, &args, NULL, err);
}

Rc fetch_run_due(Db *db, const char *fetch, Instant due, const char *period, Instant now, Error *err)
{
    static const char sql[] =
        "insert into nqs.fetch_run (name, due, period) select f.name, $2::timestamptz, $3 from nqs.fetch f where f.name = $1 and f.since < $2::timestamptz"
        " and not exists (select from nqs.fetch_run r where r.name = f.name and r.due >= $2::timestamptz) on conflict (name, due) where due is not null do nothing";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    if (seen(db, fetch, now, err))
        return err->rc;
    arg_text(&args, fetch);
    arg_instant(&args, due);
    arg_text(&args, period);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    return rows_affected(&rows) ? RC_OK : RC_END;
}

static void run_read(const Rows *rows, FetchRun *out)
{
    *out = (FetchRun){ .id = rows_int(rows, 0, 0), .attempt = (int)rows_int(rows, 0, 1) };
    snprintf(out->period, sizeof out->period, "%s", rows_text(rows, 0, 2));
}

/* Runs a statement that returns a run. */
static Rc run_query(Db *db, const char *sql, const Args *args, FetchRun *out, Error *err)
{
    SCOPED(rows_end) Rows rows = {0};
    if (db_query(db, sql, args, &rows, err))
        return err->rc;
    if (rows_n(&rows) == 0)
        return RC_END;
    run_read(&rows, out);
    return RC_OK;
}

Rc fetch_run_new(Db *db, const char *fetch, const char *period, Instant now, FetchRun *out, Error *err)
{
    static const char sql[] = "insert into nqs.fetch_run (name, period, state, attempt, begun) values ($1, $2, 'running', 1, $3::timestamptz) returning id, attempt, period";
    Args args = {0};
    if (seen(db, fetch, now, err))
        return err->rc;
    arg_text(&args, fetch);
    arg_text(&args, period);
    arg_instant(&args, now);
    return run_query(db, sql, &args, out, err);
}

Rc fetch_run_tidy(Db *db, const char *fetch, Instant now, Error *err)
{
    static const char sql[] =
        "update nqs.fetch_run r set state = case when x.kept then 'kept' else 'failed' end, error_code = case when x.kept then null else 'fetch_interrupted' end,"
        " delivery = case when x.kept then r.delivery end, ended = $2::timestamptz"
        " from (select o.id, exists (select from nqs.envelope e where e.id = o.delivery) as kept from nqs.fetch_run o"
        "  where o.name = $1 and (o.state = 'running' or (o.state = 'waiting' and o.due is null))) x"
        " where r.id = x.id and (x.kept or r.due is null)";
    Args args = {0};
    arg_text(&args, fetch);
    arg_instant(&args, now);
    return db_query(db, sql, &args, NULL, err);
}

Rc fetch_run_take(Db *db, const char *fetch, Instant now, FetchRun *out, Error *err)
{
    static const char sql[] =
        "update nqs.fetch_run set state = 'running', attempt = attempt + 1, begun = coalesce(begun, $2::timestamptz), delivery = null where id ="
        " (select id from nqs.fetch_run where name = $1 and due is not null and (state = 'running' or (state = 'waiting' and (next_at is null or next_at <= $2::timestamptz)))"
        "  order by id limit 1) returning id, attempt, period";
    Args args = {0};
    arg_text(&args, fetch);
    arg_instant(&args, now);
    return run_query(db, sql, &args, out, err);
}

Rc fetch_run_again(Db *db, FetchRun *run, Instant now, Error *err)
{
    static const char sql[] =
        "update nqs.fetch_run set state = 'running', attempt = attempt + 1, begun = coalesce(begun, $2::timestamptz), delivery = null where id = $1 returning id, attempt, period";
    Args args = {0};
    arg_int(&args, run->id);
    arg_instant(&args, now);
    return run_query(db, sql, &args, run, err);
}

Rc fetch_run_intend(Db *db, const FetchRun *run, const char *delivery, Error *err)
{
    Args args = {0};
    arg_int(&args, run->id);
    arg_text(&args, delivery);
    return db_query(db, "update nqs.fetch_run set delivery = $2::uuid where id = $1", &args, NULL, err);
}

Rc fetch_run_report(Db *db, const FetchRun *run, const FetchReport *report, Instant now, Error *err)
{
    static const char sql[] =
        "update nqs.fetch_run set state = $2, next_at = $3::timestamptz, ended = case when $2 = 'waiting' then null else $4::timestamptz end, pages = $5, bytes = $6,"
        " http_status = nullif($7::int, 0), error_code = $8, delivery = $9::uuid where id = $1";
    Args args = {0};
    arg_int(&args, run->id);
    arg_text(&args, report->state);
    arg_instant(&args, report->again);
    arg_instant(&args, now);
    arg_int(&args, report->pages);
    arg_int(&args, (int64_t)report->bytes);
    arg_int(&args, report->http_status);
    arg_text(&args, report->code);
    arg_text(&args, report->delivery);
    return db_query(db, sql, &args, NULL, err);
}

Rc fetch_run_last(Db *db, const char *fetch, Buffer *json, Error *err)
{
    static const char sql[] =
        "select json_build_object('run', id, 'due', due, 'period', period, 'state', state, 'attempt', attempt, 'next_at', next_at, 'begun', begun, 'ended', ended, 'pages', pages,"
        " 'bytes', bytes, 'http_status', http_status, 'error', error_code, 'delivery', delivery)::text from nqs.fetch_run where name = $1 order by id desc limit 1";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_text(&args, fetch);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    buffer_text(json, rows_n(&rows) ? rows_text(&rows, 0, 0) : "null");
    return RC_OK;
}
