/* One JSON value: where it ends, whether it may be parsed, and the record it makes. */
#include "schemas/json_memory.h"
#include "schemas/reader_internal.h"
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SMALL_OBJECT = 32, NUMBER_SIZE = 40 };

/* A tree under construction. at goes through the element's text from number to number, in step with the tree. */
typedef struct { Arena *a; const char *at, *end; Error *err; } Tree;

static const char *string_scan(ElementScan *s, const char *at, const char *end)
{
    while (at < end && s->in_string) {
        if (s->escaped) {
            s->escaped = false;
            at++;
            continue;
        }
        while (at < end && *at != '"' && *at != '\\')
            at++;
        if (at == end)
            break;
        s->escaped = *at == '\\';
        s->in_string = *at++ != '"';
    }
    return at;
}

/* One byte outside strings that is inside an object or array. */
static void structure_scan(ElementScan *s, char c)
{
    s->in_string = c == '"';
    if (c == '{' || c == '[') {
        s->values++;
        if (++s->depth > s->deepest)
            s->deepest = s->depth;
    } else if (c == '}' || c == ']') {
        s->depth -= s->depth > 0;
    } else if (c == ',') {
        s->values++;
    }
}

static const char *scalar_scan(ElementScan *s, const char *at, const char *end)
{
    while (at < end && !blank(*at) && !strchr(",]}:", *at))
        at++;
    s->whole = at < end;
    return at;
}

const char *element_scan(ElementScan *s, const char *at, const char *end, uint32_t *lines)
{
    bool begins = !s->begun;
    if (at == end)
        return at;
    s->begun = true;
    if (!s->depth && !s->in_string && !(begins && strchr("{[\"", *at)))
        return scalar_scan(s, at, end);
    while (at < end && !s->whole) {
        if (s->in_string) {
            at = string_scan(s, at, end);
        } else {
            *lines += *at == '\n';
            structure_scan(s, *at++);
        }
        s->whole = !s->depth && !s->in_string;
    }
    return at;
}

const char *element_refusal(const ElementScan *s, size_t len)
{
    if (len > RECORD_LIMIT || s->values > RECORD_VALUES)
        return BAD_TOO_LARGE;
    return s->deepest > RECORD_DEPTH ? BAD_TOO_DEEP : NULL;
}

/* cJSON ends a text at \u0000 without a word. */
static bool has_nul(const char *s, size_t len)
{
    const char *end = s + len;
    for (const char *at = s; (at = memchr(at, '\\', (size_t)(end - at))) && end - at >= 2; at += 2)
        if (end - at >= 6 && memcmp(at, "\\u0000", 6) == 0)
            return true;
    return false;
}

cJSON *element_parse(const char *s, size_t len)
{
    if (has_nul(s, len))
        return NULL;
    const char *behind = s;
    json_memory_begin();
    SCOPED(element_free) cJSON *json = cJSON_ParseWithLengthOpts(s, len, &behind, false);
    if (!json)
        json_memory_end();
    if (!json || blanks(behind, (size_t)(s + len - behind)) < (size_t)(s + len - behind))
        return NULL;
    return TAKE(json);
}

void element_free(cJSON **json)
{
    if (!*json)
        return;
    cJSON_Delete(*json);
    json_memory_end();
}

static bool number_byte(char c) { return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E'; }

/* The next number of the element's text, as it was written. */
static size_t number_next(Tree *t)
{
    ElementScan string = { 0 };
    while (t->at < t->end && *t->at != '-' && (*t->at < '0' || *t->at > '9')) {
        string.in_string = *t->at++ == '"';
        t->at = string_scan(&string, t->at, t->end);
    }
    size_t len = 0;
    while (t->at + len < t->end && number_byte(t->at[len]))
        len++;
    return len;
}

/* With an exponent only the double is known; 2^53 is the last integer a double surely holds. */
static void number_print(Tree *t, Node *n, double value)
{
    char *text = arena_alloc(t->a, NUMBER_SIZE);
    if (fabs(value) <= 0x1p53 && value == floor(value))
        snprintf(text, NUMBER_SIZE, "%.0f", value);
    else if (snprintf(text, NUMBER_SIZE, "%.15g", value), strtod(text, NULL) != value)
        snprintf(text, NUMBER_SIZE, "%.17g", value);
    n->text = text;
    n->len = strlen(text);
}

/* A double would lose digits, so the number's text is taken from the source; idle zeros behind the point are dropped. */
static void number_fill(Tree *t, Node *n, double value)
{
    size_t written = number_next(t), len = written;
    const char *s = t->at;
    t->at += written;
    if (!len || memchr(s, 'e', len) || memchr(s, 'E', len)) {
        number_print(t, n, value);
        return;
    }
    if (memchr(s, '.', len)) {
        while (s[len - 1] == '0')
            len--;
        len -= s[len - 1] == '.';
    }
    n->text = arena_text(t->a, s, len);
    n->len = len;
}

static int by_name(const void *left, const void *right)
{
    const Node *a = *(Node *const *)left, *b = *(Node *const *)right;
    return strcmp(a->name, b->name);
}

static const Node *doubled_of_few(const Node *object)
{
    for (const Node *n = object->first; n; n = n->next)
        for (const Node *m = n->next; m; m = m->next)
            if (n->name_len == m->name_len && memcmp(n->name, m->name, n->name_len) == 0)
                return n;
    return NULL;
}

static const Node *doubled_key(const Tree *t, const Node *object)
{
    if (object->n <= SMALL_OBJECT)
        return doubled_of_few(object);
    Node **all = arena_alloc(t->a, object->n * sizeof(Node *));
    size_t count = 0;
    for (Node *n = object->first; n; n = n->next)
        all[count++] = n;
    qsort(all, count, sizeof *all, by_name);
    for (size_t i = 1; i < count; i++)
        if (strcmp(all[i - 1]->name, all[i]->name) == 0)
            return all[i];
    return NULL;
}

static Rc node_fill(Tree *t, Node *n, const cJSON *json);

static Rc children_fill(Tree *t, Node *parent, const cJSON *json)
{
    for (const cJSON *c = json->child; c; c = c->next) {
        Node *n = arena_alloc(t->a, sizeof *n);
        n->name = c->string;
        n->name_len = c->string ? (unsigned)strlen(c->string) : 0;
        node_append(parent, n);
        Rc rc = node_fill(t, n, c);
        if (rc)
            return rc;
    }
    const Node *doubled = parent->kind == NODE_OBJECT ? doubled_key(t, parent) : NULL;
    return doubled ? error_refuse(t->err, "duplicate_json_key", doubled->name, NULL, NULL) : RC_OK;
}

static void text_fill(Node *n, NodeKind kind, const char *text)
{
    n->kind = kind;
    n->text = text;
    n->len = text ? strlen(text) : 0;
}

static Rc node_fill(Tree *t, Node *n, const cJSON *json)
{
    switch (json->type & 0xFF) {
    case cJSON_True:   text_fill(n, NODE_BOOLEAN, "true"); return RC_OK;
    case cJSON_False:  text_fill(n, NODE_BOOLEAN, "false"); return RC_OK;
    case cJSON_String: text_fill(n, NODE_STRING, json->valuestring); return RC_OK;
    case cJSON_Number:
        n->kind = NODE_NUMBER;
        number_fill(t, n, json->valuedouble);
        return RC_OK;
    case cJSON_Array:
    case cJSON_Object:
        n->kind = cJSON_IsArray(json) ? NODE_ARRAY : NODE_OBJECT;
        return children_fill(t, n, json);
    default:
        n->kind = NODE_NULL;
        return RC_OK;
    }
}

/* {"$withdraw": {"ground": "…"}} says what is wished; what remains are fields. */
static void withdraw_take(Record *r)
{
    Node *before = NULL, *w = r->node->first;
    while (w && strcmp(w->name, "$withdraw") != 0) {
        before = w;
        w = w->next;
    }
    if (!w)
        return;
    *(before ? &before->next : &r->node->first) = w->next;
    if (r->node->last == w)
        r->node->last = before;
    r->node->n--;
    r->wish = RECORD_WITHDRAW;
    const Node *ground = w->first;
    bool good = w->kind == NODE_OBJECT && w->n <= 1 && (!ground || (strcmp(ground->name, "ground") == 0 &&
                (ground->kind == NODE_STRING || ground->kind == NODE_NULL)));
    if (good && ground)
        r->ground = ground->text;
    if (!good) {
        r->node = NULL;
        r->bad = "$withdraw is not {\"ground\": text}";
    }
}

Rc element_node(Arena *a, const cJSON *json, const char *s, size_t len, Node *out, Error *err)
{
    Tree t = { a, s, s + len, err };
    return node_fill(&t, out, json);
}

Rc element_emit(Outlet *to, const cJSON *json, const char *s, size_t len, uint32_t line, Error *err)
{
    if (!cJSON_IsObject(json))
        return outlet_bad(to, line, "not a JSON object", err);
    Tree t = { to->a, s, s + len, err };
    Record r = { .line = line, .node = arena_alloc(to->a, sizeof(Node)) };
    Rc rc = node_fill(&t, r.node, json);
    if (rc)
        return rc;
    if (!to->layout)
        withdraw_take(&r);
    return outlet_emit(to, &r, err);
}
