#include "gateway/flow/patience.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void who_fails_rests_longer_each_time_and_alone(void **state)
{
    (void)state;
    Patience *p = patience_new();
    assert_false(patience_rests(p, 1));
    assert_int_equal(patience_failed(p, 1), 100);
    assert_true(patience_rests(p, 1));
    assert_false(patience_rests(p, 2));
    assert_int_equal(patience_failed(p, 1), 200);
    assert_int_equal(patience_failed(p, 2), 100);
    for (int i = 0; i < 10; i++)
        patience_failed(p, 1);
    assert_int_equal(patience_failed(p, 1), 10000);
    patience_free(&p);
}

static void who_has_worked_starts_anew(void **state)
{
    (void)state;
    Patience *p = patience_new();
    patience_failed(p, 1);
    patience_failed(p, 1);
    patience_worked(p, 1);
    assert_false(patience_rests(p, 1));
    assert_int_equal(patience_failed(p, 1), 100);
    patience_worked(p, 7);
    patience_free(&p);
}

static void more_than_are_remembered_do_no_harm(void **state)
{
    (void)state;
    Patience *p = patience_new();
    for (int64_t who = 1; who <= 1000; who++)
        assert_int_equal(patience_failed(p, who), 100);
    assert_true(patience_rests(p, 1000));
    assert_false(patience_rests(p, 1));
    patience_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_fails_rests_longer_each_time_and_alone),
        cmocka_unit_test(who_has_worked_starts_anew),
        cmocka_unit_test(more_than_are_remembered_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
