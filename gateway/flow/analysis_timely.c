#include "gateway/flow/analysis_chart.h"
#include "gateway/flow/analysis_print.h"
#include <stdlib.h>

enum { PARTIES_MOST = 50, NUMBER = PRINT_NUMBER };

static int64_t lacking(const Timely *t) { return t->overdue + t->missing; }

static int by_failure(const void *a, const void *b)
{
    const Timely *x = *(const Timely *const *)a, *y = *(const Timely *const *)b;
    int64_t n = x->late + lacking(x), m = y->late + lacking(y);
    return n != m ? (n > m ? -1 : 1) : (x > y) - (x < y);
}

static void timely_head(const Print *p, const char *first)
{
    static const char *const columns[] = { "analysis_owed", "analysis_in_time", "analysis_late", "analysis_lacking", "analysis_else", "analysis_median", NULL };
    print_element(p, "<table class=\"t\"><thead><tr><th>", first, NULL, "</th><th class=\"c\"></th>");
    for (const char *const *c = columns; *c; c++)
        print_element(p, "<th class=\"n\">", *c, NULL, "</th>");
    print_raw(p, "</tr></thead><tbody>");
}

static void timely_row(const Print *p, const Timely *t)
{
    int64_t part[] = { t->in_time, t->late, lacking(t), t->owed - t->in_time - t->late - lacking(t) };
    char text[NUMBER];
    print_raw(p, "<td class=\"c\">");
    chart_parts(part, 4, t->owed, p->to);
    print_raw(p, "</td>");
    print_cell(p, print_number(t->owed, text));
    for (int i = 0; i < 4; i++)
        print_cell(p, print_number(part[i], text));
    SCOPED(buffer_free) Buffer median = {0};
    buffer_text(&median, t->late_days_median ? t->late_days_median : "");
    for (size_t i = 0; i < median.len; i++)
        median.at[i] = median.at[i] == '.' ? ',' : median.at[i];
    print_cell(p, buffer_string(&median));
    print_raw(p, "</tr>");
}

static void timely_key(const Print *p)
{
    static const char *const parts[] = { "analysis_in_time", "analysis_late", "analysis_lacking", "analysis_else" };
    print_raw(p, "<p class=\"key t note\">");
    for (int i = 0; i < 4; i++) {
        buffer_print(p->to, "<span><svg viewBox=\"0 0 12 12\" aria-hidden=\"true\"><rect class=\"p%d\" width=\"12\" height=\"12\"/></svg>", i);
        print_element(p, "", parts[i], NULL, "</span>");
    }
    print_raw(p, "</p>");
}

static void timely_feeds(const Print *p)
{
    const TimelyRows *rows = &p->n->by_feed;
    int64_t provisional = 0;
    char text[NUMBER];
    print_element(p, "<section id=\"timeliness-by-feed\"><h3>", "analysis_timely_feeds", NULL, "</h3>");
    timely_key(p);
    timely_head(p, "analysis_group");
    for (const Timely *t = rows->at; t < rows->at + rows->n; t++) {
        const Feed *feed = t->feed ? feeds_find(p->g->feeds, t->feed) : NULL;
        provisional += t->provisional;
        print_raw(p, "<tr><td>");
        if (feed)
            print_said(p, feed_title(feed, lang_name(p->lang)));
        else
            print_phrase(p, "analysis_other", NULL, NULL, NULL);
        print_raw(p, "</td>");
        timely_row(p, t);
    }
    print_raw(p, "</tbody></table>");
    if (provisional)
        print_element(p, "<p class=\"note\">", "analysis_provisional", print_number(provisional, text), "</p>");
    print_raw(p, "</section>");
}

static void timely_parties(const Print *p)
{
    const TimelyRows *rows = &p->n->by_party;
    SCOPED(arena_free) Arena *a = arena_new();
    const Timely **all = arena_alloc(a, (rows->n + 1) * sizeof *all);
    size_t n = 0, shown;
    char some[NUMBER], of[NUMBER];
    for (const Timely *t = rows->at; t < rows->at + rows->n; t++)
        if (t->bin)
            all[n++] = t;
    qsort(all, n, sizeof *all, by_failure);
    shown = n < PARTIES_MOST ? n : PARTIES_MOST;
    print_element(p, "<section id=\"timeliness-by-party\"><h3>", "analysis_timely_parties", NULL, "</h3>");
    timely_head(p, "analysis_supplier");
    for (size_t i = 0; i < shown; i++) {
        print_raw(p, "<tr><td>");
        print_said(p, all[i]->name ? all[i]->name : "");
        print_raw(p, " <span class=\"note\">");
        print_said(p, all[i]->bin);
        print_raw(p, "</span></td>");
        timely_row(p, all[i]);
    }
    print_raw(p, "</tbody></table>");
    if (shown < n) {
        print_raw(p, "<p class=\"note\">");
        print_phrase(p, "analysis_worst", print_number((int64_t)shown, some), print_number((int64_t)n, of), NULL);
        print_raw(p, "</p>");
    }
    print_raw(p, "</section>");
}

void print_timely(const Print *p)
{
    print_element(p, "<section id=\"timeliness\"><h2>", "analysis_timely", NULL, "</h2>");
    timely_feeds(p);
    timely_parties(p);
    print_raw(p, "</section>");
}
