#include "gateway/base/csv.h"
#include "gateway/flow/analysis.h"
#include <inttypes.h>

static const char *const columns[] = { "chapter", "indicator", "title", "group", "label", "measure", "value", "hidden" };
enum { COLUMNS = sizeof columns / sizeof *columns };

static const char *in(Lang lang, const char *kk, const char *ru) { return (lang == LANG_KK ? kk : ru) ? (lang == LANG_KK ? kk : ru) : ""; }

static void row(Buffer *out, const char *const cell[COLUMNS])
{
    for (int i = 0; i < COLUMNS; i++)
        csv_put(out, i == 0, cell[i] ? cell[i] : "");
    buffer_text(out, "\r\n");
}

static const char *digits(int64_t n, char to[24])
{
    snprintf(to, 24, "%" PRId64, n);
    return to;
}

static void figure(const Analysis *n, const Figure *f, Lang lang, Buffer *out)
{
    static const char *const hidden[] = { [SHOWN] = "", [HIDDEN_SMALL] = "small", [HIDDEN_BESIDE] = "beside" };
    const Indicator *i = f->of;
    const char *chapter = n->indicators->chapters[i->chapter].id, *title = in(lang, i->kk, i->ru);
    char number[24];
    for (const Group *g = f->group; g < f->group + f->n; g++)
        row(out, (const char *const[COLUMNS]){ chapter, i->id, title, g->value, in(lang, g->kk, g->ru), "count", g->showing == SHOWN ? digits(g->count, number) : "", hidden[g->showing] });
    row(out, (const char *const[COLUMNS]){ chapter, i->id, title, "", "", "sum", f->showing == NOTHING ? "" : digits(f->sum, number),
                                           f->showing == NOTHING ? "small" : f->showing == SUM_ONLY ? "groups" : "" });
}

static void timely(const Gateway *g, const Timely *t, const char *by, Lang lang, Buffer *out)
{
    const struct { const char *name; int64_t n; } measures[] = {
        { "owed", t->owed }, { "in_time", t->in_time }, { "late", t->late }, { "overdue", t->overdue }, { "missing", t->missing }, { "waived", t->waived }, { "held", t->held },
        { "provisional", t->provisional } };
    SCOPED(buffer_free) Buffer group = {0}, title = {0};
    char number[24];
    const Feed *feed = t->feed ? feeds_find(g->feeds, t->feed) : NULL;
    texts_put(g->papers, lang, "analysis_timely", NULL, 0, &title);
    buffer_print(&group, "%s%s%s", t->feed ? t->feed : "", t->feed && t->bin ? " " : "", t->bin ? t->bin : "");
    const char *label = t->bin ? t->name : feed ? feed_title(feed, lang_name(lang)) : "";
    for (size_t i = 0; i < sizeof measures / sizeof *measures; i++)
        row(out, (const char *const[COLUMNS]){ "timeliness", by, buffer_string(&title), buffer_string(&group), label, measures[i].name, digits(measures[i].n, number), "" });
    if (t->late_days_median)
        row(out, (const char *const[COLUMNS]){ "timeliness", by, buffer_string(&title), buffer_string(&group), label, "late_days_median", t->late_days_median, "" });
}

void analysis_csv(const Gateway *g, const Analysis *n, Lang lang, Buffer *out)
{
    const struct { const char *by; const TimelyRows *rows; } tables[] = { { "by_feed", &n->by_feed }, { "by_party", &n->by_party }, { "by_feed_and_party", &n->by_both } };
    csv_begin(out, columns, COLUMNS);
    for (size_t i = 0; i < n->indicators->n; i++)
        figure(n, &n->figure[i], lang, out);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        for (size_t k = 0; k < tables[i].rows->n; k++)
            timely(g, &tables[i].rows->at[k], tables[i].by, lang, out);
}
