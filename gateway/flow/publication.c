#include "gateway/flow/publication.h"
#include "gateway/flow/gateway.h"
#include "gateway/law/timetable.h"
#include <stdlib.h>
#include <string.h>

static bool at_once(const PublicationEntry *e) { return e->mode == PUBLISH_CHANGES; }

static const char *when_wrong(const PublicationEntry *e)
{
    bool says_so = e->when && strcmp(e->when, "at_once") == 0;
    if (at_once(e))
        return !e->when || says_so ? NULL : "when: changes go out at_once";
    return says_so ? "when: a snapshot goes out by a schedule, or by command where there is none" : NULL;
}

static const Field *top_field(const Feed *f, const char *name) { return field_find(f->fields, f->n_fields, name, strlen(name)); }

static bool filterable(const Field *f) { return f && !f->personal && f->type != TYPE_OBJECT && f->type != TYPE_ARRAY; }

static const char *selection_wrong(const PublicationEntry *e, const Feed *f)
{
    for (unsigned i = 0; i < e->fields_count; i++) {
        if (!top_field(f, e->fields[i]))
            return "fields: the feed has no field of that name";
        for (unsigned k = 0; k < i; k++)
            if (strcmp(e->fields[k], e->fields[i]) == 0)
                return "fields: a field stands twice";
    }
    for (unsigned i = 0; i < e->filter_count; i++)
        if (!filterable(top_field(f, e->filter[i].field)))
            return "filter: there is no such field, or it is one of persons, a list or an object";
    return f->personal && !e->fields_count ? "the feed holds personal data: fields must be named" : NULL;
}

static const char *kind_wrong(const SinkKind *kind, const void *settings, const Config *c)
{
    return kind->broker && !c->kafka ? "its sink goes over the broker of the block kafka, which gateway.yaml does not have" : kind->wrong(settings);
}

static const char *sink_wrong(const PublicationEntry *e, const Config *c)
{
    const char *wrong = "it needs one sink";
    unsigned n = 0;
    const SinkKind *kind;
    for (unsigned i = 0; (kind = sink_kind(i)); i++)
        if (e->settings[i]) {
            n++;
            wrong = kind_wrong(kind, e->settings[i], c);
        }
    return n == 1 ? wrong : "it needs one sink, and only one";
}

static const char *entry_wrong(const PublicationEntry *e, const Config *c, const Feed *f)
{
    if (strspn(e->name, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(e->name))
        return "a name has small letters, digits and hyphens";
    for (const PublicationEntry *other = c->publications; other < e; other++)
        if (strcmp(other->name, e->name) == 0)
            return "the name is there twice";
    if (!f)
        return "there is no such feed";
    const char *wrong = when_wrong(e);
    if (!wrong)
        wrong = selection_wrong(e, f);
    return wrong ? wrong : sink_wrong(e, c);
}

static int by_name(const void *a, const void *b) { return strcmp((*(const Field *const *)a)->name, (*(const Field *const *)b)->name); }

static void fields_choose(Publication *p, Arena *a)
{
    const PublicationEntry *e = p->entry;
    p->n_fields = e->fields_count ? e->fields_count : p->feed->n_fields;
    p->fields = arena_alloc(a, p->n_fields * sizeof *p->fields);
    for (size_t i = 0; i < p->n_fields; i++) {
        p->fields[i] = e->fields_count ? top_field(p->feed, e->fields[i]) : &p->feed->fields[i];
        p->personal |= p->fields[i]->personal;
    }
    qsort(p->fields, p->n_fields, sizeof *p->fields, by_name);
    p->filter = arena_alloc(a, (e->filter_count + 1) * sizeof *p->filter);
    for (unsigned i = 0; i < e->filter_count; i++)
        p->filter[i] = top_field(p->feed, e->filter[i].field);
}

static void understand(const PublicationEntry *e, const Feed *f, Arena *a, Publication *p)
{
    const SinkKind *kind;
    *p = (Publication){ .entry = e, .name = e->name, .feed = f, .source = e->source ? e->source : arena_printf(a, "urn:kz:nqs:%s", f->code) };
    for (unsigned i = 0; (kind = sink_kind(i)); i++)
        if (e->settings[i]) {
            p->kind = kind;
            p->settings = e->settings[i];
        }
    fields_choose(p, a);
}

static Rc when_read(const PublicationEntry *e, Arena *a, const Timetable **out, Error *err)
{
    Timetable *t = arena_alloc(a, sizeof *t);
    if (timetable_read(e->when, t, err)) {
        err->rc = RC_FATAL;
        return error_at(err, "gateway.yaml: publication %s: when", e->name);
    }
    *out = t;
    return RC_OK;
}

Rc publications_new(const Config *c, const Feeds *feeds, Arena *a, Publications *out, Error *err)
{
    Publications all = { arena_alloc(a, (c->publications_count + 1) * sizeof *all.at), c->publications_count };
    for (size_t i = 0; i < all.n; i++) {
        const PublicationEntry *e = &c->publications[i];
        const Feed *f = feeds_find(feeds, e->feed);
        const char *wrong = entry_wrong(e, c, f);
        if (wrong)
            return error_set(err, RC_FATAL, "gateway.yaml: publication %s: %s", e->name, wrong);
        understand(e, f, a, &all.at[i]);
        if (!at_once(e) && e->when && when_read(e, a, &all.at[i].timetable, err))
            return err->rc;
    }
    *out = all;
    return RC_OK;
}

const Publication *publication_find(const Publications *p, const char *name)
{
    for (size_t i = 0; i < p->n; i++)
        if (strcmp(p->at[i].name, name) == 0)
            return &p->at[i];
    return NULL;
}

size_t publications_of_changes(const Publications *p, const Feed *f, const char **names, size_t most)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n && n < most; i++)
        if (p->at[i].feed == f && p->at[i].entry->mode == PUBLISH_CHANGES)
            names[n++] = p->at[i].name;
    return n;
}
