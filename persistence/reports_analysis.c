#include "persistence/reports_analysis.h"
#include "persistence/people.h"
#include "persistence/table_sql.h"
#include <string.h>

#define KNOWN_AT "$1::timestamptz"

/* A statement being written. e: the records that are counted, one row for each group they are in; r: the same before that. */
typedef struct { const AnalysisAsked *asked; const Indicator *i; Buffer *to; Args *args; } Writing;

/* Records of a feed at the end of the year, as they were known. */
static void standing(const Writing *w, const Feed *feed)
{
    static const char *const last[] = { [PERIOD_MONTH] = "-12", [PERIOD_QUARTER] = "-Q4", [PERIOD_HALF_YEAR] = "-H2", [PERIOD_YEAR] = "", [PERIOD_DAY] = "-12-31" };
    char period[32];
    snprintf(period, sizeof period, "'%04d%s'::text", w->asked->year, last[feed->period]);
    table_as_of(w->asked->table_of(w->asked->self, feed), "", KNOWN_AT, period, w->to);
}

static void test(const Writing *w, const char *column, FieldTest t)
{
    if (t == TEST_PRESENT)
        buffer_print(w->to, "(%s is not null)", column);
    else
        buffer_print(w->to, "(%s <= date '%04d-12-31')", column, w->asked->year);
}

static void condition(const Writing *w, const Condition *c, Arena *a)
{
    const char *column = arena_printf(a, "v.\"%s\"", c->field->name);
    buffer_text(w->to, " and ");
    if (c->test) {
        test(w, column, c->test);
        return;
    }
    buffer_print(w->to, "%s::text in (", column);
    for (size_t i = 0; i < c->n_is; i++) {
        arg_text(w->args, c->is[i]);
        buffer_print(w->to, "%s$%d::text", i ? ", " : "", w->args->n);
    }
    buffer_char(w->to, ')');
}

static void records(const Writing *w, Arena *a)
{
    const Indicator *i = w->i;
    buffer_text(w->to, "r as (select v.* from ");
    standing(w, i->feed);
    buffer_text(w->to, " v where true");
    if (i->when == WHEN_REPORTED)
        buffer_print(w->to, " and left(v.period, 4) = '%04d'", w->asked->year);
    if (i->when == WHEN_DATED)
        buffer_print(w->to, " and v.\"%s\" between date '%04d-01-01' and date '%04d-12-31'", i->date->name, w->asked->year, w->asked->year);
    for (size_t k = 0; k < i->n_where; k++)
        condition(w, &i->where[k], a);
    buffer_text(w->to, ")");
}

/* The text of a value of `row`, of which groups are made; lists are taken apart before. */
static void value(const Writing *w, const char *row, Arena *a)
{
    const Dimension *by = &w->i->by;
    const char *column = arena_printf(a, "%s.\"%s\"", row, by->field->name);
    if (by->test) {
        test(w, column, by->test);
        buffer_text(w->to, "::text");
    } else if (by->take) {
        buffer_print(w->to, "(select h.value->>'%s' from jsonb_array_elements(%s) with ordinality h(value, n) where h.value->>'%s' <= '%04d-12-31' order by h.value->>'%s' desc, h.n desc limit 1)",
                     by->take->name, column, by->last_by->name, w->asked->year, by->last_by->name);
    } else {
        buffer_print(w->to, by->first ? "left(%s::text, %u)" : "%s::text", by->field->type == TYPE_ARRAY ? "u.x" : column, by->first);
    }
}

static bool taken_apart(const Dimension *by) { return by->field->type == TYPE_ARRAY && !by->take && !by->test; }

/* Found by the key of another feed's records: where those differ among themselves, nothing is said. */
static void through(const Writing *w, Arena *a)
{
    const Dimension *by = &w->i->by;
    buffer_print(w->to, " left join (select x.\"%s\"::text as k, case when min(x.g) = max(x.g) then min(x.g) end as g from (select s.\"%s\", ", by->via.key->name, by->via.key->name);
    value(w, "s", a);
    buffer_text(w->to, " as g from ");
    standing(w, by->via.feed);
    buffer_print(w->to, " s) x group by 1) l on l.k = r.\"%s\"::text", by->through->name);
}

static void grouped(const Writing *w, Arena *a)
{
    const Dimension *by = &w->i->by;
    buffer_text(w->to, ", e as (select r.*, ");
    if (by->through)
        buffer_text(w->to, "l.g");
    else
        value(w, "r", a);
    buffer_text(w->to, " as grouped_by from r");
    if (by->through)
        through(w, a);
    if (taken_apart(by))
        buffer_print(w->to, by->field->column_type[0] == 'j' ? " left join lateral jsonb_array_elements_text(r.\"%s\") u(x) on true" : " left join lateral unnest(r.\"%s\") u(x) on true", by->field->name);
    buffer_text(w->to, ")");
}

/* How many, and how many persons among them: a sealed value begins with the number of its person. */
static void counts(const Writing *w)
{
    const Indicator *i = w->i;
    buffer_text(w->to, i->n_distinct ? "count(distinct row(" : "count(*");
    for (size_t k = 0; k < i->n_distinct; k++)
        buffer_print(w->to, "%s\"%s\"", k ? ", " : "", i->distinct[k]->name);
    buffer_text(w->to, i->n_distinct ? "))" : ")");
    if (i->persons && i->feed->person_field && i->feed->person_field->personal)
        buffer_print(w->to, ", count(distinct substring(\"%s\" from 1 for %d))", i->feed->person_field->name, PERSON_ID_SIZE);
    else
        buffer_text(w->to, ", count(*)");
}

static void named(const Writing *w)
{
    const Dimension *by = &w->i->by;
    if (!by->names.feed)
        return;
    buffer_print(w->to, " left join (select s.\"%s\"::text as k, min(s.\"%s\") as kk, min(s.\"%s\") as ru from ", by->names.key->name, by->names_kk->name, by->names_ru->name);
    standing(w, by->names.feed);
    buffer_text(w->to, " s group by 1) n on n.k = c.g");
}

Rc report_indicator(Db *db, const AnalysisAsked *asked, const Indicator *indicator, Rows *out, Error *err)
{
    SCOPED(buffer_free) Buffer sql = {0};
    SCOPED(arena_free) Arena *a = arena_new();
    Args args = {0};
    Writing w = { asked, indicator, &sql, &args };
    arg_text(&args, asked->known_at);
    buffer_text(&sql, "with ");
    records(&w, a);
    if (indicator->by.field) {
        grouped(&w, a);
        buffer_text(&sql, " select c.g, c.n, c.p, ");
        buffer_text(&sql, indicator->by.names.feed ? "n.kk, n.ru" : "null, null");
        buffer_text(&sql, ", false from (select grouped_by, ");
        counts(&w);
        buffer_text(&sql, " from e group by 1) c(g, n, p)");
        named(&w);
        buffer_text(&sql, " union all");
    }
    buffer_text(&sql, " select null, ");
    counts(&w);
    buffer_text(&sql, ", null, null, true from r");
    return db_query_once(db, buffer_string(&sql), &args, out, err);
}

Rc report_last_settlement(Db *db, const char *known_at, Rows *out, Error *err)
{
    Args args = {0};
    arg_text(&args, known_at);
    return db_query_once(db, "select ordinal, to_char(at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') from nqs.settlement where at <= $1::timestamptz order by ordinal desc limit 1", &args, out, err);
}
