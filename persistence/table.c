#include "persistence/table.h"
#include "gateway/base/buffer.h"
#include "persistence/table_sql.h"
#include <stdio.h>
#include <string.h>

static const char *const own_columns =
    "    owner       int    not null,           -- the party that may change the row\n"
    "    settlement  bigint not null,           -- the commit that put this version into effect …\n"
    "    seq         int    not null,           -- … and the record within it; 0: no record of its own\n"
    "    period      text collate \"C\" not null, -- what the version is about, first said in …\n"
    "    number      bigint not null,           -- … the delivery of this number\n"
    "    last_period text collate \"C\",          -- the latest period that said the same; null: period; empty: none, it was settled after a newer delivery of its period\n"
    "    last_number bigint,\n"
    "    row_hash    bytea  not null,           -- version of the canonical form, then 128 bits of its hash\n"
    "    withdrawn   text";

const char *column_type(const Field *f)
{
    if (f->personal)
        return "bytea";
    return strcmp(f->column_type, "text") == 0 ? "text collate \"C\"" : f->column_type;
}

static void columns_ddl(const Feed *feed, bool constraints, Buffer *b)
{
    for (size_t i = 0; i < feed->n_fields; i++) {
        const Field *f = &feed->fields[i];
        buffer_print(b, "    \"%s\" %s%s,\n", f->name, column_type(f), constraints && f->required ? " not null" : "");
    }
}

static void key_list(const Feed *feed, const char *prefix, Buffer *b)
{
    for (size_t i = 0; i < feed->n_key; i++)
        buffer_print(b, "%s%s\"%s\"", i ? ", " : "", prefix, feed->key[i]->name);
}

const char *table_ddl(const Feed *feed, Arena *a)
{
    SCOPED(buffer_free) Buffer b = {0};
    buffer_print(&b, "-- %s: current rows, and the versions that were.\n", feed->code);
    buffer_print(&b, "create table if not exists feed.\"%s\" (\n", feed->record);
    columns_ddl(feed, true, &b);
    buffer_print(&b, "%s,                  -- ground of a withdrawal; null: the row stands\n    primary key (", own_columns);
    key_list(feed, "", &b);
    buffer_print(&b, ")\n);\ncreate index if not exists \"%s_settlement\" on feed.\"%s\" using brin (settlement);\n", feed->record, feed->record);
    buffer_print(&b, "create table if not exists feed.\"%s_history\" (\n", feed->record);
    columns_ddl(feed, false, &b);
    buffer_print(&b, "%s,\n    until       bigint,                    -- the settlement that replaced it; null: it never was current\n    primary key (", own_columns);
    key_list(feed, "", &b);
    buffer_print(&b, ", settlement, seq)\n);\ncreate index if not exists \"%s_history_settlement\" on feed.\"%s_history\" using brin (settlement);\n", feed->record, feed->record);
    return arena_text(a, b.at, b.len);
}

void table_columns(const Table *t, const char *alias, bool as_text, Buffer *b)
{
    for (size_t i = 0; i < t->feed->n_fields; i++) {
        const Field *f = &t->feed->fields[i];
        bool text = as_text && !f->personal, json = text && f->type == TYPE_ARRAY;
        buffer_print(b, "%s%s%s.\"%s\"%s", i ? ", " : "", json ? "to_json(" : "", alias, f->name, json ? ")::text" : text ? "::text" : "");
    }
}

void table_keys(const Table *t, Buffer *b)
{
    for (size_t i = 0; i < t->feed->n_key; i++)
        buffer_print(b, "%sv.\"%s\"", i ? ", " : "", t->feed->key[i]->name);
}

static const char *quoted_columns(const Feed *feed, Arena *a)
{
    SCOPED(buffer_free) Buffer b = {0};
    for (size_t i = 0; i < feed->n_fields; i++)
        buffer_print(&b, "%s\"%s\"", i ? ", " : "", feed->fields[i].name);
    return arena_text(a, b.at, b.len);
}

static const char *stage_ddl(const Table *t, Arena *a)
{
    SCOPED(buffer_free) Buffer b = {0};
    buffer_print(&b, "create temporary table if not exists %s (\n    seq int, round int, wish int, ground text, hash bytea", t->stage);
    for (size_t i = 0; i < t->feed->n_fields; i++)
        buffer_print(&b, ",\n    \"%s\" %s", t->feed->fields[i].name, column_type(&t->feed->fields[i]));
    buffer_text(&b, "\n) on commit preserve rows");
    return arena_text(a, b.at, b.len);
}

Table *table_new(const Feed *feed, Arena *a)
{
    Table *t = arena_alloc(a, sizeof *t);
    t->feed = feed;
    t->name = arena_printf(a, "feed.\"%s\"", feed->record);
    t->ddl = table_ddl(feed, a);
    t->columns = quoted_columns(feed, a);
    t->stage = arena_printf(a, "\"stage_%s\"", feed->record);
    t->stage_ddl = stage_ddl(t, a);
    t->stage_copy = arena_printf(a, "copy %s (seq, round, wish, ground, hash, %s) from stdin (format binary)", t->stage, t->columns);
    t->stage_refuse = arena_printf(a, "update %s set wish = 2 where seq = any($1::int[])", t->stage);
    t->stage_once = arena_printf(a, "update %s set round = 1 where round > 1 and wish < 2", t->stage);
    SCOPED(buffer_free) Buffer key = {0};
    key_list(feed, "", &key);
    t->stage_rounds = arena_printf(a, "with r as (select ctid as at, row_number() over (partition by %s order by seq) as n from %s),"
        " u as (update %s s set round = r.n from r where r.n > 1 and s.ctid = r.at) select coalesce(max(n), 0) from r", buffer_string(&key), t->stage, t->stage);
    merge_sql(t, a);
    t->grants = grants_sql(feed, a);
    return t;
}

static Rc columns_agree(Db *db, const Feed *feed, Error *err)
{
    static const char sql[] = "select count(*) from information_schema.columns where table_schema = 'feed' and table_name = $1 and column_name = $2 and is_generated = 'NEVER'";
    for (size_t i = 0; i < feed->n_fields; i++) {
        SCOPED(rows_end) Rows rows = {0};
        Args args = {0};
        arg_text(&args, feed->record);
        arg_text(&args, feed->fields[i].name);
        if (db_query(db, sql, &args, &rows, err))
            return err->rc;
        if (rows_int(&rows, 0, 0) == 0)
            return error_set(err, RC_FATAL, "feed %s: table feed.%s has no column %s; its contract changed: migrate the table first", feed->code,
                             feed->record, feed->fields[i].name);
    }
    return RC_OK;
}

Rc tables_create(Db *db, Table *const *tables, size_t n, Error *err)
{
    for (size_t i = 0; i < n; i++)
        if (db_exec(db, tables[i]->ddl, err) || columns_agree(db, tables[i]->feed, err))
            return error_at(err, "feed %s", tables[i]->feed->code);
    return RC_OK;
}
