#include "gateway/flow/analysis.h"
#include "gateway/flow/analysis_chart.h"
#include "gateway/law/almaty.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GROUPS_MOST = 25, PARTIES_MOST = 50, MONTHS = 12, NUMBER = 40 };

static const char style[] =
    "@page{size:A4;margin:15mm}body{font:14px/1.45 system-ui,'Segoe UI',Roboto,'Noto Sans','DejaVu Sans',sans-serif;color:#1c2126;max-width:960px;margin:0 auto;padding:24px}"
    "h1{font-size:24px;line-height:1.25;margin:0 0 8px}h2{font-size:19px;margin:32px 0 8px;border-bottom:2px solid #1f5f8b;padding-bottom:4px}h3{font-size:15px;margin:20px 0 2px}"
    "p{margin:4px 0}.note{color:#555e66;font-size:12.5px}section section{break-inside:avoid}table{border-collapse:collapse;width:100%;margin:6px 0}tr{break-inside:avoid}"
    "th,td{padding:3px 8px;text-align:left;vertical-align:middle;border-bottom:1px solid #dde2e6}th{font-weight:600;border-bottom-color:#8a949c}thead{display:table-header-group}"
    ".n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}.c{width:30%}tfoot td{font-weight:600}svg.bar{display:block;width:100%;height:12px}"
    "svg.columns{display:block;width:100%;max-height:200px}svg line{stroke:#8a949c}svg text{font-size:13px;text-anchor:middle;fill:#1c2126}"
    ".p0{fill:#1f6fa3}.t .p0{fill:#2c7a4b}.t .p1{fill:#e3a008}.t .p2{fill:#b3261e}.t .p3{fill:#b8c0c7}.key span{display:inline-block;margin-right:18px}.key svg{width:12px;height:12px;margin-right:5px}"
    "rect,svg{print-color-adjust:exact;-webkit-print-color-adjust:exact}@media print{body{padding:0;max-width:none}}";

typedef struct { const Gateway *g; const Analysis *n; Lang lang; Buffer *to; } Print;

static void raw(const Print *p, const char *html) { buffer_text(p->to, html); }
static void said(const Print *p, const char *text) { buffer_xml(p->to, text, strlen(text)); }

/* A text of schemas/texts/papers.yaml, in which what it is told may be anything. */
static void phrase(const Print *p, const char *code, const char *a, const char *b, const char *c)
{
    SCOPED(buffer_free) Buffer text = {0};
    const char *const args[] = { a, b, c };
    texts_put(p->g->papers, p->lang, code, args, 3, &text);
    said(p, buffer_string(&text));
}

static void element(const Print *p, const char *open, const char *code, const char *arg, const char *close)
{
    raw(p, open);
    phrase(p, code, arg, NULL, NULL);
    raw(p, close);
}

/* Thousands apart by a narrow space that does not break. */
static const char *number(int64_t n, char to[NUMBER])
{
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%" PRId64, n), at = 0;
    for (int i = 0; i < len; i++)
        at += snprintf(to + at, (size_t)(NUMBER - at), "%s%c", i && (len - i) % 3 == 0 ? "\u202f" : "", digits[i]);
    return to;
}

static const char *share(int64_t n, int64_t of, char to[NUMBER])
{
    int64_t tenths = of ? (n * 1000 + of / 2) / of : 0;
    snprintf(to, NUMBER, "%" PRId64 ",%d\u00a0%%", tenths / 10, (int)(tenths % 10));
    return to;
}

static void number_cell(const Print *p, const char *text)
{
    raw(p, "<td class=\"n\">");
    said(p, text);
    raw(p, "</td>");
}

/* ---- an indicator ---- */

static const char *in(const Print *p, const char *kk, const char *ru) { return p->lang == LANG_KK ? kk : ru; }

static void group_name(const Print *p, const Group *g)
{
    const char *name = in(p, g->kk, g->ru);
    if (!g->value)
        phrase(p, "analysis_unsaid", NULL, NULL, NULL);
    else
        said(p, name ? name : g->value);
}

static void count_cells(const Print *p, const Group *g, int64_t sum)
{
    char count[NUMBER], part[NUMBER];
    if (g->showing == HIDDEN_BESIDE) {
        element(p, "<td class=\"n\">", "analysis_hidden", NULL, "</td><td></td>");
        return;
    }
    snprintf(count, sizeof count, "< %d", GROUP_LEAST);
    number_cell(p, g->showing == SHOWN ? number(g->count, count) : count);
    number_cell(p, g->showing == SHOWN ? share(g->count, sum, part) : "");
}

static bool is_monthly(const Dimension *by) { return by->field && by->field->type == TYPE_DATE && by->first == 7; }

static void months(const Print *p, const Figure *f)
{
    Column column[MONTHS];
    char under[MONTHS][12], over[MONTHS][NUMBER];
    for (int m = 0; m < MONTHS; m++) {
        snprintf(under[m], sizeof under[m], "%02d", m + 1);
        column[m] = (Column){ under[m], strcpy(over[m], "0"), 0 };
    }
    for (const Group *g = f->group; g < f->group + f->n; g++) {
        int m = g->value && strlen(g->value) == 7 ? atoi(g->value + 5) - 1 : -1;
        if (m < 0 || m >= MONTHS)
            continue;
        column[m].n = g->count;
        column[m].over = g->showing == SHOWN ? number(g->count, over[m]) : g->showing == HIDDEN_SMALL ? "< 5" : "…";
    }
    chart_columns(column, MONTHS, in(p, f->of->kk, f->of->ru), p->to);
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
    element(p, "<table><thead><tr><th>", "analysis_group", NULL, "</th><th class=\"c\"></th>");
    element(p, "<th class=\"n\">", "analysis_count", NULL, "</th>");
    element(p, "<th class=\"n\">", "analysis_share", NULL, "</th></tr></thead><tbody>");
    for (size_t i = 0; i < n; i++) {
        raw(p, "<tr><td>");
        group_name(p, row[i]);
        raw(p, "</td><td class=\"c\">");
        chart_bar(row[i]->count, most, p->to);
        raw(p, "</td>");
        count_cells(p, row[i], f->sum);
        raw(p, "</tr>");
    }
    if (n < f->n)
        element(p, "<tr><td colspan=\"4\" class=\"note\">", "analysis_more", number((int64_t)(f->n - n), text), "</td></tr>");
    element(p, "</tbody><tfoot><tr><td colspan=\"2\">", "analysis_sum", NULL, "</td>");
    number_cell(p, number(f->sum, text));
    raw(p, "<td></td></tr></tfoot></table>");
}

static void figure(const Print *p, const Figure *f)
{
    const Indicator *i = f->of;
    char text[NUMBER];
    buffer_print(p->to, "<section id=\"%s\"><h3>", i->id);
    said(p, in(p, i->kk, i->ru));
    element(p, "</h3><p class=\"note\">", "analysis_feed", feed_title(i->feed, lang_name(p->lang)), "</p>");
    snprintf(text, sizeof text, "%d", GROUP_LEAST);
    if (f->showing == NOTHING) {
        element(p, "<p>", "analysis_nothing", text, "</p></section>");
        return;
    }
    if (!f->sum) {
        element(p, "<p>", "analysis_none", NULL, "</p></section>");
        return;
    }
    if (f->showing == GROUPS_AND_SUM && i->by.field) {
        if (is_monthly(&i->by))
            months(p, f);
        groups(p, f);
    } else {
        element(p, "<p>", "analysis_sum", NULL, ": <b>");
        said(p, number(f->sum, text));
        raw(p, "</b></p>");
        if (f->showing == SUM_ONLY)
            element(p, "<p class=\"note\">", "analysis_sum_only", NULL, "</p>");
    }
    raw(p, "</section>");
}

/* ---- timeliness ---- */

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
    element(p, "<table class=\"t\"><thead><tr><th>", first, NULL, "</th><th class=\"c\"></th>");
    for (const char *const *c = columns; *c; c++)
        element(p, "<th class=\"n\">", *c, NULL, "</th>");
    raw(p, "</tr></thead><tbody>");
}

static void timely_row(const Print *p, const Timely *t)
{
    int64_t part[] = { t->in_time, t->late, lacking(t), t->owed - t->in_time - t->late - lacking(t) };
    char text[NUMBER];
    raw(p, "<td class=\"c\">");
    chart_parts(part, 4, t->owed, p->to);
    raw(p, "</td>");
    number_cell(p, number(t->owed, text));
    for (int i = 0; i < 4; i++)
        number_cell(p, number(part[i], text));
    SCOPED(buffer_free) Buffer median = {0};
    buffer_text(&median, t->late_days_median ? t->late_days_median : "");
    for (size_t i = 0; i < median.len; i++)
        median.at[i] = median.at[i] == '.' ? ',' : median.at[i];
    number_cell(p, buffer_string(&median));
    raw(p, "</tr>");
}

static void timely_key(const Print *p)
{
    static const char *const parts[] = { "analysis_in_time", "analysis_late", "analysis_lacking", "analysis_else" };
    raw(p, "<p class=\"key t note\">");
    for (int i = 0; i < 4; i++) {
        buffer_print(p->to, "<span><svg viewBox=\"0 0 12 12\" aria-hidden=\"true\"><rect class=\"p%d\" width=\"12\" height=\"12\"/></svg>", i);
        element(p, "", parts[i], NULL, "</span>");
    }
    raw(p, "</p>");
}

static void timely_feeds(const Print *p)
{
    const TimelyRows *rows = &p->n->by_feed;
    int64_t provisional = 0;
    char text[NUMBER];
    element(p, "<section id=\"timeliness-by-feed\"><h3>", "analysis_timely_feeds", NULL, "</h3>");
    timely_key(p);
    timely_head(p, "analysis_group");
    for (const Timely *t = rows->at; t < rows->at + rows->n; t++) {
        const Feed *feed = t->feed ? feeds_find(p->g->feeds, t->feed) : NULL;
        provisional += t->provisional;
        raw(p, "<tr><td>");
        if (feed)
            said(p, feed_title(feed, lang_name(p->lang)));
        else
            phrase(p, "analysis_other", NULL, NULL, NULL);
        raw(p, "</td>");
        timely_row(p, t);
    }
    raw(p, "</tbody></table>");
    if (provisional)
        element(p, "<p class=\"note\">", "analysis_provisional", number(provisional, text), "</p>");
    raw(p, "</section>");
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
    element(p, "<section id=\"timeliness-by-party\"><h3>", "analysis_timely_parties", NULL, "</h3>");
    timely_head(p, "analysis_supplier");
    for (size_t i = 0; i < shown; i++) {
        raw(p, "<tr><td>");
        said(p, all[i]->name && *all[i]->name ? all[i]->name : all[i]->bin);
        raw(p, " <span class=\"note\">");
        said(p, all[i]->bin);
        raw(p, "</span></td>");
        timely_row(p, all[i]);
    }
    raw(p, "</tbody></table>");
    if (shown < n) {
        raw(p, "<p class=\"note\">");
        phrase(p, "analysis_worst", number((int64_t)shown, some), number((int64_t)n, of), NULL);
        raw(p, "</p>");
    }
    raw(p, "</section>");
}

/* ---- the page ---- */

static void basis(const Print *p)
{
    Instant at = 0;
    bool zoned;
    char day[CIVIL_TEXT], minute[24], settlement[NUMBER];
    instant_read(p->n->known_at, &at, &zoned);
    int64_t wall = zone_wall(p->g->zone, at / 1000000);
    civil_text(almaty_day(p->g->zone, at), day);
    snprintf(minute, sizeof minute, "%02d:%02d", (int)(wall % 86400 / 3600), (int)(wall % 3600 / 60));
    raw(p, "<p>");
    phrase(p, "analysis_basis", day, minute, p->n->settlement ? number(p->n->settlement, settlement) : NULL);
    element(p, "</p><p class=\"note\">", "analysis_derived", NULL, "</p>");
    snprintf(minute, sizeof minute, "%d", GROUP_LEAST);
    element(p, "<p class=\"note\">", "analysis_anonymous", minute, "</p>");
}

static void head(const Print *p)
{
    char year[12];
    snprintf(year, sizeof year, "%d", p->n->year);
    buffer_print(p->to, "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\">"
                        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"><meta name=\"viewport\" content=\"width=device-width\">", lang_name(p->lang));
    element(p, "<title>", "analysis_title", year, "</title><style>");
    raw(p, style);
    element(p, "</style></head>\n<body><header><h1>", "analysis_title", year, "</h1>");
    basis(p);
    raw(p, "</header><main>\n");
}

void analysis_page(const Gateway *g, const Analysis *n, Lang lang, Buffer *out)
{
    const Print p = { g, n, lang, out };
    head(&p);
    for (size_t c = 0; c < n->indicators->n_chapters; c++) {
        buffer_print(out, "<section id=\"%s\"><h2>", n->indicators->chapters[c].id);
        said(&p, in(&p, n->indicators->chapters[c].kk, n->indicators->chapters[c].ru));
        raw(&p, "</h2>\n");
        for (size_t i = 0; i < n->indicators->n; i++)
            if (n->figure[i].of->chapter == c)
                figure(&p, &n->figure[i]);
        raw(&p, "</section>\n");
    }
    element(&p, "<section id=\"timeliness\"><h2>", "analysis_timely", NULL, "</h2>");
    timely_feeds(&p);
    timely_parties(&p);
    raw(&p, "</section></main></body></html>\n");
}
