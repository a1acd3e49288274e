#include "schemas/headings_plan.h"
#include "gateway/base/text.h"
#include <string.h>

#define WITHDRAW "$withdraw"

static bool is_nested(const Field *f) { return f->type == TYPE_ARRAY || f->type == TYPE_OBJECT; }

/* The steps from f down to the field that is wanted. */
static bool steps_find(const Field *f, const Field *wanted, PlanColumn *c, unsigned depth)
{
    const Field *object = f->type == TYPE_ARRAY ? &f->fields[0] : f;
    if (f == wanted) {
        c->n_steps = depth;
        return true;
    }
    if (object->type != TYPE_OBJECT || depth == PLAN_STEPS)
        return false;
    for (const Field *m = object->fields; m < object->fields + object->n_fields; m++) {
        c->step[depth] = m->name;
        if (steps_find(m, wanted, c, depth + 1))
            return true;
    }
    return false;
}

static Part part_of(const Field *f)
{
    if (f->type == TYPE_ARRAY && !is_nested(&f->fields[0]))
        return PART_LIST;
    return is_nested(f) ? PART_TREE : PART_PLAIN;
}

static Rc refuse_heading(const char *code, const Node *heading, Error *err)
{
    char name[COLUMN_LETTERS];
    return error_refuse(err, code, heading->name, column_letters(heading->origin, name), NULL);
}

static Rc column_plan(const Feed *feed, const Node *heading, PlanColumn *c, Error *err)
{
    if (heading->name_len == strlen(WITHDRAW) && memcmp(heading->name, WITHDRAW, strlen(WITHDRAW)) == 0) {
        c->part = PART_WITHDRAW;
        return RC_OK;
    }
    c->field = heading_field(feed, heading->name, heading->name_len, &c->top);
    if (!c->field || !steps_find(c->top, c->field, c, 0))
        return refuse_heading("unknown_heading", heading, err);
    c->part = part_of(c->field);
    c->in_items = c->n_steps > 0 && c->top->type == TYPE_ARRAY;
    return RC_OK;
}

static bool is_doubled(const Plan *p, const PlanColumn *c)
{
    for (const PlanColumn *before = p->column; before < c; before++)
        if (before->field == c->field || (before->top && before->top == c->top && (!before->n_steps || !c->n_steps)))
            return true;
    return false;
}

/* A table of withdrawals needs no more than keys. */
static Rc required_there(const Feed *feed, const Plan *p, Error *err)
{
    bool withdraws = false;
    for (size_t i = 0; i < p->n; i++)
        withdraws = withdraws || p->column[i].part == PART_WITHDRAW;
    for (const Field *f = feed->fields; f < feed->fields + feed->n_fields; f++) {
        bool there = !f->required || (withdraws && !f->key_position);
        for (size_t i = 0; i < p->n && !there; i++)
            there = p->column[i].top == f;
        if (!there)
            return error_refuse(err, "heading_missing", f->name, NULL, NULL);
    }
    return RC_OK;
}

Rc plan_make(const Feed *feed, const Node *row, Arena *a, Plan *out, Error *err)
{
    *out = (Plan){ .column = arena_alloc(a, (row->n + 1) * sizeof *out->column) };
    for (const Node *heading = row->first; heading; heading = heading->next) {
        PlanColumn *c = &out->column[out->n++];
        if (column_plan(feed, heading, c, err))
            return err->rc;
        if (is_doubled(out, c))
            return refuse_heading("doubled_heading", heading, err);
        out->gathers = out->gathers || c->in_items || (c->part == PART_LIST && !c->n_steps);
    }
    return required_there(feed, out, err);
}
