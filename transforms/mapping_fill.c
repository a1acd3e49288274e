/* The values of one record: what a path leads to goes over as it stands, by pointer; only a conversion makes a new text. */
#include "gateway/base/buffer.h"
#include "gateway/base/text.h"
#include "transforms/mapping_inside.h"
#include <string.h>

/* found: a value of the source is among what was made; constants, defaults and numbers of items do not count. */
typedef struct { Arena *a; const Trace *trace; bool found; } Fill;

static Node *node_new(Arena *a, NodeKind kind, const char *text, size_t len, Origin origin)
{
    Node *n = arena_alloc(a, sizeof *n);
    n->kind = kind;
    n->text = text;
    n->len = len;
    n->origin = origin;
    return n;
}

static Node *bad_new(Arena *a, const char *code, const char *value, size_t len, const char *word, Origin origin)
{
    Node *bad = node_new(a, NODE_BAD, code, strlen(code), origin);
    node_append(bad, value ? node_new(a, NODE_STRING, value, len, 0) : node_new(a, NODE_NULL, NULL, 0, 0));
    if (word)
        node_append(bad, node_new(a, NODE_STRING, word, strlen(word), 0));
    return bad;
}

/* ---- one value ---- */

static Node *traced(const Fill *f, Node *made, const char *source, size_t len)
{
    if (made && f->trace->tell)
        f->trace->tell(f->trace->self, made, source, len);
    return made;
}

/* NULL: what came out is empty. */
static Node *converted(Fill *f, const Slot *s, const char *text, size_t len, Origin origin)
{
    for (size_t i = 0; i < s->n_as && len; i++) {
        const char *code = NULL, *was = text;
        size_t was_len = len;
        text = s->as[i].convey(&s->as[i], text, len, f->a, &len, &code);
        if (!text && code)
            return bad_new(f->a, code, was, was_len, s->as[i].table ? s->as[i].table->name : NULL, origin);
        len = text ? len : 0;
    }
    return len ? node_new(f->a, NODE_STRING, text, len, origin) : NULL;
}

static Node *value_of(Fill *f, const Slot *s, const Node *n, Origin origin)
{
    if (node_is_empty(n))
        return NULL;
    f->found = true;
    bool structure = n->kind >= NODE_OBJECT || (n->kind == NODE_ELEMENT && node_has_members(n) && !n->len);
    if (structure)
        return bad_new(f->a, "not_a_value", NULL, 0, NULL, origin);
    if (!s->n_as)
        return traced(f, node_new(f->a, n->kind == NODE_ELEMENT ? NODE_STRING : n->kind, n->text, n->len, origin), n->text, n->len);
    size_t len = n->len;
    const char *text = text_plain(n->text, n->len, f->a, &len);
    return traced(f, converted(f, s, text, len, origin), n->text, n->len);
}

static Node *number_of(Fill *f, const Slot *s, const Scope *scope)
{
    const char *text = arena_printf(f->a, "%u", scope->number);
    Node *n = converted(f, s, text, strlen(text), 0);
    if (n && !s->n_as)
        n->kind = s->field->type == TYPE_TEXT ? NODE_STRING : NODE_NUMBER;
    return n;
}

typedef struct { Arena *a; Buffer *to; const char *joint; } Joining;

static bool join_visit(void *self, const Node *n)
{
    Joining *j = self;
    size_t len = n->len;
    if (node_is_empty(n) || !n->text)
        return true;
    const char *text = text_plain(n->text, n->len, j->a, &len);
    if (j->to->len)
        buffer_text(j->to, j->joint);
    buffer_add(j->to, text, len);
    return true;
}

static Node *joined(Fill *f, const Slot *s, const Scope *scope, Origin *empty)
{
    SCOPED(buffer_free) Buffer all = {0};
    Joining j = { f->a, &all, s->joint };
    Origin origin = 0;
    for (size_t i = 0; i < s->n_paths; i++) {
        bool doubled = false;
        const Path *p = &s->path[i];
        if (!all.len)
            origin = origin_of(p, p->many ? NULL : path_one(p, beginning(p, scope), &doubled), scope);
        *empty = *empty ? *empty : origin;
        path_walk(p, beginning(p, scope), join_visit, &j);
    }
    if (!all.len)
        return NULL;
    f->found = true;
    const char *text = arena_text(f->a, all.at, all.len);
    return traced(f, converted(f, s, text, all.len, origin), text, all.len);
}

/* The value that one source record gives; NULL: none. *empty: where it should have stood. */
static Node *value_from(Fill *f, const Slot *s, const Scope *scope, Origin *empty)
{
    if (!conditions_all(&s->when, scope, f->a))
        return NULL;
    if (s->constant)
        return node_new(f->a, NODE_STRING, s->constant, strlen(s->constant), 0);
    if (s->joint)
        return joined(f, s, scope, empty);
    for (const Path *p = s->path; p < s->path + s->n_paths; p++) {
        bool doubled = false;
        if (p->number)
            return number_of(f, s, scope);
        const Node *n = path_one(p, beginning(p, scope), &doubled);
        Origin origin = origin_of(p, n, scope);
        *empty = *empty ? *empty : origin;
        if (doubled) {
            f->found = true;
            return bad_new(f->a, "source_repeated", NULL, 0, p->text, origin);
        }
        Node *value = value_of(f, s, n, origin);
        if (value)
            return value;
    }
    return NULL;
}

static bool same(const Node *a, const Node *b)
{
    return a->kind == NODE_BAD || (a->len == b->len && memcmp(a->text, b->text, a->len) == 0);
}

/* Of several source records at most one tells a value, or all tell the same. */
static Node *value_fill(Fill *f, const Slot *s, const Scope *sources, size_t n)
{
    Node *value = NULL;
    Origin empty = 0;
    for (size_t i = 0; i < n; i++) {
        Node *next = value_from(f, s, &sources[i], &empty);
        if (!value)
            value = next;
        else if (next && !same(value, next))
            return bad_new(f->a, "group_differs", next->text, next->len, NULL, next->origin);
    }
    if (!value && s->fallback)
        return node_new(f->a, NODE_STRING, s->fallback, strlen(s->fallback), 0);
    return value || !s->field->required ? value : node_new(f->a, NODE_NULL, NULL, 0, empty);
}

/* ---- lists ---- */

typedef struct { Fill *f; const Slot *s; const Path *path; const Scope *scope; Node *into; } Listing;

static void parts_add(const Listing *l, const Node *n, Origin origin)
{
    size_t sign = strlen(l->s->separator), len;
    l->f->found = true;
    for (const char *at = n->text, *end = at + n->len, *next; at; at = next ? next + sign : NULL) {
        next = memmem(at, (size_t)(end - at), l->s->separator, sign);
        len = (size_t)((next ? next : end) - at);
        const char *part = text_plain(arena_text(l->f->a, at, len), len, l->f->a, &len);
        Node *value = len ? converted(l->f, l->s, part, len, origin) : NULL;
        if (value)
            node_append(l->into, traced(l->f, value, part, len));
    }
}

static bool list_visit(void *self, const Node *n)
{
    const Listing *l = self;
    if (n->kind == NODE_ARRAY) {
        for (const Node *item = n->first; item; item = item->next)
            (void)list_visit(self, item);
        return true;
    }
    Origin origin = origin_of(l->path, n, l->scope);
    if (node_is_empty(n))
        return true;
    if (l->s->separator && n->text && n->kind < NODE_OBJECT) {
        parts_add(l, n, origin);
        return true;
    }
    Node *value = value_of(l->f, l->s, n, origin);
    if (value)
        node_append(l->into, value);
    return true;
}

static void list_from(Fill *f, const Slot *s, const Scope *scope, Node *into)
{
    if (!conditions_all(&s->when, scope, f->a))
        return;
    unsigned before = into->n;
    if (s->constant) {
        Node whole = { .kind = NODE_STRING, .text = s->constant, .len = strlen(s->constant) };
        Listing l = { f, s, &(Path){0}, scope, into };
        bool found = f->found;
        (void)list_visit(&l, &whole);
        f->found = found;
    }
    for (const Path *p = s->path; p < s->path + s->n_paths && into->n == before; p++) {
        bool doubled = false;
        Listing l = { f, s, p, scope, into };
        if (!into->origin)
            into->origin = origin_of(p, p->many ? NULL : path_one(p, beginning(p, scope), &doubled), scope);
        path_walk(p, beginning(p, scope), list_visit, &l);
    }
}

static Node *list_end(Arena *a, const Slot *s, Node *list)
{
    if (list->n)
        return list;
    return s->field->required ? node_new(a, NODE_NULL, NULL, 0, list->origin) : NULL;
}

static Node *list_fill(Fill *f, const Slot *s, const Scope *sources, size_t n)
{
    Node *list = node_new(f->a, NODE_ARRAY, NULL, 0, 0);
    for (size_t i = 0; i < n; i++)
        list_from(f, s, &sources[i], list);
    return list_end(f->a, s, list);
}

/* ---- objects ---- */

static void members_fill(Fill *f, const Slot *slot, size_t n_slots, const Scope *sources, size_t n, Node *into);

static Node *object_fill(Fill *f, const Slot *s, const Scope *sources, size_t n)
{
    Fill inner = { f->a, f->trace, false };
    Node *object = node_new(f->a, NODE_OBJECT, NULL, 0, 0);
    members_fill(&inner, s->slot, s->n_slots, sources, n, object);
    f->found |= inner.found;
    return inner.found ? object : NULL;
}

typedef struct { Fill *f; const Slot *s; Scope scope; Node *into; } Itemizing;

static bool item_visit(void *self, const Node *n)
{
    Itemizing *i = self;
    i->scope.item = n;
    i->scope.number++;
    Node *item = object_fill(i->f, i->s, &i->scope, 1);
    if (item)
        node_append(i->into, item);
    return true;
}

static Node *items_fill(Fill *f, const Slot *s, const Scope *sources, size_t n)
{
    Node *list = node_new(f->a, NODE_ARRAY, NULL, 0, s->each ? s->each->origin : 0);
    for (size_t i = 0; i < n; i++) {
        Itemizing all = { f, s, sources[i], list };
        if (!conditions_all(&s->when, &sources[i], f->a))
            continue;
        if (!s->each)
            (void)item_visit(&all, sources[i].item);
        else {
            all.scope.number = 0;
            path_walk(s->each, beginning(s->each, &sources[i]), item_visit, &all);
        }
    }
    return list_end(f->a, s, list);
}

static Node *slot_fill(Fill *f, const Slot *s, const Scope *sources, size_t n)
{
    switch (s->shape) {
    case SLOT_VALUES: return list_fill(f, s, sources, n);
    case SLOT_OBJECT: return object_fill(f, s, sources, n);
    case SLOT_ITEMS:  return items_fill(f, s, sources, n);
    default:          return value_fill(f, s, sources, n);
    }
}

static void members_fill(Fill *f, const Slot *slot, size_t n_slots, const Scope *sources, size_t n, Node *into)
{
    for (const Slot *s = slot; s < slot + n_slots; s++) {
        Node *value = slot_fill(f, s, sources, n);
        if (!value)
            continue;
        value->name = s->field->name;
        value->name_len = s->name_len;
        node_append(into, value);
    }
}

Node *slots_fill(const Slots *slots, const Scope *sources, size_t n, Arena *a, const Trace *trace)
{
    Fill f = { a, trace, false };
    Node *record = node_new(a, NODE_OBJECT, NULL, 0, 0);
    members_fill(&f, slots->at, slots->n, sources, n, record);
    return record;
}
