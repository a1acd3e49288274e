#include "gateway/flow/analysis.h"
#include "persistence/reports_analysis.h"
#include "persistence/reports_timeliness.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *kept(const Rows *r, int i, int col, Arena *a) { return rows_null(r, i, col) ? NULL : arena_printf(a, "%s", rows_text(r, i, col)); }

/* ---- groups of one indicator ---- */

typedef struct { Group shown; int64_t persons; size_t rank; } Counted;        /* rank: its place among the labels, behind them all where it has none */

static size_t rank_of(const Dimension *by, const char *value)
{
    size_t i = 0;
    while (i < by->n_labels && (!value || strcmp(by->labels[i].value, value) != 0))
        i++;
    return value ? i : by->n_labels + 1;
}

static int text_order(const char *a, const char *b)
{
    size_t n = strspn(a, "0123456789"), m = strspn(b, "0123456789");
    return !a[n] && !b[m] && n != m ? (n < m ? -1 : 1) : strcmp(a, b);
}

static int in_order(const void *a, const void *b)
{
    const Counted *x = a, *y = b;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    return x->shown.value && y->shown.value ? text_order(x->shown.value, y->shown.value) : 0;
}

/* All labels, those of which there is nothing too, then what was counted; in order. */
static Counted *counted(const Indicator *i, const Rows *r, Arena *a, size_t *n)
{
    const Dimension *by = &i->by;
    Counted *all = arena_alloc(a, (by->n_labels + (size_t)rows_n(r)) * sizeof *all);
    for (size_t k = 0; k < by->n_labels; k++)
        all[k] = (Counted){ .shown = { .value = by->labels[k].value, .kk = by->labels[k].label_kk, .ru = by->labels[k].label_ru }, .rank = k };
    *n = by->n_labels;
    for (int k = 0; k < rows_n(r) - 1; k++) {
        const char *value = kept(r, k, 0, a);
        size_t rank = rank_of(by, value);
        Counted *c = rank < by->n_labels ? &all[rank] : &all[(*n)++];
        if (rank >= by->n_labels)
            *c = (Counted){ .shown = { .value = value, .kk = kept(r, k, 3, a), .ru = kept(r, k, 4, a) }, .rank = rank };
        c->shown.count = rows_int(r, k, 1);
        c->persons = rows_int(r, k, 2);
    }
    qsort(all, *n, sizeof *all, in_order);
    return all;
}

static void anonymous(Counted *c, size_t n, int64_t persons, Arena *a, Figure *f)
{
    SmallGroup *small = arena_alloc(a, (n + 1) * sizeof *small);
    for (size_t k = 0; k < n; k++)
        small[k] = (SmallGroup){ .count = c[k].shown.count, .persons = c[k].persons };
    f->showing = small_groups_hide(small, n, persons);
    for (size_t k = 0; k < n; k++) {
        c[k].shown.showing = small[k].showing;
        c[k].shown.count = small[k].showing == SHOWN ? c[k].shown.count : 0;
    }
}

static Rc figure_make(Desk *d, const AnalysisAsked *asked, const Indicator *i, Arena *a, Figure *f, Error *err)
{
    SCOPED(rows_end) Rows r = {0};
    *f = (Figure){ .of = i };
    if (report_indicator(d->db, asked, i, &r, err))
        return error_at(err, "indicator %s", i->id);
    size_t n;
    int last = rows_n(&r) - 1;
    Counted *c = counted(i, &r, a, &n);
    f->sum = rows_int(&r, last, 1);
    if (i->persons)
        anonymous(c, n, rows_int(&r, last, 2), a, f);
    if (f->showing == NOTHING)
        f->sum = 0;
    if (f->showing != GROUPS_AND_SUM)
        return RC_OK;
    Group *group = arena_alloc(a, (n + 1) * sizeof *group);
    for (size_t k = 0; k < n; k++)
        group[k] = c[k].shown;
    f->group = group;
    f->n = n;
    return RC_OK;
}

/* ---- timeliness ---- */

static Rc timely(Desk *d, const Analysis *n, bool by_feed, bool by_party, Arena *a, TimelyRows *out, Error *err)
{
    SCOPED(rows_end) Rows r = {0};
    TimelinessAsked asked = { .from = arena_printf(a, "%04d-01-01", n->year), .to = arena_printf(a, "%04d-12-31", n->year), .as_known_at = n->known_at, .by_feed = by_feed, .by_party = by_party };
    if (report_timeliness(d->db, &asked, clock_now(&d->g->clock), &r, err))
        return err->rc;
    Timely *all = arena_alloc(a, ((size_t)rows_n(&r) + 1) * sizeof *all);
    for (int i = 0; i < rows_n(&r); i++) {
        enum { FEED = TIMELINESS_FROM, PARTY = FEED + 2, NAME, OWED, IN_TIME, LATE, OVERDUE, MISSING, WAIVED, HELD, PROVISIONAL, MEDIAN };
        all[i] = (Timely){ .feed = kept(&r, i, FEED, a), .bin = kept(&r, i, PARTY, a), .name = kept(&r, i, NAME, a), .owed = rows_int(&r, i, OWED), .in_time = rows_int(&r, i, IN_TIME),
                           .late = rows_int(&r, i, LATE), .overdue = rows_int(&r, i, OVERDUE), .missing = rows_int(&r, i, MISSING), .waived = rows_int(&r, i, WAIVED),
                           .held = rows_int(&r, i, HELD), .provisional = rows_int(&r, i, PROVISIONAL), .late_days_median = kept(&r, i, MEDIAN, a) };
    }
    *out = (TimelyRows){ all, (size_t)rows_n(&r) };
    return RC_OK;
}

static const Table *table_of(const void *gateway, const Feed *feed) { return gateway_table(gateway, feed); }

static Rc basis(Desk *d, Arena *a, Analysis *n, Error *err)
{
    SCOPED(rows_end) Rows r = {0};
    if (report_last_settlement(d->db, n->known_at, &r, err))
        return err->rc;
    n->settlement = rows_n(&r) ? rows_int(&r, 0, 0) : 0;
    n->settled_at = rows_n(&r) ? kept(&r, 0, 1, a) : NULL;
    return RC_OK;
}

Rc analysis_make(Desk *d, int year, const char *known_at, Arena *a, Analysis *out, Error *err)
{
    const Indicators *all = &d->g->indicators;
    AnalysisAsked asked = { year, known_at, table_of, d->g };
    *out = (Analysis){ .year = year, .known_at = known_at, .indicators = all };
    Figure *figure = arena_alloc(a, (all->n + 1) * sizeof *figure);
    out->figure = figure;
    for (size_t i = 0; i < all->n; i++)
        if (figure_make(d, &asked, &all->at[i], a, &figure[i], err))
            return err->rc;
    return basis(d, a, out, err) || timely(d, out, true, false, a, &out->by_feed, err) || timely(d, out, false, true, a, &out->by_party, err) || timely(d, out, true, true, a, &out->by_both, err)
        ? err->rc : RC_OK;
}
