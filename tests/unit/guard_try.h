/* Feeds a document to a guard in every way it may be cut, and holds that the verdict is always the same. */
#pragma once
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "gateway/base/guard.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct { Format format; bool fragment; const char *bytes; size_t n; } Document;

/* Pieces from the heap, so that a step over their end is seen by the sanitizer. */
static Rc feed_piece(Guard *g, const char *bytes, size_t n, Error *err)
{
    char *piece = malloc(n ? n : 1);
    assert_non_null(piece);
    memcpy(piece, bytes, n);
    Rc rc = guard_feed(g, piece, n, err);
    free(piece);
    return rc;
}

/* Fed as a first piece, then in steps. "" or the error's text. */
static const char *verdict_cut(const Document *d, size_t first, size_t step)
{
    static char text[512];
    Error err = {0};
    Guard *g = guard_new(d->format, d->fragment, NULL, NULL);
    Rc rc = feed_piece(g, d->bytes, first, &err);
    for (size_t at = first; !rc && at < d->n; at += step)
        rc = feed_piece(g, d->bytes + at, d->n - at < step ? d->n - at : step, &err);
    if (!rc)
        rc = guard_end(g, &err);
    assert_true(rc == RC_OK || rc == RC_REJECT);
    snprintf(text, sizeof text, "%s", rc ? err.text : "");
    guard_free(&g);
    assert_null(g);
    return text;
}

static const char *verdict(const Document *d) { return verdict_cut(d, d->n, 1); }

static void assert_verdict(const Document *d, const char *expected)
{
    const char *whole = verdict(d);
    if (strcmp(whole, expected) != 0)
        fail_msg("%.*s\n  expected: %s\n  verdict:  %s", (int)d->n, d->bytes, expected, whole);
    assert_string_equal(verdict_cut(d, 0, 1), expected);
    assert_string_equal(verdict_cut(d, 0, 7), expected);
    for (size_t cut = 1; cut < d->n && d->n < 3000; cut++)
        assert_string_equal(verdict_cut(d, cut, d->n), expected);
}

/* n copies of unit between head and tail; freed by the caller. */
static inline char *repeated(const char *head, const char *unit, size_t n, const char *tail)
{
    size_t len = strlen(unit);
    char *s = malloc(strlen(head) + len * n + strlen(tail) + 1);
    assert_non_null(s);
    char *at = stpcpy(s, head);
    for (; n; n--, at += len)
        memcpy(at, unit, len);
    strcpy(at, tail);
    return s;
}
