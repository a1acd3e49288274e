#include "schemas/headings.h"
#include "schemas/headings_cell.h"
#include "schemas/headings_plan.h"
#include "schemas/reader_internal.h"
#include <stdlib.h>
#include <string.h>

struct Headings {
    const Feed *feed;
    RecordSink *sink;
    void       *self;
    Making      m;                      /* of the record under way */
    Arena      *plans;
    Plan        plan;
    bool        planned, held;          /* the headings are understood; a record is under way */
    Record      r;
    const Node **first;                 /* the cells of its first row, where rows are gathered */
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
    h->m.a = arena_new();
    h->plans = arena_new();
    return h;
}

void headings_free(Headings **h)
{
    if (!*h)
        return;
    arena_free(&(*h)->m.a);
    arena_free(&(*h)->plans);
    free(*h);
    *h = NULL;
}

static Node *child_find(const Node *parent, const char *name)
{
    Node *n = parent->first;
    while (n && (!n->name || strcmp(n->name, name) != 0))
        n = n->next;
    return n;
}

static void cell_fill(Headings *h, Node *n, const PlanColumn *c, const Node *cell)
{
    if (cell->kind == NODE_NULL)
        return;
    h->m.used += cell->len;
    /* The row is gone before the record is. */
    const char *text = h->plan.gathers ? arena_text(h->m.a, cell->text, cell->len) : cell->text;
    if (c->part == PART_LIST) {
        cell_list(&h->m, n, &(Node){ .kind = cell->kind, .text = text, .len = cell->len, .origin = n->origin });
        return;
    }
    n->kind = cell->kind;
    n->text = text;
    n->len = cell->len;
    if (c->part == PART_TREE)
        cell_tree(&h->m, n, n);
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
        cell_child(&h->m, at, c->top->name, NODE_NULL, origin_of(h, cell, line));
    if (!given)
        return NULL;
    if (top && top->kind == NODE_NULL)
        top->kind = c->in_items ? NODE_ARRAY : NODE_OBJECT;
    else if (!top)
        top = cell_child(&h->m, at, c->top->name, c->in_items ? NODE_ARRAY : NODE_OBJECT, origin_of(h, cell, line));
    at = top;
    if (c->in_items)
        at = c->begins ? cell_child(&h->m, at, NULL, NODE_OBJECT, origin_of(h, cell, line)) : at->last;
    for (unsigned i = 0; i + 1 < c->n_steps; i++) {
        Node *down = child_find(at, c->step[i]);
        at = down ? down : cell_child(&h->m, at, c->step[i], NODE_OBJECT, origin_of(h, cell, line));
    }
    return at;
}

static void withdraw_take(Headings *h, const Node *cell)
{
    if (cell->kind == NODE_NULL)
        return;
    h->r.wish = RECORD_WITHDRAW;
    h->r.ground = arena_text(h->m.a, cell->text, cell->len);
}

/* Further values of a list that stands in cells of its own. */
static void list_go_on(Headings *h, const PlanColumn *c, const Node *cell, uint32_t line)
{
    if (c->part != PART_LIST || c->n_steps || cell->kind == NODE_NULL)
        return;
    Node *list = child_find(h->r.node, c->top->name);
    const Node copy = { .kind = cell->kind, .text = arena_text(h->m.a, cell->text, cell->len), .len = cell->len, .origin = origin_of(h, cell, line) };
    h->m.used += cell->len;
    if (list->kind == NODE_NULL)
        list->origin = copy.origin;
    cell_list(&h->m, list, &copy);
}

/* only_items: the row goes on with a record, whose other cells are there already. */
static void row_take(Headings *h, const Record *row, bool only_items)
{
    const Node *cell = row->node->first;
    for (size_t i = 0; i < h->plan.n && h->m.used <= RECORD_LIMIT; i++, cell = cell->next) {
        const PlanColumn *c = &h->plan.column[i];
        if (only_items && !c->in_items) {
            list_go_on(h, c, cell, row->line);
            continue;
        }
        if (c->part == PART_WITHDRAW) {
            withdraw_take(h, cell);
            continue;
        }
        Node *parent = parent_of(h, c, row->node, cell, row->line);
        if (parent)
            cell_fill(h, cell_child(&h->m, parent, c->n_steps ? c->step[c->n_steps - 1] : c->top->name, NODE_NULL, origin_of(h, cell, row->line)), c, cell);
    }
}

/* ---- records ---- */

static Rc give(Headings *h, Error *err)
{
    if (!h->held)
        return RC_OK;
    h->held = false;
    if (h->m.used > RECORD_LIMIT) {
        h->r.node = NULL;
        h->r.bad = BAD_TOO_LARGE;
    }
    h->r.seq = ++h->seq;
    Rc rc = h->sink(h->self, &h->r, err);
    arena_reset(h->m.a);
    return rc;
}

static void begin(Headings *h, const Record *row)
{
    h->held = true;
    h->m.used = 0;
    h->r = (Record){ .line = row->line, .sheet = row->sheet, .node = arena_alloc(h->m.a, sizeof(Node)) };
    h->r.node->kind = NODE_OBJECT;
    if (!h->plan.gathers)
        return;
    const Node *cell = row->node->first;
    h->first = arena_alloc(h->m.a, h->plan.n * sizeof *h->first);
    for (size_t i = 0; i < h->plan.n; i++, cell = cell->next) {
        Node *kept = arena_alloc(h->m.a, sizeof *kept);
        *kept = *cell;
        if (cell->text)
            kept->text = arena_text(h->m.a, cell->text, cell->len);
        h->first[i] = kept;
    }
}

static bool repeats(const Node *first, const Node *cell)
{
    return cell->kind == NODE_NULL || (first->kind != NODE_NULL && first->len == cell->len && memcmp(first->text, cell->text, cell->len) == 0);
}

/* With items a row may repeat what the first one says; with nothing but values of a list all else must be empty, or a row that stands twice would double them. */
static bool goes_on(const Headings *h, const Record *row)
{
    bool items = false, values = false, others = false;
    const Node *cell = row->node->first;
    if (!h->held || !h->plan.gathers)
        return false;
    for (size_t i = 0; i < h->plan.n; i++, cell = cell->next) {
        const PlanColumn *c = &h->plan.column[i];
        bool given = cell->kind != NODE_NULL;
        if (c->in_items)
            items = items || given;
        else if (c->part == PART_LIST && !c->n_steps && !(given && repeats(h->first[i], cell)))
            values = values || given;
        else if (!repeats(h->first[i], cell))
            return false;
        else
            others = others || given;
    }
    return items || (values && !others);
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
