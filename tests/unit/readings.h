/* Reads documents in pieces and writes down what the sink saw, for the tests of the readers. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "gateway/base/buffer.h"
#include "schemas/reader.h"
#ifdef __SANITIZE_ADDRESS__
size_t __sanitizer_get_current_allocated_bytes(void);     /* gcc ships the function, not its header */
#endif

enum { MB = 1024 * 1024 };

/* seen: one line a record, "1@3 put (code'01' item[...])"; then how it ended. */
typedef struct { Buffer seen; uint32_t records, stop_at; size_t most; Rc rc; Error err; } Reading;

static inline void tree_write(Buffer *b, const Node *n)
{
    static const char *const kinds[] = { "", "s", "n", "b", "z", "o", "a" };
    if (n->name) {
        assert_int_equal(n->name_len, strlen(n->name));
        buffer_text(b, n->name);
    }
    buffer_text(b, kinds[n->kind]);
    if (n->text) {
        assert_int_equal(n->len, strlen(n->text));
        buffer_print(b, "'%s'", n->text);
    }
    if (!n->n)
        return;
    unsigned count = 0;
    buffer_char(b, '(');
    for (const Node *c = n->first; c; c = c->next) {
        buffer_text(b, c == n->first ? "" : " ");
        tree_write(b, c);
        count++;
        assert_true(c->next || c == n->last);
    }
    buffer_char(b, ')');
    assert_int_equal(count, n->n);
}

static inline Rc reading_note(void *self, const Record *r, Error *err)
{
    Reading *g = self;
    g->records++;
    buffer_print(&g->seen, "%u@%u %s", r->seq, r->line, r->wish == RECORD_PUT ? "put" : "withdraw");
    if (r->ground)
        buffer_print(&g->seen, " ground'%s'", r->ground);
    if (r->bad)
        buffer_print(&g->seen, " bad: %s", r->bad);
    assert_true(!r->node == (r->bad != NULL));
    if (r->node) {
        buffer_char(&g->seen, ' ');
        tree_write(&g->seen, r->node);
    }
    buffer_char(&g->seen, '\n');
    return g->records == g->stop_at ? error_set(err, RC_RETRY, "the sink is tired") : RC_OK;
}

static inline void reading_free(Reading *g) { buffer_free(&g->seen); }

static const Layout *reading_layout;        /* NULL: canonical form */

/* piece 0: whole. The bytes are fed from a copy of exactly their size, so that reading past them is seen. */
static inline Reading read_in_pieces(Format format, const char *prologue, const char *doc, size_t len, size_t piece, uint32_t stop_at)
{
    Reading g = { .stop_at = stop_at };
    Reader *r = NULL;
    g.rc = reader_open(format, prologue, reading_layout, reading_note, &g, &r, &g.err);
    for (size_t at = 0, n; at < len && !g.rc; at += n) {
        n = piece && piece < len - at ? piece : len - at;
        char *copy = memcpy(malloc(n), doc + at, n);
        g.rc = reader_feed(r, copy, n, &g.err);
        free(copy);
    }
    if (!g.rc)
        g.rc = reader_end(r, &g.err);
    reader_free(&r);
    if (g.rc)
        buffer_print(&g.seen, "%s\n", g.err.text);
    buffer_string(&g.seen);
    return g;
}

/* Whatever the pieces, the sink sees exactly this. */
static inline void assert_read_bytes(Format format, const char *prologue, const char *doc, size_t len, const char *seen)
{
    static const size_t pieces[] = { 0, 1, 7 };
    for (int i = 0; i < 3; i++) {
        Reading g = read_in_pieces(format, prologue, doc, len, pieces[i], 0);
        assert_string_equal(buffer_string(&g.seen), seen);
        reading_free(&g);
    }
}

static inline void assert_read(Format format, const char *prologue, const char *doc, const char *seen)
{
    assert_read_bytes(format, prologue, doc, strlen(doc), seen);
}

/* Only the end of what was seen is compared. */
static inline void assert_refused(Format format, const char *prologue, const char *doc, const char *text)
{
    static const size_t pieces[] = { 0, 1, 7 };
    for (int i = 0; i < 3; i++) {
        Reading g = read_in_pieces(format, prologue, doc, strlen(doc), pieces[i], 0);
        assert_int_equal(g.rc, RC_REJECT);
        assert_string_equal(g.err.text, text);
        reading_free(&g);
    }
}

static inline size_t live_bytes(void)
{
#ifdef __SANITIZE_ADDRESS__
    return __sanitizer_get_current_allocated_bytes();
#else
    struct mallinfo2 m = mallinfo2();
    return m.uordblks + m.hblkhd;
#endif
}

typedef struct { uint32_t records, bad; size_t most; } Load;

static inline Rc load_note(void *self, const Record *r, Error *err)
{
    (void)err;
    Load *l = self;
    l->records++;
    l->bad += !r->node;
    if (l->records % 512 == 1 && live_bytes() > l->most)
        l->most = live_bytes();
    return RC_OK;
}

/* Feeds head, `times` times the block, tail; the memory in use must not grow by more than `ceiling`. */
static inline Load read_load_by(Format format, const Layout *layout, const char *head, const char *block, size_t block_len, size_t times, const char *tail, size_t ceiling)
{
    Load l = { 0 };
    Error err;
    Reader *r = NULL;
    size_t before = live_bytes();
    assert_int_equal(reader_open(format, NULL, layout, load_note, &l, &r, &err), RC_OK);
    assert_int_equal(reader_feed(r, head, strlen(head), &err), RC_OK);
    for (size_t i = 0; i < times; i++) {
        assert_int_equal(reader_feed(r, block, block_len, &err), RC_OK);
        if (i % 16 == 0 && live_bytes() > l.most)
            l.most = live_bytes();
    }
    assert_int_equal(reader_feed(r, tail, strlen(tail), &err), RC_OK);
    assert_int_equal(reader_end(r, &err), RC_OK);
    reader_free(&r);
    assert_in_range(l.most, 1, before + ceiling);
    return l;
}

static inline Load read_load(Format format, const char *head, const char *block, size_t block_len, size_t times, const char *tail, size_t ceiling)
{
    return read_load_by(format, NULL, head, block, block_len, times, tail, ceiling);
}

/* A text of n times c, or of any piece. */
static inline void buffer_repeat(Buffer *b, const char *s, size_t times)
{
    for (size_t i = 0; i < times; i++)
        buffer_text(b, s);
}
