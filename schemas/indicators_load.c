#include "schemas/indicators.h"
#include "schemas/calendar_draft.h"
#include "schemas/indicators_yaml.h"
#include <string.h>

static void yaml_end(void *data) { yaml_free(&indicators_schema, data); }

/* One indicator being taken; place: "indicators[2]". */
typedef struct { LawDraft *d; const Feeds *feeds; const char *place; Indicator *to; } Taking;

static const char *at(const Taking *t, const char *key) { return arena_printf(t->d->a, "%s.%s", t->place, key); }

static Rc feed_take(const Taking *t, const char *key, const char *code, const Feed **out)
{
    *out = feeds_find(t->feeds, code);
    return *out ? RC_OK : law_fault(t->d, at(t, key), "there is no contract of feed '%.60s'", code);
}

static Rc field_take(const Taking *t, const char *key, const Feed *feed, const char *name, const Field **out)
{
    *out = field_find(feed->fields, feed->n_fields, name, strlen(name));
    if (!*out)
        return law_fault(t->d, at(t, key), "the contract of %s has no field '%.60s'", feed->code, name);
    return (*out)->personal ? law_fault(t->d, at(t, key), "%.60s is personal: nothing is counted by it", name) : RC_OK;
}

static Rc link_take(const Taking *t, const char *key, const YamlLink *y, Link *out)
{
    return feed_take(t, key, y->feed, &out->feed) || field_take(t, key, out->feed, y->key, &out->key) ? t->d->err->rc : RC_OK;
}

/* ---- by what is counted ---- */

static Rc member_take(const Taking *t, const char *key, const Field *of, const char *name, const Field **out)
{
    const Field *item = of->type == TYPE_ARRAY ? of->fields : NULL;
    *out = item && item->type == TYPE_OBJECT ? field_find(item->fields, item->n_fields, name, strlen(name)) : NULL;
    return *out ? RC_OK : law_fault(t->d, at(t, key), "%s is no list of objects that have '%.60s'", of->name, name);
}

static Rc last_take(const Taking *t, const YamlDimension *y, Dimension *by)
{
    if (!y->last_by && !y->take)
        return RC_OK;
    if (!y->last_by || !y->take)
        return law_fault(t->d, at(t, "by"), "write last_by and take, both");
    if (member_take(t, "by.last_by", by->field, y->last_by, &by->last_by) || member_take(t, "by.take", by->field, y->take, &by->take))
        return t->d->err->rc;
    return by->last_by->type == TYPE_DATE ? RC_OK : law_fault(t->d, at(t, "by.last_by"), "%s is no date", y->last_by);
}

static Rc test_must(const Taking *t, const char *key, const Field *f, FieldTest test)
{
    return test != TEST_PAST || f->type == TYPE_DATE ? RC_OK : law_fault(t->d, at(t, key), "past is a test of dates; %s is none", f->name);
}

/* What kind of value groups are made of. */
static const Field *valued(const Dimension *by)
{
    if (by->take)
        return by->take;
    return by->field->type == TYPE_ARRAY ? by->field->fields : by->field;
}

static Rc value_must(const Taking *t, const YamlDimension *y, const Dimension *by)
{
    const Field *f = valued(by);
    if (by->first && (f->type != TYPE_TEXT && f->type != TYPE_DATE))
        return law_fault(t->d, at(t, "by.first"), "%s is neither text nor date", f->name);
    if (!by->test && f->type == TYPE_OBJECT)
        return law_fault(t->d, at(t, "by.field"), "%s is an object: write last_by and take, or test: present", f->name);
    if ((by->test || f->type == TYPE_BOOLEAN) && !y->labels)
        return law_fault(t->d, at(t, "by"), "write labels of 'true' and 'false'");
    return by->field->type == TYPE_ARRAY && by->through ? law_fault(t->d, at(t, "by.through"), "%s is a list", by->field->name) : RC_OK;
}

static void labels_take(const Taking *t, const YamlDimension *y, Dimension *by)
{
    const Field *f = valued(by);
    by->labels = by->test || by->first ? NULL : f->codes;
    by->n_labels = by->labels ? f->n_codes : 0;
    if (!y->n_labels)
        return;
    Code *labels = arena_alloc(t->d->a, y->n_labels * sizeof *labels);
    for (unsigned i = 0; i < y->n_labels; i++)
        labels[i] = (Code){ y->labels[i].value, y->labels[i].kk, y->labels[i].ru };
    by->labels = labels;
    by->n_labels = y->n_labels;
}

static Rc names_take(const Taking *t, const YamlLink *y, Dimension *by)
{
    if (!y)
        return RC_OK;
    return link_take(t, "by.names", y, &by->names) || field_take(t, "by.names.kk", by->names.feed, y->kk, &by->names_kk) || field_take(t, "by.names.ru", by->names.feed, y->ru, &by->names_ru)
        ? t->d->err->rc : RC_OK;
}

static Rc by_take(const Taking *t, const YamlDimension *y)
{
    Dimension *by = &t->to->by;
    if (!y)
        return RC_OK;
    by->first = y->first;
    by->test = (FieldTest)y->test;
    if (y->through && (field_take(t, "by.through.field", t->to->feed, y->through->field, &by->through) || link_take(t, "by.through", y->through, &by->via)))
        return t->d->err->rc;
    if (field_take(t, "by.field", y->through ? by->via.feed : t->to->feed, y->field, &by->field) || last_take(t, y, by) || test_must(t, "by.test", by->field, by->test) || value_must(t, y, by))
        return t->d->err->rc;
    labels_take(t, y, by);
    return names_take(t, y->names, by);
}

/* ---- what is counted ---- */

static Rc where_take(const Taking *t, const YamlIndicator *y)
{
    Condition *all = arena_alloc(t->d->a, (y->n_where + 1) * sizeof *all);
    for (unsigned i = 0; i < y->n_where; i++) {
        const YamlCondition *c = &y->where[i];
        const char *key = arena_printf(t->d->a, "where[%u]", i + 1);
        if (field_take(t, key, t->to->feed, c->field, &all[i].field) || test_must(t, key, all[i].field, (FieldTest)c->test))
            return t->d->err->rc;
        if (!c->test == !c->n_is)
            return law_fault(t->d, at(t, key), "write is or test, one of them");
        all[i].test = (FieldTest)c->test;
        all[i].is = (const char *const *)c->is;
        all[i].n_is = c->n_is;
    }
    t->to->where = all;
    t->to->n_where = y->n_where;
    return RC_OK;
}

static Rc distinct_take(const Taking *t, const YamlIndicator *y)
{
    const Field **all = arena_alloc(t->d->a, (y->n_distinct + 1) * sizeof *all);
    for (unsigned i = 0; i < y->n_distinct; i++)
        if (field_take(t, "distinct", t->to->feed, y->distinct[i], &all[i]))
            return t->d->err->rc;
    t->to->distinct = all;
    t->to->n_distinct = y->n_distinct;
    return RC_OK;
}

static Rc date_take(const Taking *t, const YamlIndicator *y)
{
    if (!y->date == (y->when == WHEN_DATED))
        return law_fault(t->d, at(t, "when"), "date goes with when: dated, and only with it");
    if (y->date && field_take(t, "date", t->to->feed, y->date, &t->to->date))
        return t->d->err->rc;
    return !y->date || t->to->date->type == TYPE_DATE ? RC_OK : law_fault(t->d, at(t, "date"), "%s is no date", y->date);
}

/* Tables of persons stand alone: each record is in one group, and no two tables of the same records share their groups, or what one hides could be told from the other. */
static Rc persons_must(const Taking *t, const Indicator *before)
{
    const Indicator *i = t->to;
    const Field *f = i->by.field;
    if (i->feed->personal && !i->persons)
        return law_fault(t->d, t->place, "%s holds data of persons: write persons: true", i->feed->code);
    if (!i->persons)
        return RC_OK;
    if (i->n_distinct || i->n_where || (f && f->type == TYPE_ARRAY && !i->by.take && !i->by.test))
        return law_fault(t->d, t->place, "persons are counted by one field of their records, without distinct and where: small groups could be told from each other");
    for (const Indicator *o = before; o < i; o++)
        if (o->persons && o->feed == i->feed && (o->by.field == f || o->when != i->when || o->date != i->date))
            return law_fault(t->d, t->place, "%s counts the same persons by the same field or of another time: small groups could be told from each other", o->id);
    return RC_OK;
}

static Rc chapter_find(const Taking *t, const Indicators *all, const char *id)
{
    for (size_t i = 0; i < all->n_chapters; i++)
        if (strcmp(all->chapters[i].id, id) == 0) {
            t->to->chapter = i;
            return RC_OK;
        }
    return law_fault(t->d, at(t, "chapter"), "there is no chapter '%.60s'", id);
}

static Rc indicator_take(const Taking *t, const YamlIndicator *y, const Indicators *all)
{
    *t->to = (Indicator){ .id = y->id, .kk = y->kk, .ru = y->ru, .when = (IndicatorWhen)y->when, .persons = y->persons };
    if (strspn(y->id, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(y->id))
        return law_fault(t->d, at(t, "id"), "'%.60s': small letters, digits and - only", y->id);
    for (const Indicator *o = all->at; o < t->to; o++)
        if (strcmp(o->id, y->id) == 0)
            return law_fault(t->d, at(t, "id"), "two indicators are %.60s", y->id);
    return chapter_find(t, all, y->chapter) || feed_take(t, "feed", y->feed, &t->to->feed) || date_take(t, y) || by_take(t, y->by) || where_take(t, y) || distinct_take(t, y)
        || persons_must(t, all->at) ? t->d->err->rc : RC_OK;
}

static void chapters_take(const YamlIndicators *y, Arena *a, Indicators *out)
{
    Chapter *chapters = arena_alloc(a, y->n_chapters * sizeof *chapters);
    for (unsigned i = 0; i < y->n_chapters; i++)
        chapters[i] = (Chapter){ y->chapters[i].id, y->chapters[i].kk, y->chapters[i].ru };
    out->chapters = chapters;
    out->n_chapters = y->n_chapters;
}

Rc indicators_load(const char *file, const Feeds *feeds, Arena *a, Indicators *out, Error *err)
{
    void *data = NULL;
    if (yaml_load(file, &indicators_schema, &data, err))
        return err->rc;
    arena_adopt(a, yaml_end, data);
    const YamlIndicators *y = data;
    LawDraft d = { arena_text(a, file, strlen(file)), a, err };
    Indicator *all = arena_alloc(a, y->n_indicators * sizeof *all);
    chapters_take(y, a, out);
    out->at = all;
    out->n = y->n_indicators;
    for (unsigned i = 0; i < y->n_indicators; i++) {
        Taking t = { &d, feeds, arena_printf(a, "indicators[%u]", i + 1), &all[i] };
        if (indicator_take(&t, &y->indicators[i], out))
            return err->rc;
    }
    return RC_OK;
}
