#include "transforms/mapping_inside.h"
#include <stdlib.h>
#include <string.h>

enum { STEPS_MOST = 16, NTH_MOST = 10000 };

static Rc wrong(Error *err, const char *why) { return error_set(err, RC_FATAL, "%s", why); }

/* A name in quotes; two quotes in it stand for one. */
static Rc quoted_read(const char **at, Arena *a, PathStep *out, Error *err)
{
    char *name = arena_alloc(a, strlen(*at)), *to = name;
    const char *s = *at + 1;
    for (; *s && (*s != '"' || s[1] == '"'); s++) {
        s += *s == '"';
        *to++ = *s;
    }
    if (*s != '"')
        return wrong(err, "a quote is not closed");
    *out = (PathStep){ .name = name, .len = (unsigned)(to - name) };
    *at = s + 1;
    return RC_OK;
}

static Rc name_read(const char **at, Arena *a, PathStep *out, Error *err)
{
    if (**at == '"')
        return quoted_read(at, a, out, err);
    size_t len = strcspn(*at, ".[]\"");
    *out = (PathStep){ .name = arena_text(a, *at, len), .len = (unsigned)len };
    *at += len;
    return len ? RC_OK : wrong(err, "a name is missing between two dots");
}

static Rc index_read(const char **at, PathStep *out, Error *err)
{
    if (**at != '[')
        return RC_OK;
    char *end = NULL;
    out->all = (*at)[1] == ']';
    long nth = out->all ? 0 : strtol(*at + 1, &end, 10);
    if (!out->all && (nth < 1 || nth > NTH_MOST || *end != ']'))
        return wrong(err, "write [] for all items, or [2] for the second");
    out->nth = (unsigned)nth;
    *at = out->all ? *at + 2 : end + 1;
    return RC_OK;
}

static Rc steps_read(const char *at, Arena *a, Path *out, Error *err)
{
    out->step = arena_alloc(a, STEPS_MOST * sizeof *out->step);
    for (;;) {
        PathStep *s = &out->step[out->n];
        if (out->n == STEPS_MOST)
            return wrong(err, "more than 16 steps");
        if (name_read(&at, a, s, err) || index_read(&at, s, err))
            return err->rc;
        if (!s->len)
            return wrong(err, "a name is empty");
        out->many |= s->all;
        out->n++;
        if (!*at)
            return RC_OK;
        if (*at++ != '.')
            return wrong(err, "steps are divided by dots; a name with a dot, a bracket or a quote in it stands in double quotes");
    }
}

Rc path_read(const char *text, Arena *a, Path *out, Error *err)
{
    *out = (Path){ .text = text, .number = strcmp(text, "#") == 0, .record = *text == '/' };
    const char *at = text + out->record;
    if (out->number || (*at == '.' && !at[1]) || (out->record && !*at))
        return RC_OK;
    return *at ? steps_read(at, a, out, err) : wrong(err, "the path is empty");
}

static bool is_named(const Node *n, const PathStep *s)
{
    return n->name_len == s->len && n->name && memcmp(n->name, s->name, s->len) == 0;
}

static const Node *next_named(const Node *n, const PathStep *s)
{
    while (n && !is_named(n, s))
        n = n->next;
    return n;
}

static const Node *nth_of(const Node *n, unsigned nth)
{
    while (n && --nth)
        n = n->next;
    return n;
}

static const Node *nth_named(const Node *n, const PathStep *s)
{
    n = next_named(n, s);
    for (unsigned i = 1; n && i < s->nth; i++)
        n = next_named(n->next, s);
    return n;
}

static const Node *step_one(const PathStep *s, const Node *from, bool *doubled)
{
    const Node *found = next_named(from->first, s);
    if (!found)
        return NULL;
    if (s->nth)
        return found->kind == NODE_ARRAY ? nth_of(found->first, s->nth) : nth_named(found, s);
    if (from->kind == NODE_ELEMENT && next_named(found->next, s))
        *doubled = true;
    return found;
}

const Node *path_one(const Path *p, const Node *from, bool *doubled)
{
    for (size_t i = 0; i < p->n && from; i++)
        from = step_one(&p->step[i], from, doubled);
    return from;
}

typedef struct { const Path *path; PathVisit *visit; void *self; } Walk;

static bool walk_from(const Walk *w, size_t step, const Node *n);

/* What is written as one thing where many may be is an array of one. */
static bool walk_all(const Walk *w, size_t step, const Node *first)
{
    const PathStep *s = &w->path->step[step];
    for (const Node *n = next_named(first, s); n; n = next_named(n->next, s)) {
        if (n->kind != NODE_ARRAY) {
            if (!walk_from(w, step + 1, n))
                return false;
            continue;
        }
        for (const Node *item = n->first; item; item = item->next)
            if (!walk_from(w, step + 1, item))
                return false;
    }
    return true;
}

static bool walk_from(const Walk *w, size_t step, const Node *n)
{
    bool doubled = false;
    if (n->kind == NODE_NULL)
        return true;
    if (step == w->path->n)
        return w->visit(w->self, n);
    if (w->path->step[step].all)
        return walk_all(w, step, n->first);
    const Node *next = step_one(&w->path->step[step], n, &doubled);
    return next ? walk_from(w, step + 1, next) : true;
}

void path_walk(const Path *p, const Node *from, PathVisit *visit, void *self)
{
    Walk w = { p, visit, self };
    (void)walk_from(&w, 0, from);
}
