#include "gateway/flow/key_filter.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static unsigned round_of(KeyFilter *f, const char *key) { return key_filter_round(f, key, strlen(key)); }

static void a_key_is_counted_each_time_it_comes(void **state)
{
    (void)state;
    KeyFilter f = {0};
    assert_int_equal(round_of(&f, "a"), 1);
    assert_int_equal(round_of(&f, "b"), 1);
    for (unsigned n = 2; n < 200; n++)
        assert_int_equal(round_of(&f, "a"), n);
    assert_int_equal(round_of(&f, "b"), 2);
    assert_int_equal(round_of(&f, "c"), 1);
    assert_false(f.overflow);
    key_filter_clear(&f);
}

static void keys_that_begin_alike_are_different(void **state)
{
    (void)state;
    KeyFilter f = {0};
    assert_int_equal(key_filter_round(&f, "a\0b", 4), 1);
    assert_int_equal(key_filter_round(&f, "a\0c", 4), 1);
    assert_int_equal(key_filter_round(&f, "a", 2), 1);
    assert_int_equal(key_filter_round(&f, "", 0), 1);
    assert_int_equal(key_filter_round(&f, "", 0), 2);
    key_filter_clear(&f);
}

static void a_filter_that_began_large_counts_the_same(void **state)
{
    (void)state;
    KeyFilter f = {0};
    char key[16];
    key_filter_many(&f);
    for (int i = 0; i < 5000; i++) {
        snprintf(key, sizeof key, "%d", i);
        assert_int_equal(round_of(&f, key), 1);
    }
    assert_int_equal(round_of(&f, "4999"), 2);
    assert_false(f.overflow);
    key_filter_clear(&f);
}

static void clearing_forgets(void **state)
{
    (void)state;
    KeyFilter f = {0};
    round_of(&f, "a");
    round_of(&f, "a");
    key_filter_clear(&f);
    assert_null(f.met);
    assert_null(f.again);
    assert_int_equal(round_of(&f, "a"), 1);
    key_filter_clear(&f);
}

static void a_hundred_thousand_keys_are_told_apart_and_met_again(void **state)
{
    (void)state;
    KeyFilter f = {0};
    char key[32];
    for (unsigned turn = 1; turn <= 3; turn++)
        for (unsigned i = 0; i < 100000; i++) {
            snprintf(key, sizeof key, "391240001016%c%u", 0, i);
            snprintf(key + 13, sizeof key - 13, "D-%08u", i);
            unsigned got = key_filter_round(&f, key, 24);
            if (got != turn)
                fail_msg("key %u, turn %u: round %u", i, turn, got);
        }
    assert_false(f.overflow);
    key_filter_clear(&f);
}

/* 16 MB hold a million and a half; beyond that the database counts, and every answer is 1. */
static void beyond_its_memory_it_overflows_and_gives_the_memory_back(void **state)
{
    (void)state;
    KeyFilter f = {0};
    unsigned i = 0;
    for (; i < 3000000 && !f.overflow; i++)
        assert_int_equal(key_filter_round(&f, &i, sizeof i), 1);
    assert_true(f.overflow);
    assert_true(i > 1500000);
    assert_null(f.met);
    unsigned first = 0;
    assert_int_equal(key_filter_round(&f, &first, sizeof first), 1);
    key_filter_clear(&f);
    assert_false(f.overflow);
}

static void many_keys_met_twice_overflow_too(void **state)
{
    (void)state;
    KeyFilter f = {0};
    for (unsigned i = 0; i < 700000; i++)
        key_filter_round(&f, &i, sizeof i);
    unsigned i = 0;
    for (; i < 700000 && !f.overflow; i++)
        assert_in_range(key_filter_round(&f, &i, sizeof i), 1, 2);
    assert_true(f.overflow);
    assert_true(i > 390000);
    key_filter_clear(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_is_counted_each_time_it_comes),
        cmocka_unit_test(keys_that_begin_alike_are_different),
        cmocka_unit_test(a_filter_that_began_large_counts_the_same), cmocka_unit_test(clearing_forgets),
        cmocka_unit_test(a_hundred_thousand_keys_are_told_apart_and_met_again),
        cmocka_unit_test(beyond_its_memory_it_overflows_and_gives_the_memory_back),
        cmocka_unit_test(many_keys_met_twice_overflow_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
