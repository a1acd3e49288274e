#include "persistence/inbox.h"

Rc settlement_draw(Db *db, int64_t *id, Error *err)
{
    SCOPED(rows_end) Rows rows = {0};
    if (db_query(db, "select nextval('nqs.settlement_id')", NULL, &rows, err))
        return err->rc;
    *id = rows_int(&rows, 0, 0);
    return RC_OK;
}

Rc settlement_lock(Db *db, Error *err) { return db_query(db, "select pg_advisory_xact_lock(7391003)", NULL, NULL, err); }

Rc settlement_write(Db *db, int64_t id, const Claimed *c, const char *envelopes, Instant now, Error *err)
{
    static const char sql[] =
        "insert into nqs.settlement (id, party, feed, ordinal, at, envelopes)"
        " select $1, $2, $3, coalesce(l.ordinal, 0) + 1, greatest($4::timestamptz, l.at + interval '1 microsecond'), $5::uuid[]"
        " from (select) one left join (select ordinal, at from nqs.settlement order by ordinal desc limit 1) l on true";
    Args args = {0};
    arg_int(&args, id);
    arg_int(&args, c->party);
    arg_text(&args, c->feed);
    arg_instant(&args, now);
    arg_text(&args, envelopes);
    return db_query(db, sql, &args, NULL, err);
}
