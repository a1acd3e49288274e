#include "persistence/marks.h"
#include <stdio.h>

static Rc key_open(const Vault *v, const Rows *r, const char *id, unsigned char key[KEY_SIZE], Error *err)
{
    SCOPED(arena_free) Arena *a = arena_new();
    unsigned char month[KEY_SIZE];
    char place[160];
    size_t n, len;
    const unsigned char *wrapped = rows_bytes(r, 0, 3, a, &n);
    if (rows_null(r, 0, 3))
        return error_set(err, RC_FATAL, "message %s: the key of its month was destroyed", id);
    snprintf(place, sizeof place, "raw key %s %s", rows_text(r, 0, 1), rows_text(r, 0, 2));
    if (vault_unwrap(v, place, wrapped, n, month, err))
        return err->rc;
    const unsigned char *own = rows_bytes(r, 0, 0, a, &n);
    snprintf(place, sizeof place, "envelope %s", id);
    if (n != WRAPPED_SIZE)
        return error_set(err, RC_FATAL, "%s: its key has %zu bytes", place, n);
    return unseal(month, place, own, n, key, &len, err);
}

static Rc parts_unpack(Db *db, const unsigned char key[KEY_SIZE], const char *id, Buffer *out, Error *err)
{
    SCOPED(rows_end) Rows parts = {0};
    Args args = {0};
    arg_text(&args, id);
    if (db_query_bytes(db, "select p from nqs.kafka_dead d, unnest(d.bytes) with ordinality u(p, no) where d.id = $1::uuid order by no", &args, &parts, err))
        return err->rc;
    for (int i = 0; i < rows_n(&parts); i++)
        if (part_unpack(key, id, i, rows_text(&parts, i, 0), (size_t)PQgetlength(parts.pg, i, 0), out, err))
            return err->rc;
    return RC_OK;
}

Rc buried_read(Db *db, const Vault *v, const char *id, Buffer *out, Error *err)
{
    static const char sql[] = "select d.key, d.feed, d.month::text, k.wrapped from nqs.kafka_dead d left join nqs.raw_key k on k.feed = d.feed and k.month = d.month where d.id = $1::uuid";
    SCOPED(rows_end) Rows r = {0};
    unsigned char key[KEY_SIZE];
    Args args = {0};
    arg_text(&args, id);
    if (db_query(db, sql, &args, &r, err))
        return err->rc;
    if (rows_n(&r) == 0)
        return error_refuse(err, "not_found", NULL, NULL, NULL);
    return key_open(v, &r, id, key, err) || parts_unpack(db, key, id, out, err) ? err->rc : RC_OK;
}
