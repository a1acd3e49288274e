/* What stands in the source where a path leads, and whether conditions hold there. */
#include "gateway/base/text.h"
#include "transforms/mapping_inside.h"
#include <string.h>

bool node_has_members(const Node *n)
{
    for (const Node *c = n->first; c; c = c->next)
        if (!c->name_len || *c->name != '@')
            return true;
    return false;
}

static bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

bool node_is_empty(const Node *n)
{
    if (!n || n->kind == NODE_NULL)
        return true;
    if (n->kind >= NODE_OBJECT || (n->kind == NODE_ELEMENT && node_has_members(n)))
        return false;
    for (size_t i = 0; i < n->len; i++)
        if (!is_space(n->text[i]))
            return false;
    return true;
}

Origin origin_of(const Path *p, const Node *n, const Scope *s)
{
    if (p->origin || !n || !n->origin)
        return p->origin;
    unsigned row = (n->origin >> 15) + s->rows_below;
    return row < ORIGIN_ROWS ? (n->origin & 0x7FFF) | row << 15 : 0;
}

const Node *beginning(const Path *p, const Scope *s) { return p->record ? s->record : s->item; }

const char *path_text(const Path *p, const Scope *s, Arena *a, size_t *len)
{
    bool doubled = false;
    const Node *n = path_one(p, beginning(p, s), &doubled);
    *len = 0;
    return node_is_empty(n) || !n->text ? "" : text_plain(n->text, n->len, a, len);
}

/* ---- conditions ---- */

static bool is_among(const char *text, size_t len, char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strlen(list[i]) == len && memcmp(list[i], text, len) == 0)
            return true;
    return false;
}

static bool holds(const Condition *c, const Scope *s, Arena *a)
{
    bool doubled = false;
    if (c->given != ANSWER_NONE)
        return node_is_empty(path_one(&c->path, beginning(&c->path, s), &doubled)) == (c->given == ANSWER_NO);
    size_t len;
    const char *text = path_text(&c->path, s, a, &len);
    return c->n_is ? is_among(text, len, c->is, c->n_is) : !is_among(text, len, c->is_not, c->n_is_not);
}

bool conditions_all(const Conditions *c, const Scope *s, Arena *a)
{
    for (size_t i = 0; i < c->n; i++)
        if (!holds(&c->at[i], s, a))
            return false;
    return true;
}

bool conditions_any(const Conditions *c, const Scope *s, Arena *a)
{
    for (size_t i = 0; i < c->n; i++)
        if (holds(&c->at[i], s, a))
            return true;
    return false;
}
