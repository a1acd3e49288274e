#include "schemas/headings_cell.h"
#include "schemas/reader_internal.h"
#include <string.h>

Node *cell_child(Making *m, Node *parent, const char *name, NodeKind kind, Origin origin)
{
    Node *n = arena_alloc(m->a, sizeof *n);
    *n = (Node){ .kind = kind, .name = name, .name_len = name ? (unsigned)strlen(name) : 0, .origin = origin };
    node_append(parent, n);
    m->used += sizeof *n;
    return n;
}

static void json_end(void *json)
{
    cJSON *c = json;
    element_free(&c);
}

static bool json_judge(const char *s, size_t len)
{
    uint32_t lines = 0;
    ElementScan scan = {0};
    Error why;
    SCOPED(guard_free) Guard *g = guard_new(FORMAT_JSON, false, NULL, NULL);
    element_scan(&scan, s, s + len, &lines);
    return !element_refusal(&scan, len) && guard_feed(g, s, len, &why) == RC_OK && guard_end(g, &why) == RC_OK;
}

static void origins_set(Node *n, Origin origin)
{
    n->origin = origin;
    for (Node *c = n->first; c; c = c->next)
        origins_set(c, origin);
}

void cell_tree(Making *m, Node *n, const Node *cell)
{
    size_t skip = blanks(cell->text, cell->len);
    const char *s = cell->text + skip;
    size_t len = cell->len - skip;
    Error why;
    Node tree = { .name = n->name, .name_len = n->name_len, .origin = n->origin };
    if (!len || (*s != '[' && *s != '{') || !json_judge(s, len))
        return;
    cJSON *json = element_parse(s, len);
    if (!json)
        return;
    arena_adopt(m->a, json_end, json);
    if (element_node(m->a, json, s, len, &tree, &why))
        return;
    origins_set(&tree, n->origin);
    *n = tree;
}

/* What is no JSON makes a text of the whole list, so that the check refuses it and nothing is lost in silence. */
static void list_join(Making *m, Node *n, const Node *cell)
{
    Node tree = *cell;
    cell_tree(m, &tree, cell);
    if (tree.kind == NODE_ARRAY && n->n) {
        n->last->next = tree.first;
        tree.first = n->first;
        tree.last = tree.last ? tree.last : n->last;
        tree.n += n->n;
    }
    n->kind = tree.kind;
    n->text = tree.text;
    n->len = tree.len;
    n->first = tree.first;
    n->last = tree.last;
    n->n = tree.n;
}

void cell_list(Making *m, Node *n, const Node *cell)
{
    size_t skip = blanks(cell->text, cell->len);
    if (n->kind == NODE_STRING)
        return;
    if (skip < cell->len && cell->text[skip] == '[') {
        list_join(m, n, cell);
        return;
    }
    n->kind = NODE_ARRAY;
    for (const char *at = cell->text, *end = at + cell->len; at < end; at++) {
        const char *to = at;
        while (to < end && *to != ';' && *to != '\n')
            to++;
        if (blanks(at, (size_t)(to - at)) < (size_t)(to - at)) {
            Node *item = cell_child(m, n, NULL, NODE_STRING, cell->origin);
            item->text = arena_text(m->a, at, (size_t)(to - at));
            item->len = (size_t)(to - at);
        }
        at = to;
    }
}
