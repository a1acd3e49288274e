#include "schemas/headings.h"
#include "schemas/headings_plan.h"
#include "schemas/reader_internal.h"
#include <stdlib.h>
#include <string.h>

struct Headings {
    const Feed *feed;
    RecordSink *sink;
    void       *self;
    Arena      *a, *plans;              /* of the record under way; of the plan */
    Plan        plan;
    bool        planned, held;          /* the headings are understood; a record is under way */
    Record      r;
    const Node **first;                 /* the cells of its first row, where rows are gathered */
    size_t      used;
    uint32_t    seq;
};

Headings *headings_begin(const Feed *feed, RecordSink *sink, void *self)
{
    Headings *h = calloc(1, sizeof *h);
    if (!h)
        abort();
    h->feed = feed;
    h->sink = sink;
    h->self = self;
    h->a = arena_new();
    h->plans = arena_new();
    return h;
}

void headings_free(Headings **h)
{
    if (!*h)
        return;
    arena_free(&(*h)->a);
    arena_free(&(*h)->plans);
    free(*h);
    *h = NULL;
}

static Node *child_add(Headings *h, Node *parent, const char *name, NodeKind kind, Origin origin)
{
    Node *n = arena_alloc(h->a, sizeof *n);
    *n = (Node){ .kind = kind, .name = name, .name_len = name ? (unsigned)strlen(name) : 0, .origin = origin };
    if (parent->last)
        parent->last->next = n;
    else
        parent->first = n;
    parent->last = n;
    parent->n++;
    h->used += sizeof *n;
    return n;
}

static Node *child_find(const Node *parent, const char *name)
{
    Node *n = parent->first;
    while (n && (!n->name || strcmp(n->name, name) != 0))
        n = n->next;
    return n;
}

/* ---- what stands in one cell ---- */

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

/* What is no JSON stays a text, and the check says that it is none of what is wanted here. */
static void tree_fill(Headings *h, Node *n, const Node *cell)
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
    arena_adopt(h->a, json_end, json);
    if (element_node(h->a, json, s, len, &tree, &why))
        return;
    origins_set(&tree, n->origin);
    *n = tree;
}

/* Plain values in one cell: JSON, or divided by ";" or line breaks. */
static void list_fill(Headings *h, Node *n, const Node *cell)
{
    size_t skip = blanks(cell->text, cell->len);
    if (skip < cell->len && cell->text[skip] == '[') {
        tree_fill(h, n, cell);
        return;
    }
    n->kind = NODE_ARRAY;
    n->text = NULL;
    n->len = 0;
    for (const char *at = cell->text, *end = at + cell->len; at < end; at++) {
        const char *to = at;
        while (to < end && *to != ';' && *to != '\n')
            to++;
        if (blanks(at, (size_t)(to - at)) < (size_t)(to - at)) {
            Node *item = child_add(h, n, NULL, NODE_STRING, n->origin);
            item->text = arena_text(h->a, at, (size_t)(to - at));
            item->len = (size_t)(to - at);
        }
        at = to;
    }
}

static void cell_fill(Headings *h, Node *n, const PlanColumn *c, const Node *cell)
{
    n->kind = cell->kind;
    n->text = cell->text;
    n->len = cell->len;
    h->used += cell->len;
    if (cell->kind == NODE_NULL)
        return;
    if (h->plan.gathers)                        /* the row is gone before the record is */
        n->text = arena_text(h->a, cell->text, cell->len);
    if (c->part == PART_TREE)
        tree_fill(h, n, n);
    else if (c->part == PART_LIST)
        list_fill(h, n, &(Node){ .text = n->text, .len = n->len });
}

/* ---- one row ---- */

static Origin origin_of(const Headings *h, const Node *cell, uint32_t row)
{
    uint32_t below = row - h->r.line;
    return below < ORIGIN_ROWS ? origin_cell(cell->origin, below) : 0;
}

/* Has this row a value anywhere under the column's top-level field? */
static bool top_given(const Headings *h, const Field *top, const Node *row)
{
    const Node *cell = row->first;
    for (size_t i = 0; i < h->plan.n; i++, cell = cell->next)
        if (h->plan.column[i].top == top && cell->kind != NODE_NULL)
            return true;
    return false;
}

/* Whose member the cell becomes: the record, an object of its, or the item of this row. NULL: the row says nothing of it. */
static Node *parent_of(Headings *h, const PlanColumn *c, const Node *row, const Node *cell, uint32_t line)
{
    Node *at = h->r.node;
    if (!c->n_steps)
        return at;
    bool given = top_given(h, c->top, row);
    Node *top = child_find(at, c->top->name);
    if (!given && !top)
        child_add(h, at, c->top->name, NODE_NULL, origin_of(h, cell, line));
    if (!given)
        return NULL;
    if (top && top->kind == NODE_NULL)
        top->kind = c->in_items ? NODE_ARRAY : NODE_OBJECT;
    else if (!top)
        top = child_add(h, at, c->top->name, c->in_items ? NODE_ARRAY : NODE_OBJECT, origin_of(h, cell, line));
    at = top;
    if (c->in_items) {
        bool begun = at->last && at->last->origin >> 15 == line - h->r.line && at->last->kind == NODE_OBJECT && at->n;
        at = begun ? at->last : child_add(h, at, NULL, NODE_OBJECT, origin_of(h, cell, line));
    }
    for (unsigned i = 0; i + 1 < c->n_steps; i++) {
        Node *down = child_find(at, c->step[i]);
        at = down ? down : child_add(h, at, c->step[i], NODE_OBJECT, origin_of(h, cell, line));
    }
    return at;
}

static void withdraw_take(Headings *h, const Node *cell)
{
    if (cell->kind == NODE_NULL)
        return;
    h->r.wish = RECORD_WITHDRAW;
    h->r.ground = arena_text(h->a, cell->text, cell->len);
}

/* only_items: the row goes on with a record, whose other cells are there already. */
static void row_take(Headings *h, const Record *row, bool only_items)
{
    const Node *cell = row->node->first;
    for (size_t i = 0; i < h->plan.n && h->used <= RECORD_LIMIT; i++, cell = cell->next) {
        const PlanColumn *c = &h->plan.column[i];
        if (only_items && !c->in_items)
            continue;
        if (c->part == PART_WITHDRAW) {
            withdraw_take(h, cell);
            continue;
        }
        Node *parent = parent_of(h, c, row->node, cell, row->line);
        if (parent)
            cell_fill(h, child_add(h, parent, c->n_steps ? c->step[c->n_steps - 1] : c->top->name, NODE_NULL, origin_of(h, cell, row->line)), c, cell);
    }
}

/* ---- records ---- */

static Rc give(Headings *h, Error *err)
{
    if (!h->held)
        return RC_OK;
    h->held = false;
    if (h->used > RECORD_LIMIT) {
        h->r.node = NULL;
        h->r.bad = BAD_TOO_LARGE;
    }
    h->r.seq = ++h->seq;
    Rc rc = h->sink(h->self, &h->r, err);
    arena_reset(h->a);
    return rc;
}

static void begin(Headings *h, const Record *row)
{
    h->held = true;
    h->used = 0;
    h->r = (Record){ .line = row->line, .sheet = row->sheet, .node = arena_alloc(h->a, sizeof(Node)) };
    h->r.node->kind = NODE_OBJECT;
    if (!h->plan.gathers)
        return;
    const Node *cell = row->node->first;
    h->first = arena_alloc(h->a, h->plan.n * sizeof *h->first);
    for (size_t i = 0; i < h->plan.n; i++, cell = cell->next) {
        Node *kept = arena_alloc(h->a, sizeof *kept);
        *kept = *cell;
        if (cell->text)
            kept->text = arena_text(h->a, cell->text, cell->len);
        h->first[i] = kept;
    }
}

static bool repeats(const Node *first, const Node *cell)
{
    return cell->kind == NODE_NULL || (first->kind != NODE_NULL && first->len == cell->len && memcmp(first->text, cell->text, cell->len) == 0);
}

static bool goes_on(const Headings *h, const Record *row)
{
    bool items = false;
    const Node *cell = row->node->first;
    if (!h->held || !h->plan.gathers)
        return false;
    for (size_t i = 0; i < h->plan.n; i++, cell = cell->next)
        if (h->plan.column[i].in_items)
            items = items || cell->kind != NODE_NULL;
        else if (!repeats(h->first[i], cell))
            return false;
    return items;
}

static Rc pass_bad(Headings *h, const Record *row, Error *err)
{
    Record bad = *row;
    bad.seq = ++h->seq;
    return h->sink(h->self, &bad, err);
}

Rc headings_record(void *headings, const Record *row, Error *err)
{
    Headings *h = headings;
    if (row->node && !h->planned && plan_make(h->feed, row->node, h->plans, &h->plan, err))
        return err->rc;
    h->planned = h->planned || row->node;
    if (row->node && goes_on(h, row)) {
        row_take(h, row, true);
        return RC_OK;
    }
    if (give(h, err))
        return err->rc;
    if (!row->node)
        return pass_bad(h, row, err);
    begin(h, row);
    row_take(h, row, false);
    return h->plan.gathers ? RC_OK : give(h, err);
}

Rc headings_end(Headings *h, Error *err) { return give(h, err); }
