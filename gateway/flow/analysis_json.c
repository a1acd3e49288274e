#include "gateway/flow/analysis.h"
#include <string.h>

static void put(Json *j, const char *key, const char *value)
{
    json_key(j, key);
    json_text(j, value);
}

static void number(Json *j, const char *key, int64_t n)
{
    json_key(j, key);
    json_number(j, n);
}

static void names(Json *j, const char *kk, const char *ru)
{
    if (kk)
        put(j, "kk", kk);
    if (ru)
        put(j, "ru", ru);
}

static void group(Json *j, const Group *g)
{
    json_open(j, '{');
    put(j, "value", g->value);
    names(j, g->kk, g->ru);
    if (g->showing == SHOWN)
        number(j, "count", g->count);
    else
        put(j, "hidden", g->showing == HIDDEN_SMALL ? "small" : "beside");
    json_close(j, '}');
}

static void figure(Json *j, const Figure *f)
{
    const Indicator *i = f->of;
    json_open(j, '{');
    put(j, "id", i->id);
    names(j, i->kk, i->ru);
    put(j, "feed", i->feed->code);
    put(j, "when", when_names[i->when]);
    if (i->date)
        put(j, "date", i->date->name);
    if (i->by.field)
        put(j, "by", i->by.field->name);
    json_key(j, "persons"), json_bool(j, i->persons);
    if (f->showing == NOTHING)
        put(j, "hidden", "small");
    else
        number(j, "sum", f->sum);
    if (f->showing == SUM_ONLY)
        put(j, "groups_hidden", "small");
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
            put(j, "feed", t->feed);
        if (t->bin)
            put(j, "party", t->bin), put(j, "name", t->name);
        number(j, "owed", t->owed), number(j, "in_time", t->in_time), number(j, "late", t->late), number(j, "overdue", t->overdue), number(j, "missing", t->missing);
        number(j, "waived", t->waived), number(j, "held", t->held), number(j, "provisional", t->provisional);
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
    put(j, "id", chapter->id);
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
    number(&j, "year", n->year);
    put(&j, "as_known_at", n->known_at);
    if (n->settlement)
        number(&j, "last_settlement", n->settlement), put(&j, "settled_at", n->settled_at);
    number(&j, "least_persons", GROUP_LEAST);
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
