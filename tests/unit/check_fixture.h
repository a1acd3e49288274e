/* A feed with a field of every type, nodes as readers build them, and an ear for findings: what the tests of the record check share. */
#pragma once
#include "schemas/check.h"
#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

/* Conversions simple enough to see through. */
static inline Rc give(const char *text, size_t len, const char **out, size_t *out_len)
{
    *out = text;
    *out_len = len;
    return RC_OK;
}

static inline Rc as_is(const Field *f, const char *in, size_t len, Arena *a, const char **out, size_t *out_len, const char **warning, Error *err)
{
    (void)f, (void)a, (void)warning, (void)err;
    return give(in, len, out, out_len);
}

static inline Rc as_date(const Field *f, const char *in, size_t len, Arena *a, const char **out, size_t *out_len, const char **warning, Error *err)
{
    (void)a, (void)warning;
    return len == 10 && in[4] == '-' ? give(in, len, out, out_len) : error_refuse(err, "not_date", f->personal ? NULL : in, NULL, NULL);
}

static inline Rc as_number(const Field *f, const char *in, size_t len, Arena *a, const char **out, size_t *out_len, const char **warning, Error *err)
{
    (void)a, (void)warning;
    bool whole = f->type == TYPE_INTEGER;
    if (strspn(in, whole ? "-0123456789" : "-0123456789.") != len)
        return error_refuse(err, whole ? "not_integer" : "not_decimal", f->personal ? NULL : in, NULL, NULL);
    return give(in, len, out, out_len);
}

static inline Rc as_boolean(const Field *f, const char *in, size_t len, Arena *a, const char **out, size_t *out_len, const char **warning, Error *err)
{
    (void)f, (void)a, (void)warning, (void)len;
    if (strcmp(in, "true") == 0 || strcmp(in, "yes") == 0)
        return give("true", 4, out, out_len);
    return error_refuse(err, "not_boolean", in, NULL, NULL);
}

/* Quotes what it should not: personal fields must be safe even from that. */
static inline Rc as_leak(const Field *f, const char *in, size_t len, Arena *a, const char **out, size_t *out_len, const char **warning, Error *err)
{
    (void)f, (void)a;
    if (strncmp(in, "9", 1) == 0)
        return error_refuse(err, "bad_iin", in, in, in);
    *warning = strncmp(in, "8", 1) == 0 ? "normalised" : NULL;
    return give(in, len, out, out_len);
}

static inline Rc as_code(const Field *f, const char *in, size_t len, Arena *a, const char **out, size_t *out_len, const char **warning, Error *err)
{
    (void)f, (void)a;
    if (strcmp(in, "down") == 0)
        return error_set(err, RC_RETRY, "the list of codes is away");
    if (strcmp(in, "mute") == 0)
        return error_set(err, RC_REJECT, "a refusal without a code");
    if (len && in[0] == 'x') {
        *warning = "normalised";
        return give("LARGE", 5, out, out_len);
    }
    return give(in, len, out, out_len);
}

/* The feed of these tests. */
enum { CODE, PART, SIZE, MADE_ON, WEIGHT, ACTIVE, IIN, STATUS, HISTORY, TAGS, NOTE, PERSON, GRADE, N_FIELDS };

static const Code sizes[] = { { "LARGE", "", "" }, { "small", "", "" } };
static Field state_members[] = {
    { .name = "state", .type = TYPE_TEXT, .required = true, .convert = as_is, .max_length = 6 },
    { .name = "since", .type = TYPE_DATE, .convert = as_date, .index = 1 },
    { .name = "count", .type = TYPE_INTEGER, .convert = as_number, .index = 2 },
    { .name = "final", .type = TYPE_BOOLEAN, .convert = as_boolean, .index = 3 },
};
static Field state_item = { .name = "item", .type = TYPE_OBJECT, .fields = state_members, .n_fields = 4 };
static Field tag_item = { .name = "item", .type = TYPE_TEXT, .convert = as_code, .max_length = 5 };
static Field person_members[] = {
    { .name = "name", .type = TYPE_TEXT, .required = true, .personal = true, .convert = as_leak, .max_length = 12 },
    { .name = "born", .type = TYPE_DATE, .personal = true, .convert = as_date, .index = 1 },
};
static Field fields[] = {
    [CODE]    = { .name = "code", .type = TYPE_TEXT, .required = true, .key_position = 1, .convert = as_is, .min_length = 2, .max_length = 5 },
    [PART]    = { .name = "part", .type = TYPE_INTEGER, .required = true, .key_position = 2, .convert = as_number, .has_minimum = true,
                  .minimum = 1, .has_maximum = true, .maximum = 99 },
    [SIZE]    = { .name = "size", .type = TYPE_TEXT, .convert = as_is, .codes = sizes, .n_codes = 2 },
    [MADE_ON] = { .name = "made_on", .type = TYPE_DATE, .convert = as_date },
    [WEIGHT]  = { .name = "weight", .type = TYPE_DECIMAL, .convert = as_number, .has_minimum = true, .minimum = -0.1, .has_maximum = true,
                  .maximum = 100.25 },
    [ACTIVE]  = { .name = "active", .type = TYPE_BOOLEAN, .convert = as_boolean },
    [IIN]     = { .name = "iin", .type = TYPE_TEXT, .personal = true, .convert = as_leak, .pattern = "[0-9]{12}" },
    [STATUS]  = { .name = "status", .type = TYPE_TEXT, .personal = true, .convert = as_is, .codes = sizes, .n_codes = 2 },
    [HISTORY] = { .name = "history", .type = TYPE_ARRAY, .fields = &state_item, .n_fields = 1 },
    [TAGS]    = { .name = "tags", .type = TYPE_ARRAY, .fields = &tag_item, .n_fields = 1, .column_type = "text[]" },
    [NOTE]    = { .name = "note", .type = TYPE_TEXT, .convert = as_code },
    [PERSON]  = { .name = "person", .type = TYPE_OBJECT, .personal = true, .fields = person_members, .n_fields = 2 },
    [GRADE]   = { .name = "grade", .type = TYPE_TEXT, .convert = as_code, .check = "code", .codes = sizes, .n_codes = 2 },
};
static Feed feed = { .code = "things", .record = "thing", .fields = fields, .n_fields = N_FIELDS };

/* Nodes as readers would build them. */
static Arena *arena;

static inline Node *node(NodeKind kind, const char *name, const char *text)
{
    Node *n = arena_alloc(arena, sizeof *n);
    *n = (Node){ .kind = kind, .name = name, .name_len = name ? (unsigned)strlen(name) : 0, .text = text, .len = text ? strlen(text) : 0 };
    return n;
}

static inline Node *adopt(Node *n, va_list children)
{
    for (Node *child; (child = va_arg(children, Node *));) {
        *(n->last ? &n->last->next : &n->first) = child;
        n->last = child;
        n->n++;
    }
    return n;
}

static inline Node *with(NodeKind kind, const char *name, const char *text, ...)
{
    va_list children;
    va_start(children, text);
    Node *n = adopt(node(kind, name, text), children);
    va_end(children);
    return n;
}

#define EL(name, text)     node(NODE_ELEMENT, name, text)
#define XML(name, ...)     with(NODE_ELEMENT, name, "\n  ", __VA_ARGS__, NULL)
#define STR(name, text)    node(NODE_STRING, name, text)
#define NUM(name, text)    node(NODE_NUMBER, name, text)
#define YES(name)          node(NODE_BOOLEAN, name, "true")
#define NIL(name)          node(NODE_NULL, name, NULL)
#define OBJ(name, ...)     with(NODE_OBJECT, name, NULL, __VA_ARGS__, NULL)
#define ARR(name, ...)     with(NODE_ARRAY, name, NULL, __VA_ARGS__, NULL)
#define KEY                EL("code", "AB"), EL("part", "7")

/* What was said: "code@place(a,b)" a complaint, warnings with ~ in front. */
typedef struct { Findings head; char text[8192]; unsigned n, n_errors; uint32_t seq; } Heard;
static Heard heard;
static Value values[32];
static Error err;

static inline void hear(Findings *self, const Finding *f)
{
    Heard *h = (Heard *)self;
    size_t used = strlen(h->text);
    h->n++;
    h->n_errors += f->severity == FINDING_ERROR;
    h->seq = f->seq;
    snprintf(h->text + used, sizeof h->text - used, "%s%s%s@%s", used ? " " : "", f->severity == FINDING_WARNING ? "~" : "", f->code, f->place);
    for (int i = 0; i < ERROR_ARGS && f->arg[i]; i++) {
        used = strlen(h->text);
        snprintf(h->text + used, sizeof h->text - used, "(%s)", f->arg[i]);
    }
}

static inline Rc check_of(const Feed *of, Record r)
{
    heard = (Heard){ .head = { hear } };
    err = (Error){ 0 };
    memset(values, 0xEE, sizeof values);
    r.seq = 42;
    return check_record(of, &r, arena, values, &heard.head, &err);
}

static inline Rc check(Node *n) { return check_of(&feed, (Record){ .node = n }); }

static inline void refused(Node *n, const char *said)
{
    assert_int_equal(check(n), RC_REJECT);
    assert_string_equal(heard.text, said);
    assert_int_equal(heard.seq, 42);
}

static inline void accepted(Node *n)
{
    Rc rc = check(n);
    assert_string_equal(heard.text, "");
    assert_int_equal(rc, RC_OK);
}

static inline void value_is(int field, const char *text)
{
    if (!text) {
        assert_null(values[field].text);
        return;
    }
    assert_non_null(values[field].text);
    assert_string_equal(values[field].text, text);
    assert_int_equal(values[field].len, strlen(text));
}

static inline int setup(void **state)    { (void)state; arena = arena_new(); return 0; }
static inline int teardown(void **state) { (void)state; arena_free(&arena); return 0; }

static regex_t twelve_digits;

static inline int compile(void **state)
{
    (void)state;
    for (unsigned i = 0; i < N_FIELDS; i++)
        fields[i].index = i;
    fields[IIN].regex = &twelve_digits;
    return regcomp(&twelve_digits, "^([0-9]{12})$", REG_EXTENDED | REG_NOSUB);
}

static inline int release(void **state) { (void)state; regfree(&twelve_digits); return 0; }

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
