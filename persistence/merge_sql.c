#include "gateway/base/buffer.h"
#include "persistence/staging.h"
#include "persistence/table_sql.h"
#include <assert.h>
#include <string.h>

/* Pieces of text the statements of one table share; all live in the arena. */
typedef struct {
    const char *t, *h;          /* table, history */
    const char *columns;        /* "a", "b" */
    const char *i_columns;      /* i."a", i."b" */
    const char *t_columns;      /* t."a", t."b" */
    const char *on;             /* t."k" = i."k" and … */
    const char *v_on;           /* t."k" = v."k" and … */
    const char *key, *i_key;    /* "k", … */
    const char *key_text;       /* concat_ws(', ', t."k"::text, …) */
    const char *set;            /* "a" = v."a", … */
    const char *source;
    const char *about;          /* (select … as period, … as number): what the delivery is about */
    const char *foreign;        /* is the row there another's? */
    const char *verdict;
    const char *feed;           /* code */
} Pieces;

static const char *joined(const Feed *feed, bool keys_only, const char *format, const char *between, Arena *a)
{
    SCOPED(buffer_free) Buffer b = {0};
    size_t n = keys_only ? feed->n_key : feed->n_fields;
    for (size_t i = 0; i < n; i++) {
        const char *name = keys_only ? feed->key[i]->name : feed->fields[i].name;
        buffer_text(&b, i ? between : "");
        for (const char *f = format; *f; f++)
            if (*f == '@')
                buffer_print(&b, "\"%s\"", name);
            else
                buffer_char(&b, *f);
    }
    return arena_text(a, b.at, b.len);
}

static const char *staged_source(const Table *t, Arena *a)
{
    return arena_printf(a, "(select s.*, $4::text collate \"C\" as period, $5::bigint as number from %s s"
                           " where $1::bigint is not null and $2::int is not null and $3::int is not null)", t->stage);
}

static const char *arrays_source(const Table *t, Arena *a)
{
    static const char *const own[] = { "seq::int", "round::int", "wish::int", "ground::text", "hash::bytea", "period::text collate \"C\"", "number::bigint" };
    enum { OWN = ROW_OWN_COLUMNS };
    static_assert(sizeof own / sizeof *own == OWN, "as rows_arrays writes them");
    SCOPED(buffer_free) Buffer b = {0};
    buffer_text(&b, "(select ");
    for (int i = 0; i < OWN; i++)
        buffer_print(&b, "%su.%s as %.*s", i ? ", " : "", own[i], (int)strcspn(own[i], ":"), own[i]);
    for (size_t i = 0; i < t->feed->n_fields; i++) {
        const Field *f = &t->feed->fields[i];
        buffer_print(&b, ", u.\"%s\"::%s as \"%s\"", f->name, column_type(f), f->name);
    }
    buffer_text(&b, " from unnest(");
    for (size_t i = 0; i < OWN + t->feed->n_fields; i++)
        buffer_print(&b, "%s$%zu::text[]", i ? ", " : "", i + 4);
    buffer_text(&b, ") u(");
    for (int i = 0; i < OWN; i++)
        buffer_print(&b, "%s%.*s", i ? ", " : "", (int)strcspn(own[i], ":"), own[i]);
    for (size_t i = 0; i < t->feed->n_fields; i++)
        buffer_print(&b, ", \"%s\"", t->feed->fields[i].name);
    buffer_text(&b, ") where $1::bigint is not null and $2::int is not null and $3::int is not null)");
    return arena_text(a, b.at, b.len);
}

/* One expression decides what becomes of a row whose key is there; every statement of the merge asks it. */
static const char *verdict(const char *owner_check, Arena *a)
{
    return arena_printf(a, "case when %s then 5"
                           " when (i.period, i.number) < (coalesce(t.last_period, t.period), coalesce(t.last_number, t.number)) then 4"
                           " when i.wish = 1 then case when t.withdrawn is null then 3 else 6 end"
                           " when t.withdrawn is null and t.row_hash = i.hash then 2 else 1 end", owner_check);
}

#define ROW "owner, settlement, seq, period, number, last_period, last_number, row_hash, withdrawn"
#define T_ROW "t.owner, t.settlement, t.seq, t.period, t.number, t.last_period, t.last_number, t.row_hash, t.withdrawn"
#define MET "i.round = $3 and i.wish < 2 and not (t.settlement = $1 and t.seq = i.seq)"   /* the row was there before this round */

/* New keys, and what is asked about the others. */
static void write_questions(const Pieces *p, MergeSql *m, Arena *a)
{
    const char *insert = arena_printf(a, "insert into %s as t (%s, owner, settlement, seq, period, number, row_hash)\n"
        "select %s, $2, $1, i.seq, i.period, i.number, i.hash from %s i where i.round = $3 and i.wish = 0", p->t, p->columns, p->i_columns, p->source);
    m->insert_in_order = arena_printf(a, "%s\non conflict (%s) do nothing", insert, p->key);
    m->insert = arena_printf(a, "%s order by %s\non conflict (%s) do nothing", insert, p->i_key, p->key);
    m->classify = arena_printf(a, "select i.seq, %s from %s i join %s t on %s where " MET, p->verdict, p->source, p->t, p->on);
    m->unknown = arena_printf(a, "select i.seq from %s i where i.round = $3 and i.wish = 1 and not exists (select from %s t where %s)", p->source, p->t, p->on);
    m->reconcile = arena_printf(a, "select %s from %s t where t.owner = $2 and t.withdrawn is null and t.settlement <> $1"
        " and not exists (select from %s i where %s) and $3::int is not null order by 1 limit 10001", p->key_text, p->t, p->source, p->on);
    m->duplicates = arena_printf(a, "select dense_rank() over (order by %s) as g, i.seq, encode(i.hash, 'hex') || i.wish || coalesce(md5(i.ground), '') from %s i"
        " where i.wish < 2 and (%s) in (select %s from %s i where i.round > 1) order by 1, 2", p->i_key, p->source, p->i_key, p->i_key, p->source);
}

/* What changes the current rows; the version before goes to history in the same statement. */
static void write_changes(const Pieces *p, MergeSql *m, Arena *a)
{
    const char *met = arena_printf(a, "select i.* from %s i join %s t on %s where " MET " and %s", p->source, p->t, p->on, p->verdict);
    const char *kept = arena_printf(a, "h as (insert into %s (%s, " ROW ", until) select %s, " T_ROW ", $1 from v join %s t on %s)", p->h, p->columns,
        p->t_columns, p->t, p->v_on);
    m->change = arena_printf(a, "with v as (%s = 1 for update of t),\n%s\nupdate %s t set %s, owner = $2, settlement = $1, seq = v.seq, period = v.period,"
        " number = v.number, last_period = null, last_number = null, row_hash = v.hash, withdrawn = null from v where %s", met, kept, p->t, p->set, p->v_on);
    m->withdraw = arena_printf(a, "with v as (%s = 3 for update of t),\n%s\nupdate %s t set settlement = $1, seq = v.seq, period = v.period,"
        " number = v.number, last_period = null, last_number = null, withdrawn = v.ground from v where %s", met, kept, p->t, p->v_on);
    /* Of its own period it is written only where a delivery set aside may come back and must find that this one said so later. */
    m->confirm = arena_printf(a, "with v as (%s in (2, 6) and (i.period > coalesce(t.last_period, t.period) or (i.period = coalesce(t.last_period, t.period) and i.number >"
        " (select min(e.number) from nqs.set_aside s join nqs.envelope e on e.id = s.envelope where e.party = $2 and e.feed = '%s'))) for update of t)\n"
        "update %s t set last_period = v.period, last_number = v.number from v where %s", met, p->feed, p->t, p->v_on);
}

static const char *to_history(const Pieces *p, const char *last_period, Arena *a)
{
    return arena_printf(a, "insert into %s (%s, owner, settlement, seq, period, number, last_period, row_hash, withdrawn)\n"
        "select %s, $2, $1, i.seq, i.period, i.number, %s, coalesce(i.hash, '\\x00'), i.ground from %s i", p->h, p->columns, p->i_columns, last_period, p->source);
}

/* What goes to history only, and what a correction withdraws by leaving it out. What is stale speaks for no period: it may be newer than all there is of its key. */
static void write_history(const Pieces *p, MergeSql *m, Arena *a)
{
    m->older = arena_printf(a, "%s join %s t on %s where " MET " and %s = 4", to_history(p, "null", a), p->t, p->on, p->verdict);
    m->stale = arena_printf(a, "%s left join %s t on %s where i.round = $3 and i.wish < 2 and (%s) is not true", to_history(p, "''", a), p->t, p->on, p->foreign);
    m->foreign = arena_printf(a, "select i.seq, 5 from %s i join %s t on %s where i.round = $3 and i.wish < 2 and %s", p->source, p->t, p->on, p->foreign);
    m->lack = arena_printf(a, "with p as (%s),\n"
        "v as (select t.* from %s t, p where t.owner = $2 and t.withdrawn is null and t.settlement <> $1 and t.period = p.period"
        " and coalesce(t.last_period, t.period) = p.period and coalesce(t.last_number, t.number) < p.number and not exists (select from %s i where %s) and $3::int is not null for update of t),\n"
        "h as (insert into %s (%s, " ROW ", until) select %s, " T_ROW ", $1 from v t),\n"
        "u as (update %s t set settlement = $1, seq = 0, number = p.number, last_period = null, last_number = null, withdrawn = 'correction' from v, p where %s returning %s as key)\nselect key from u limit 10001",
        p->about, p->t, p->source, p->on, p->h, p->columns, p->t_columns, p->t, p->v_on, p->key_text);
}

static void write_all(Pieces *p, const char *source, const char *about, MergeSql *m, Arena *a)
{
    p->source = source;
    p->about = about;
    write_questions(p, m, a);
    write_changes(p, m, a);
    write_history(p, m, a);
}

void merge_sql(Table *t, Arena *a)
{
    const Feed *f = t->feed;
    Pieces p = {
        .t = t->name, .h = arena_printf(a, "feed.\"%s_history\"", f->record), .columns = t->columns,
        .i_columns = joined(f, false, "i.@", ", ", a), .t_columns = joined(f, false, "t.@", ", ", a),
        .on = joined(f, true, "t.@ = i.@", " and ", a), .v_on = joined(f, true, "t.@ = v.@", " and ", a),
        .key = joined(f, true, "@", ", ", a), .i_key = joined(f, true, "i.@", ", ", a),
        .key_text = arena_printf(a, "concat_ws(', ', %s)", joined(f, true, "t.@::text", ", ", a)),
        .set = joined(f, false, "@ = v.@", ", ", a),
        .foreign = f->owner == OWNER_ROLE ? "false" : "t.owner <> $2", .feed = f->code,
    };
    const char *arrays = arrays_source(t, a);
    size_t last = 3 + ROW_OWN_COLUMNS + f->n_fields;
    p.verdict = verdict(p.foreign, a);
    write_all(&p, staged_source(t, a), "select $4::text collate \"C\" as period, $5::bigint as number", &t->staged, a);
    write_all(&p, arrays, arena_printf(a, "select $%zu::text collate \"C\" as period, $%zu::bigint as number", last + 1, last + 2), &t->arrays, a);
}

/* A role runs from `from` to `to`, cut short by the last state of the row's history if that is an end state. The administrator's own grants stand apart. */
const char *grants_sql(const Feed *feed, Arena *a)
{
    if (!feed->grants.role)
        return NULL;
    SCOPED(buffer_free) Buffer ends = {0};
    for (size_t i = 0; i < feed->grants.n_end_states; i++)
        buffer_print(&ends, "%s'%s'", i ? ", " : "", feed->grants.end_states[i]);
    buffer_text(&ends, feed->grants.n_end_states ? "" : "null");
    const char *last = field_find(feed->fields, feed->n_fields, "history", 7)
        ? "left join lateral (select h.value->>'state' as state, (h.value->>'since')::date as since from jsonb_array_elements(t.history) with ordinality h(value, n)"
          " order by 2 desc nulls last, h.n desc limit 1) l on true"
        : "cross join (select null::text as state, null::date as since) l";
    return arena_printf(a, "with span as (select t.\"%s\" as bin, t.\"%s\" as f, case when l.state in (%s) then least(t.\"%s\", l.since) else t.\"%s\" end as u\n"
        "  from feed.\"%s\" t %s where t.withdrawn is null),\n"
        "party as (insert into nqs.party (bin, name, created_at) select distinct bin, '', $1::timestamptz from span on conflict (bin) do nothing returning id, bin),\n"
        "known as (select id, bin from party union all select p.id, p.bin from nqs.party p where p.bin in (select bin from span)),\n"
        "want as (select p.id as party, s.f, max(s.u) as u from span s join known p using (bin) group by 1, 2),\n"
        "gone as (delete from nqs.party_role r where r.source = '%s' and not exists (select from want w where w.party = r.party and w.f = r.valid_from))\n"
        "insert into nqs.party_role (party, role, source, valid_from, valid_to, ground) select party, '%s', '%s', f, u, 'granted by records' from want\n"
        "on conflict (party, role, source, valid_from) do update set valid_to = excluded.valid_to where nqs.party_role.valid_to is distinct from excluded.valid_to",
        feed->grants.bin->name, feed->grants.from->name, ends.at, feed->grants.to->name, feed->grants.to->name, feed->record, last, feed->code,
        feed->grants.role, feed->code);
}
