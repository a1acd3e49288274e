#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "gateway/base/arena.h"
#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static bool all_zero(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i])
            return false;
    return true;
}

static void memory_is_zeroed_and_aligned_also_when_it_was_used_before(void **state)
{
    (void)state;
    SCOPED(arena_free) Arena *a = arena_new();
    static const size_t sizes[] = { 0, 1, 7, 16, 100, 5000, 16384, 16385, 300000 };
    for (int turn = 0; turn < 5; turn++, arena_reset(a))
        for (int i = 0; i < 200; i++) {
            size_t n = sizes[(i * 7 + turn) % 9];
            char *p = arena_alloc(a, n);
            assert_true(all_zero(p, n));
            assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
            memset(p, 0xEE, n);
        }
}

static void pieces_do_not_overlap(void **state)
{
    (void)state;
    SCOPED(arena_free) Arena *a = arena_new();
    unsigned char *pieces[500];
    for (size_t i = 0; i < 500; i++)
        pieces[i] = memset(arena_alloc(a, i * 5 + 1), (int)(i & 0xFF), i * 5 + 1);
    for (size_t i = 0; i < 500; i++)
        for (size_t k = 0; k <= i * 5; k++)
            assert_int_equal(pieces[i][k], i & 0xFF);
}

static void texts_are_copied_with_a_nul_behind_them(void **state)
{
    (void)state;
    SCOPED(arena_free) Arena *a = arena_new();
    memset(arena_alloc(a, 1000), 'x', 1000);
    arena_reset(a);
    assert_string_equal(arena_text(a, "abcdef", 3), "abc");
    assert_string_equal(arena_text(a, NULL, 0), "");
    assert_string_equal(arena_printf(a, "%s-%d", "қ", 42), "қ-42");
    assert_int_equal(strlen(arena_printf(a, "%40000d", 1)), 40000);
}

typedef struct { int order[10], n; } Ends;
typedef struct { Ends *ends; int id; } Adopted;

static void note(void *object)
{
    Adopted *o = object;
    o->ends->order[o->ends->n++] = o->id;
}

static void adopted_objects_end_newest_first_and_once(void **state)
{
    (void)state;
    Arena *a = arena_new();
    Ends ends = {0};
    Adopted objects[] = { { &ends, 1 }, { &ends, 2 }, { &ends, 3 } };
    for (int i = 0; i < 3; i++)
        arena_adopt(a, note, &objects[i]);
    arena_reset(a);
    assert_int_equal(ends.n, 3);
    assert_int_equal(ends.order[0], 3);
    assert_int_equal(ends.order[2], 1);
    arena_reset(a);
    assert_int_equal(ends.n, 3);
    arena_adopt(a, note, &objects[1]);
    arena_free(&a);
    assert_int_equal(ends.n, 4);
    assert_null(a);
    arena_free(&a);
}

static void an_adopted_object_may_still_read_the_arena_when_it_ends(void **state)
{
    (void)state;
    Ends ends = {0};
    SCOPED(arena_free) Arena *a = arena_new();
    Adopted *o = arena_alloc(a, 100000);
    *o = (Adopted){ &ends, 7 };
    arena_adopt(a, note, o);
    arena_reset(a);
    assert_int_equal(ends.order[0], 7);
}

static void a_reset_keeps_blocks_for_the_next_turn(void **state)
{
    (void)state;
    SCOPED(arena_free) Arena *a = arena_new();
    void *first[20];
    for (int i = 0; i < 20; i++)
        first[i] = arena_alloc(a, 10000);
    arena_reset(a);
    for (int i = 0; i < 16; i++)
        assert_ptr_equal(arena_alloc(a, 10000), first[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_and_aligned_also_when_it_was_used_before),
        cmocka_unit_test(pieces_do_not_overlap),
        cmocka_unit_test(texts_are_copied_with_a_nul_behind_them),
        cmocka_unit_test(adopted_objects_end_newest_first_and_once),
        cmocka_unit_test(an_adopted_object_may_still_read_the_arena_when_it_ends),
        cmocka_unit_test(a_reset_keeps_blocks_for_the_next_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
