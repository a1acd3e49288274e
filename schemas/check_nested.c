#include "schemas/check_parts.h"
#include <string.h>

enum { USUAL_JSON = 512 };

static Verdict put(Check *c, const Field *f, const Node *node, const Place *at, const char *key);

static void key_put(Check *c, const char *key)
{
    if (key)
        json_key(&c->json, key);
}

static Verdict scalar_put(Check *c, const Field *f, const Node *node, const Place *at, const char *key)
{
    Value v;
    Verdict verdict = scalar_check(c, f, node, at, &v);
    if (verdict != VALUE_GOOD)
        return verdict;
    key_put(c, key);
    if (f->type == TYPE_TEXT || f->type == TYPE_DATE)
        json_string(&c->json, v.text, v.len);
    else
        json_raw(&c->json, v.text, v.len);
    return VALUE_GOOD;
}

static void object_put(Check *c, const Field *f, const Node *node, const Place *at)
{
    const Node **found = members_find(c, f->fields, f->n_fields, node, at);
    json_open(&c->json, '{');
    for (size_t i = 0; i < f->n_fields; i++) {
        const Field *member = &f->fields[i];
        Place place = { at, member->name, strlen(member->name), 0, found[i] ? found[i]->origin : 0 };
        if (found[i] != &doubled_node)
            (void)put(c, member, found[i], &place, member->name);
    }
    json_close(&c->json, '}');
}

/* An item cannot be absent: where there is nothing, something is missing. */
static void array_put(Check *c, const Field *f, const Node *node, const Place *at)
{
    Place place = { at, NULL, 0, 0, 0 };
    json_open(&c->json, '[');
    for (const Node *item = node->first; item; item = item->next) {
        place.item++;
        place.origin = item->origin;
        if (put(c, &f->fields[0], item, &place, NULL) == VALUE_ABSENT)
            complain(c, &place, "required", NULL, NULL);
    }
    json_close(&c->json, ']');
}

static bool is_item(const Node *n) { return n->name_len == 4 && memcmp(n->name, "item", 4) == 0; }

static bool is_array(const Node *node)
{
    if (node->kind != NODE_ELEMENT)
        return node->kind == NODE_ARRAY;
    for (const Node *n = node->first; n; n = n->next)
        if (!is_item(n))
            return false;
    return is_blank(node->text, node->len);
}

static bool is_absent(const Node *node)
{
    if (!node || node->kind == NODE_NULL)
        return true;
    return node->kind == NODE_ELEMENT && !node->first && is_blank(node->text, node->len);
}

static Verdict container_put(Check *c, const Field *f, const Node *node, const Place *at, const char *key)
{
    if (is_absent(node)) {
        if (f->required)
            complain(c, at, "required", NULL, NULL);
        return f->required ? VALUE_BAD : VALUE_ABSENT;
    }
    bool wants_array = f->type == TYPE_ARRAY;
    if (node->kind == NODE_BAD)
        return bad_value(c, f, node, at);
    if (!(wants_array ? is_array(node) : is_object(node))) {
        complain(c, at, wants_array ? "not_an_array" : "not_an_object", NULL, NULL);
        return VALUE_BAD;
    }
    key_put(c, key);
    if (wants_array)
        array_put(c, f, node, at);
    else
        object_put(c, f, node, at);
    return VALUE_GOOD;
}

static Verdict put(Check *c, const Field *f, const Node *node, const Place *at, const char *key)
{
    return is_nested(f) ? container_put(c, f, node, at, key) : scalar_put(c, f, node, at, key);
}

/* What is written after a complaint is thrown away with the record, but written well all the same. */
Verdict nested_check(Check *c, const Field *f, const Node *node, const Place *at, Value *out)
{
    buffer_clear(&c->text);
    (void)buffer_room(&c->text, USUAL_JSON);
    c->json = (Json){ .to = &c->text };
    Verdict verdict = container_put(c, f, node, at, NULL);
    if (verdict == VALUE_GOOD)
        *out = (Value){ arena_text(c->arena, c->text.at, c->text.len), c->text.len };
    return verdict;
}
