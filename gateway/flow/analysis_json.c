#include "gateway/flow/analysis.h"
#include <string.h>

static void names(Json *j, const char *kk, const char *ru)
{
    if (kk)
        json_put_text(j, "kk", kk);
    if (ru)
        json_put_text(j, "ru", ru);
}

static void group(Json *j, const Group *g)
{
    json_open(j, '{');
    json_put_text(j, "value", g->value);
    names(j, g->kk, g->ru);
    if (g->showing == SHOWN)
        json_put_number(j, "count", g->count);
    else
        json_put_text(j, "hidden", g->showing == HIDDEN_SMALL ? "small" : "beside");
    json_close(j, '}');
}

static void figure(Json *j, const Figure *f)
{
    const Indicator *i = f->of;
    json_open(j, '{');
    json_put_text(j, "id", i->id);
    names(j, i->kk, i->ru);
    json_put_text(j, "feed", i->feed->code);
    json_put_text(j, "when", when_names[i->when]);
    if (i->date)
        json_put_text(j, "date", i->date->name);
    if (i->by.field)
        json_put_text(j, "by", i->by.field->name);
    json_key(j, "persons"), json_bool(j, i->persons);
    if (f->showing == NOTHING)
        json_put_text(j, "hidden", "small");
    else
        json_put_number(j, "sum", f->sum);
    if (f->showing == SUM_ONLY)
        json_put_text(j, "groups_hidden", "small");
    json_key(j, "groups");
    json_open(j, '[');
    for (size_t k = 0; k < f->n; k++)
        group(j, &f->group[k]);
    json_close(j, ']');
    json_close(j, '}');
}

static void timely(Json *j, const char *key, const TimelyRows *rows)
{
    json_key(j, key);
    json_open(j, '[');
    for (const Timely *t = rows->at; t < rows->at + rows->n; t++) {
        json_open(j, '{');
        if (t->feed)
            json_put_text(j, "feed", t->feed);
        if (t->bin)
            json_put_text(j, "party", t->bin), json_put_text(j, "name", t->name);
        json_put_number(j, "owed", t->owed), json_put_number(j, "in_time", t->in_time), json_put_number(j, "late", t->late), json_put_number(j, "overdue", t->overdue), json_put_number(j, "missing", t->missing);
        json_put_number(j, "waived", t->waived), json_put_number(j, "held", t->held), json_put_number(j, "provisional", t->provisional);
        if (t->late_days_median) {
            json_key(j, "late_days_median");
            json_raw(j, t->late_days_median, strlen(t->late_days_median));
        }
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void chapter(Json *j, const Analysis *n, size_t c)
{
    const Chapter *chapter = &n->indicators->chapters[c];
    json_open(j, '{');
    json_put_text(j, "id", chapter->id);
    names(j, chapter->kk, chapter->ru);
    json_key(j, "indicators");
    json_open(j, '[');
    for (size_t i = 0; i < n->indicators->n; i++)
        if (n->figure[i].of->chapter == c)
            figure(j, &n->figure[i]);
    json_close(j, ']');
    json_close(j, '}');
}

void analysis_json(const Analysis *n, Buffer *out)
{
    Json j = { .to = out };
    json_open(&j, '{');
    json_put_number(&j, "year", n->year);
    json_put_text(&j, "as_known_at", n->known_at);
    if (n->settlement)
        json_put_number(&j, "last_settlement", n->settlement), json_put_text(&j, "settled_at", n->settled_at);
    json_put_number(&j, "least_persons", GROUP_LEAST);
    json_key(&j, "chapters");
    json_open(&j, '[');
    for (size_t c = 0; c < n->indicators->n_chapters; c++)
        chapter(&j, n, c);
    json_close(&j, ']');
    json_key(&j, "timeliness");
    json_open(&j, '{');
    timely(&j, "by_feed", &n->by_feed);
    timely(&j, "by_party", &n->by_party);
    timely(&j, "by_feed_and_party", &n->by_both);
    json_close(&j, '}');
    json_close(&j, '}');
}
