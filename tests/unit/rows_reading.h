/* Reads tables and writes down each row as "3: A name'value' B other-" (- for an empty cell), for the tests of the readers of tables. */
#pragma once
#include "tests/unit/readings.h"

static inline Rc row_note(void *self, const Record *r, Error *err)
{
    Reading *g = self;
    Arena *a = arena_new();
    g->records++;
    assert_int_equal(r->seq, g->records);
    assert_non_null(r->sheet);
    buffer_print(&g->seen, "%s:", origin_text(r, 0, a));
    if (r->bad)
        buffer_print(&g->seen, " bad: %s", r->bad);
    assert_true(!r->node == (r->bad != NULL));
    for (const Node *n = r->node ? r->node->first : NULL; n; n = n->next) {
        char letters[COLUMN_LETTERS];
        assert_int_equal(n->name_len, strlen(n->name));
        assert_true(n->next || n == r->node->last);
        buffer_print(&g->seen, " %s %s", column_letters(n->origin, letters), n->name);
        if (n->kind == NODE_STRING) {
            assert_int_equal(n->len, strlen(n->text));
            buffer_print(&g->seen, "'%s'", n->text);
        } else {
            assert_int_equal(n->kind, NODE_NULL);
            assert_null(n->text);
            buffer_char(&g->seen, '-');
        }
    }
    buffer_char(&g->seen, '\n');
    arena_free(&a);
    (void)err;
    return RC_OK;
}
