#include "gateway/flow/analysis_chart.h"
#include "gateway/flow/analysis_print.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GROUPS_MOST = 25, MONTHS = 12, NUMBER = PRINT_NUMBER };

static void group_name(const Print *p, const Group *g)
{
    const char *name = print_in(p, g->kk, g->ru);
    if (!g->value)
        print_phrase(p, "analysis_unsaid", NULL, NULL, NULL);
    else
        print_said(p, name ? name : g->value);
}

static const char *count_text(const Group *g, char to[NUMBER])
{
    snprintf(to, NUMBER, "< %d", GROUP_LEAST);
    return g->showing == SHOWN ? print_number(g->count, to) : to;
}

static void count_cells(const Print *p, const Group *g, int64_t sum)
{
    char text[NUMBER];
    if (g->showing == HIDDEN_BESIDE) {
        print_element(p, "<td class=\"n\">", "analysis_hidden", NULL, "</td><td></td>");
        return;
    }
    print_cell(p, count_text(g, text));
    print_cell(p, g->showing == SHOWN ? print_share(g->count, sum, text) : "");
}

static bool is_monthly(const Dimension *by) { return by->field && by->field->type == TYPE_DATE && by->first == 7; }

/* The columns say all there is to say: they need no table. */
static void months(const Print *p, const Figure *f)
{
    SCOPED(buffer_free) Buffer hidden = {0};
    Column column[MONTHS];
    char under[MONTHS][12], over[MONTHS][NUMBER];
    texts_put(p->g->papers, p->lang, "analysis_hidden", NULL, 0, &hidden);
    for (int m = 0; m < MONTHS; m++) {
        snprintf(under[m], sizeof under[m], "%02d", m + 1);
        column[m] = (Column){ under[m], print_number(0, over[m]), 0 };
    }
    for (const Group *g = f->group; g < f->group + f->n; g++) {
        long m = g->value && strlen(g->value) == 7 ? strtol(g->value + 5, NULL, 10) - 1 : -1;
        if (m < 0 || m >= MONTHS)
            continue;
        column[m].n = g->count;
        column[m].over = g->showing == HIDDEN_BESIDE ? buffer_string(&hidden) : count_text(g, over[m]);
    }
    chart_columns(column, MONTHS, print_in(p, f->of->kk, f->of->ru), p->to);
}

static int by_count(const void *a, const void *b)
{
    const Group *x = *(const Group *const *)a, *y = *(const Group *const *)b;
    return x->count != y->count ? (x->count > y->count ? -1 : 1) : (x > y) - (x < y);
}

/* What a page has room for: where groups have no order of their own, the largest first; the rest is only counted. */
static size_t chosen(const Figure *f, const Group **out, Arena *a)
{
    const Group **all = arena_alloc(a, (f->n + 1) * sizeof *all);
    size_t n = 0;
    for (const Group *g = f->group; g < f->group + f->n; g++)
        all[n++] = g;
    if (!f->of->by.n_labels && (n > GROUPS_MOST || f->of->by.names.feed))
        qsort(all, n, sizeof *all, by_count);
    n = n < GROUPS_MOST || f->of->by.n_labels ? n : GROUPS_MOST;
    memcpy(out, all, n * sizeof *all);
    return n;
}

static void groups(const Print *p, const Figure *f)
{
    SCOPED(arena_free) Arena *a = arena_new();
    const Group **row = arena_alloc(a, (f->n + 1) * sizeof *row);
    size_t n = chosen(f, row, a);
    int64_t most = 0;
    char text[NUMBER];
    for (size_t i = 0; i < n; i++)
        most = row[i]->count > most ? row[i]->count : most;
    print_element(p, "<table><thead><tr><th>", "analysis_group", NULL, "</th><th class=\"c\"></th>");
    print_element(p, "<th class=\"n\">", "analysis_count", NULL, "</th>");
    print_element(p, "<th class=\"n\">", "analysis_share", NULL, "</th></tr></thead><tbody>");
    for (size_t i = 0; i < n; i++) {
        print_raw(p, "<tr><td>");
        group_name(p, row[i]);
        print_raw(p, "</td><td class=\"c\">");
        chart_bar(row[i]->count, most, p->to);
        print_raw(p, "</td>");
        count_cells(p, row[i], f->sum);
        print_raw(p, "</tr>");
    }
    if (n < f->n)
        print_element(p, "<tr><td colspan=\"4\" class=\"note\">", "analysis_more", print_number((int64_t)(f->n - n), text), "</td></tr>");
    print_element(p, "</tbody><tfoot><tr><td colspan=\"2\">", "analysis_sum", NULL, "</td>");
    print_cell(p, print_number(f->sum, text));
    print_raw(p, "<td></td></tr></tfoot></table>");
}

void print_figure(const Print *p, const Figure *f)
{
    const Indicator *i = f->of;
    char text[NUMBER];
    buffer_print(p->to, "<section id=\"%s\"><h3>", i->id);
    print_said(p, print_in(p, i->kk, i->ru));
    print_element(p, "</h3><p class=\"note\">", "analysis_feed", feed_title(i->feed, lang_name(p->lang)), "</p>");
    snprintf(text, sizeof text, "%d", GROUP_LEAST);
    if (f->showing == NOTHING) {
        print_element(p, "<p>", "analysis_nothing", text, "</p></section>");
        return;
    }
    if (!f->sum) {
        print_element(p, "<p>", "analysis_none", NULL, "</p></section>");
        return;
    }
    if (f->showing == GROUPS_AND_SUM && i->by.field && !is_monthly(&i->by)) {
        groups(p, f);
    } else {
        if (f->n)
            months(p, f);
        print_element(p, "<p>", "analysis_sum", NULL, ": <b>");
        print_said(p, print_number(f->sum, text));
        print_raw(p, "</b></p>");
        if (f->showing == SUM_ONLY)
            print_element(p, "<p class=\"note\">", "analysis_sum_only", NULL, "</p>");
    }
    print_raw(p, "</section>");
}
