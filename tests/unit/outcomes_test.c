#include "persistence/findings.h"
#include "persistence/pack.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void each_record_keeps_its_own(void **state)
{
    (void)state;
    Outcomes o = {0};
    for (size_t i = 0; i < 10000; i++)
        outcomes_set(&o, i, (Outcome)(i * 7 % 6 + 1));
    for (size_t i = 0; i < 10000; i++)
        assert_int_equal(outcomes_get(&o, i), i * 7 % 6 + 1);
    outcomes_free(&o);
}

static void setting_again_touches_no_neighbour(void **state)
{
    (void)state;
    Outcomes o = {0};
    for (size_t i = 0; i < 8; i++)
        outcomes_set(&o, i, OUTCOME_NEW);
    outcomes_set(&o, 3, OUTCOME_REFUSED);
    outcomes_set(&o, 4, OUTCOME_OLDER);
    outcomes_set(&o, 4, OUTCOME_UNCHANGED);
    const Outcome wanted[] = { OUTCOME_NEW, OUTCOME_NEW, OUTCOME_NEW, OUTCOME_REFUSED, OUTCOME_UNCHANGED, OUTCOME_NEW, OUTCOME_NEW, OUTCOME_NEW };
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(outcomes_get(&o, i), wanted[i]);
    outcomes_free(&o);
}

static void what_was_never_set_is_none(void **state)
{
    (void)state;
    Outcomes o = {0};
    outcomes_set(&o, 5000, OUTCOME_CHANGED);
    for (size_t i = 0; i < 5000; i++)
        assert_int_equal(outcomes_get(&o, i), OUTCOME_NONE);
    assert_int_equal(outcomes_get(&o, 5000), OUTCOME_CHANGED);
    outcomes_free(&o);
}

/* As a settlement of several envelopes does: each packs its own stretch, wherever it begins. */
static void a_stretch_is_packed_as_its_own_nibbles(void **state)
{
    (void)state;
    Outcomes o = {0};
    static const struct { size_t first, n; } stretches[] = { { 0, 1 }, { 1, 1 }, { 0, 2 }, { 1, 2 }, { 3, 4 }, { 7, 993 }, { 1, 1998 }, { 0, 2000 } };
    for (size_t i = 0; i < 2000; i++)
        outcomes_set(&o, i, (Outcome)(i % 5 + 1));
    for (size_t s = 0; s < sizeof stretches / sizeof *stretches; s++) {
        SCOPED(buffer_free) Buffer packed = {0}, plain = {0};
        Error err = {0};
        size_t first = stretches[s].first, n = stretches[s].n;
        outcomes_pack(&o, first, n, &packed);
        assert_int_equal(unsqueeze(packed.at, packed.len, 1 << 20, &plain, &err), RC_OK);
        assert_int_equal(plain.len, (n + 1) / 2);
        Outcomes read = { .at = (unsigned char *)plain.at, .n = n };
        for (size_t i = 0; i < n; i++)
            assert_int_equal(outcomes_get(&read, i), (first + i) % 5 + 1);
    }
    outcomes_free(&o);
}

static void freed_it_begins_anew(void **state)
{
    (void)state;
    Outcomes o = {0};
    outcomes_set(&o, 100, OUTCOME_NEW);
    outcomes_free(&o);
    assert_null(o.at);
    outcomes_set(&o, 101, OUTCOME_OLDER);
    assert_int_equal(outcomes_get(&o, 100), OUTCOME_NONE);
    assert_int_equal(outcomes_get(&o, 101), OUTCOME_OLDER);
    outcomes_free(&o);
}

static void names_are_those_of_the_protocol(void **state)
{
    (void)state;
    static const char *const names[] = { "new", "changed", "unchanged", "withdrawn", "older", "refused" };
    for (int i = 0; i < 6; i++)
        assert_string_equal(outcome_name((Outcome)(OUTCOME_NEW + i)), names[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_record_keeps_its_own),
        cmocka_unit_test(setting_again_touches_no_neighbour),
        cmocka_unit_test(what_was_never_set_is_none),
        cmocka_unit_test(a_stretch_is_packed_as_its_own_nibbles),
        cmocka_unit_test(freed_it_begins_anew),
        cmocka_unit_test(names_are_those_of_the_protocol),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
