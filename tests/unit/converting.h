/* Asking conversions in tests: what stays the same, what becomes something else, what is refused. */
#pragma once
#include "transforms/convert.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static Arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

typedef struct {
    Rc rc;
    const char *out, *warning;
    size_t len;
    Error err;
} Result;

static Result converted(Type type, const char *check, const char *in, bool personal)
{
    Convert *convert = convert_for(type, check);
    assert_non_null(convert);
    Field f = { .name = "f", .type = type, .check = check, .personal = personal };
    Result r = { .out = "untouched", .warning = "untouched" };
    r.rc = convert(&f, in, strlen(in), arena, &r.out, &r.len, &r.warning, &r.err);
    return r;
}

static void same(Type type, const char *check, const char *in)
{
    Result r = converted(type, check, in, false);
    if (r.rc)
        fail_msg("%s was refused: %s", in, r.err.text);
    if (r.out != in)
        fail_msg("%s was copied to %s", in, r.out);
    assert_int_equal(r.len, strlen(in));
    assert_null(r.warning);
}

static void becomes(Type type, const char *check, const char *in, const char *out, const char *warning)
{
    Result r = converted(type, check, in, false);
    if (r.rc)
        fail_msg("%s was refused: %s", in, r.err.text);
    assert_string_equal(r.out, out);
    assert_int_equal(r.len, strlen(out));
    if (warning)
        assert_string_equal(r.warning, warning);
    else
        assert_null(r.warning);
}

static void refused(Type type, const char *check, const char *in, const char *code)
{
    Result r = converted(type, check, in, false);
    if (r.rc != RC_REJECT)
        fail_msg("%s was taken as %s", in, r.out);
    assert_string_equal(r.err.code, code);
    assert_string_equal(r.err.arg[0], in);
    assert_string_equal(r.out, "untouched");
    assert_string_equal(r.warning, "untouched");
}

#define EACH_OF(...) for (const char *const *each = (const char *const[]){ __VA_ARGS__, NULL }; *each; each++)
