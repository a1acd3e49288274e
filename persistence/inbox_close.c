#include "persistence/inbox.h"
#include <string.h>

static void text_item(Buffer *b, const char *s)
{
    buffer_char(b, '"');
    for (; *s; s++) {
        if (*s == '"' || *s == '\\')
            buffer_char(b, '\\');
        buffer_char(b, *s);
    }
    buffer_char(b, '"');
}

static void refusal_args(const Closing *c, Buffer *b)
{
    buffer_char(b, '{');
    for (int i = 0; i < ERROR_ARGS && c->refused_arg[i]; i++) {
        buffer_text(b, i ? "," : "");
        text_item(b, c->refused_arg[i]);
    }
    buffer_char(b, '}');
}

static void counts_list(const Closing *c, Buffer *b)
{
    for (int o = OUTCOME_NEW; o <= OUTCOME_REFUSED; o++)
        buffer_print(b, "%c%d", o > OUTCOME_NEW ? ',' : '{', c->counts[o]);
    buffer_char(b, '}');
}

static Rc close_one(Db *db, const Closing *c, int64_t settlement, Instant now, Error *err)
{
    static const char sql[] =
        "with o as (insert into nqs.outcome (envelope, bytes) select $1::uuid, $10::bytea where $10::bytea is not null on conflict (envelope) do update set bytes = excluded.bytes)"
        " update nqs.envelope set state = $2, settlement = $3, first_seq = $4, last_seq = $5, counts = $6::int[], findings = $7, closed_at = $8::timestamptz,"
        " refused_code = $9, refused_args = $11::text[] where id = $1::uuid";
    SCOPED(buffer_free) Buffer counts = {0}, refused = {0};
    Args args = {0};
    counts_list(c, &counts);
    refusal_args(c, &refused);
    arg_text(&args, c->e->id);
    arg_text(&args, c->refused_code ? "refused" : "settled");
    if (c->refused_code)
        arg_text(&args, NULL);
    else
        arg_int(&args, settlement);
    arg_int(&args, c->first_seq);
    arg_int(&args, c->last_seq);
    arg_text(&args, buffer_string(&counts));
    arg_int(&args, c->n_findings);
    arg_instant(&args, now);
    arg_text(&args, c->refused_code);
    arg_bytes(&args, c->outcomes && c->outcomes->len ? c->outcomes->at : NULL, c->outcomes ? c->outcomes->len : 0);
    arg_text(&args, buffer_string(&refused));
    return db_query(db, sql, &args, NULL, err);
}

Rc inbox_close(Db *db, const Claimed *c, const Closing *closings, size_t n, int64_t settlement, Instant now, Error *err)
{
    (void)c;
    for (size_t i = 0; i < n; i++)
        if (close_one(db, &closings[i], settlement, now, err))
            return err->rc;
    return RC_OK;
}

Rc settlement_draw(Db *db, int64_t *id, Error *err)
{
    SCOPED(rows_end) Rows rows = {0};
    if (db_query(db, "select nextval('nqs.settlement_id')", NULL, &rows, err))
        return err->rc;
    *id = rows_int(&rows, 0, 0);
    return RC_OK;
}

Rc settlement_write(Db *db, int64_t id, int party, const char *feed, Instant now, Error *err)
{
    /* Two statements: the second must see what the holder of the lock before us committed. */
    static const char take[] = "select pg_advisory_xact_lock(7391003)";
    static const char write[] =
        "insert into nqs.settlement (id, party, feed, ordinal, at)"
        " select $1, $2, $3, coalesce(l.ordinal, 0) + 1, greatest($4::timestamptz, l.at + interval '1 microsecond')"
        " from (select) one left join (select ordinal, at from nqs.settlement order by ordinal desc limit 1) l on true";
    Args args = {0};
    arg_int(&args, id);
    arg_int(&args, party);
    arg_text(&args, feed);
    arg_instant(&args, now);
    return db_query(db, take, NULL, NULL, err) || db_query(db, write, &args, NULL, err) ? err->rc : RC_OK;
}
