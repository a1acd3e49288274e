#include "gateway/base/text.h"
#include "schemas/check_parts.h"
#include <string.h>

static void field_check(Check *c, const Field *f, const Node *node, Value *out)
{
    if (node == &doubled_node)
        return;
    Place at = { NULL, f->name, strlen(f->name), 0, node ? node->origin : 0 };
    if (is_nested(f))
        (void)nested_check(c, f, node, &at, out);
    else
        (void)scalar_check(c, f, node, &at, out);
}

/* A null says nothing of its field, so it may stand in a withdrawal. */
static void stranger_check(Check *c, const Field *f, const Node *node)
{
    if (!node || node->kind == NODE_NULL)
        return;
    Place at = { NULL, f->name, strlen(f->name), 0, node->origin };
    complain(c, &at, "not_key_field", f->name, NULL);
}

static void fields_check(Check *c, Value *values)
{
    const Feed *feed = c->feed;
    bool withdraws = c->record->wish == RECORD_WITHDRAW;
    const Node **found = members_find(c, feed->fields, feed->n_fields, c->record->node, NULL);
    for (size_t i = 0; i < feed->n_fields; i++) {
        const Field *f = &feed->fields[i];
        if (withdraws && !f->key_position)
            stranger_check(c, f, found[i]);
        else
            field_check(c, f, found[i], &values[i]);
    }
}

static void ground_check(Check *c)
{
    const char *ground = c->record->ground;
    size_t len = ground ? strlen(ground) : 0;
    if (len)
        (void)text_plain(ground, len, c->arena, &len);
    if (!len)
        complain(c, NULL, "ground_required", NULL, NULL);
}

static void record_check(Check *c, Value *values)
{
    const Record *r = c->record;
    if (!r->node) {
        complain(c, NULL, "bad_record", r->bad ? arena_text(c->arena, r->bad, text_cut(r->bad, strlen(r->bad), ERROR_ARG_SIZE - 1)) : NULL, NULL);
        return;
    }
    if (r->wish == RECORD_WITHDRAW)
        ground_check(c);
    if (is_object(r->node))
        fields_check(c, values);
    else
        complain(c, NULL, "not_an_object", NULL, NULL);
}

Rc check_record(const Feed *feed, const Record *r, Arena *a, Value *values, Findings *findings, Error *err)
{
    Check c = { .feed = feed, .record = r, .arena = a, .findings = findings, .err = err };
    memset(values, 0, feed->n_fields * sizeof *values);
    record_check(&c, values);
    buffer_free(&c.text);
    if (c.broken)
        return c.broken;
    return c.refused ? RC_REJECT : RC_OK;
}
