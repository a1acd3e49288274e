#include "persistence/audit.h"
#include <inttypes.h>

Rc audit_add(Db *db, Instant at, const char *actor, const char *act, const char *subject, const char *detail, Error *err)
{
    Args args = {0};
    arg_instant(&args, at);
    arg_text(&args, actor);
    arg_text(&args, act);
    arg_text(&args, subject);
    arg_text(&args, detail);
    return db_query(db, "insert into nqs.audit (at, actor, act, subject, detail) values ($1::timestamptz, $2, $3, $4, $5)", &args, NULL, err);
}

Rc audit_verify(Db *db, int64_t *n, Error *err)
{
    static const char sql[] =
        "select count(*), min(id) filter (where not good) from (select id, previous = coalesce(lag(digest) over (order by id), '\\x00')"
        " and digest = nqs.audit_digest(previous, at, actor, act, subject, detail) as good from nqs.audit) x";
    SCOPED(rows_end) Rows rows = {0};
    if (db_query(db, sql, NULL, &rows, err))
        return err->rc;
    *n = rows_int(&rows, 0, 0);
    if (!rows_null(&rows, 0, 1))
        return error_set(err, RC_REJECT, "the audit chain is broken at row %" PRId64, rows_int(&rows, 0, 1));
    return RC_OK;
}

Rc audit_list(Db *db, int limit, Buffer *json, Error *err)
{
    static const char sql[] = "select coalesce(json_agg(x order by x.id), '[]')::text from (select id, at, actor, act, subject, detail, encode(digest, 'hex') as digest"
                              " from nqs.audit order by id desc limit $1) x";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_int(&args, limit);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    buffer_text(json, rows_text(&rows, 0, 0));
    return RC_OK;
}
