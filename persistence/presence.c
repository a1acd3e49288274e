#include "persistence/presence.h"

#define UTC(column) "to_char(" column " at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"

Rc heartbeat_write(Db *db, Instant minute, const char *process, Instant now, const unsigned char signature[64], Error *err)
{
    Args args = {0};
    arg_instant(&args, minute);
    arg_text(&args, process);
    arg_instant(&args, now);
    arg_bytes(&args, signature, 64);
    return db_query(db, "insert into nqs.heartbeat (minute, process, at, signature) values ($1::timestamptz, $2::uuid, $3::timestamptz, $4) on conflict do nothing", &args, NULL, err);
}

Rc process_write(Db *db, const char *process, Instant now, Instant oldest_upload, Error *err)
{
    static const char sql[] =
        "with old as (delete from nqs.process where seen_at < $2::timestamptz - interval '1 day' and id <> $1::uuid)"
        " insert into nqs.process (id, seen_at, oldest_upload) values ($1::uuid, $2::timestamptz, $3::timestamptz)"
        " on conflict (id) do update set seen_at = excluded.seen_at, oldest_upload = excluded.oldest_upload";
    Args args = {0};
    arg_text(&args, process);
    arg_instant(&args, now);
    arg_instant(&args, oldest_upload);
    return db_query(db, sql, &args, NULL, err);
}

Rc process_end(Db *db, const char *process, Error *err)
{
    Args args = {0};
    arg_text(&args, process);
    return db_query(db, "delete from nqs.process where id = $1::uuid", &args, NULL, err);
}

Rc heartbeat_gaps(Db *db, Instant from, Instant to, Arena *a, const char **json, Error *err)
{
    static const char sql[] =
        "with m as (select distinct minute from nqs.heartbeat where minute >= $1::timestamptz and minute < $2::timestamptz"
        "   union select $1::timestamptz - interval '1 minute' union select $2::timestamptz),"
        " g as (select minute as \"from\", lead(minute) over (order by minute) as \"to\" from m)"
        " select coalesce(json_agg(json_build_object('from', \"from\" + interval '1 minute', 'to', \"to\", 'minutes', (extract(epoch from \"to\" - \"from\") / 60)::bigint - 1) order by \"from\"), '[]')::text"
        " from g where \"to\" > \"from\" + interval '1 minute'";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_instant(&args, from);
    arg_instant(&args, to);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    *json = arena_printf(a, "%s", rows_text(&rows, 0, 0));
    return RC_OK;
}

Rc heartbeats_list(Db *db, Instant from, Instant to, Rows *out, Error *err)
{
    static const char sql[] = "select " UTC("minute") ", process, " UTC("at") ", signature from nqs.heartbeat where minute >= $1::timestamptz and minute < $2::timestamptz order by minute, process";
    Args args = {0};
    arg_instant(&args, from);
    arg_instant(&args, to);
    return db_query(db, sql, &args, out, err);
}
