#include "persistence/versions.h"
#include "persistence/table_sql.h"
#include <string.h>

#define OWN "v.period, v.number, v.settlement, v.seq, v.withdrawn"

/* (seq, k1, …) behind or up to a position. */
static void bound(const Table *t, const char *how, Position at, Args *args, Buffer *b)
{
    if (!at.key)
        return;
    const char *key = at.key;
    buffer_text(b, " and (v.seq, ");
    table_keys(t, b);
    arg_int(args, at.seq);
    buffer_print(b, ") %s ($%d::int", how, args->n);
    int seq = args->n;
    for (size_t i = 0; i < t->feed->n_key; i++) {
        size_t n = strcspn(key, "\x1f");
        arg_bytes(args, key, n);                    /* of a text the binary form is the text */
        buffer_print(b, ", $%d::text::%s", args->n, t->feed->key[i]->column_type);
        key += n + (key[n] != '\0');
    }
    buffer_print(b, ") and v.seq %s $%d::int", *how == '>' ? ">=" : "<=", seq);       /* said once more, for the index */
}

static void order(const Table *t, Buffer *b)
{
    buffer_text(b, " order by v.seq, ");
    table_keys(t, b);
    buffer_text(b, " limit $2::bigint");
}

/* Ordered and cut by itself, so that the index gives just the rows of this slice. */
static void branch(const Table *t, bool history, const char *bounds, Buffer *b)
{
    buffer_text(b, "(select ");
    table_columns(t, "v", false, b);
    buffer_print(b, ", " OWN " from feed.\"%s%s\" v where v.settlement = $1::bigint%s%s", t->feed->record, history ? "_history" : "", history ? " and v.until is not null" : "", bounds);
    order(t, b);
    buffer_text(b, ")");
}

/* What each version replaced: the one before it in the same settlement, or else the one that was current until then. */
static void former_columns(const Table *t, Buffer *b)
{
    buffer_text(b, ", f.settlement is not null and f.withdrawn is null, ");
    table_columns(t, "f", true, b);
}

static void former_join(const Table *t, Buffer *b)
{
    buffer_print(b, " left join lateral (select h.* from feed.\"%s_history\" h where h.until = $1::bigint and (h.settlement <> $1::bigint or h.seq < v.seq)", t->feed->record);
    for (size_t i = 0; i < t->feed->n_key; i++)
        buffer_print(b, " and h.\"%s\" = v.\"%s\"", t->feed->key[i]->name, t->feed->key[i]->name);
    buffer_text(b, " order by h.settlement = $1::bigint desc, h.seq desc limit 1) f on true");
}

Rc versions_read(Db *db, const Table *t, const VersionsAsked *asked, Error *err)
{
    SCOPED(buffer_free) Buffer sql = {0}, bounds = {0};
    Args args = {0};
    arg_int(&args, asked->settlement);
    arg_int(&args, asked->limit);
    bound(t, ">", asked->after, &args, &bounds);
    bound(t, "<=", asked->until, &args, &bounds);
    buffer_text(&sql, "select ");
    table_columns(t, "v", true, &sql);
    buffer_text(&sql, ", " OWN);
    if (asked->former)
        former_columns(t, &sql);
    buffer_text(&sql, " from (");
    for (int history = 0; history < 2; history++) {
        buffer_text(&sql, history ? " union all " : "");
        branch(t, history, buffer_string(&bounds), &sql);
    }
    buffer_text(&sql, ") v");
    if (asked->former)
        former_join(t, &sql);
    order(t, &sql);
    return stream_begin(db, buffer_string(&sql), &args, err);
}

Rc versions_index(Db *db, const Table *t, Error *err)
{
    SCOPED(buffer_free) Buffer sql = {0};
    const char *record = t->feed->record;
    buffer_print(&sql, "select pg_advisory_lock(7391000);"
                       "create index if not exists \"%s_published\" on feed.\"%s\" (settlement, seq);"
                       "create index if not exists \"%s_history_published\" on feed.\"%s_history\" (settlement, seq) where until is not null;"
                       "select pg_advisory_unlock(7391000)", record, record, record, record);
    return db_exec(db, buffer_string(&sql), err);
}
