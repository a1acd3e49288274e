#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "gateway/base/error.h"
#include <string.h>

static void an_error_says_what_happened_and_what_to_do(void **state)
{
    (void)state;
    Error err = { .code = "stale" };
    assert_int_equal(error_set(&err, RC_RETRY, "no answer after %d s", 5), RC_RETRY);
    assert_int_equal(err.rc, RC_RETRY);
    assert_string_equal(err.text, "no answer after 5 s");
    assert_string_equal(err.code, "");
}

static void each_caller_puts_where_in_front(void **state)
{
    (void)state;
    Error err;
    error_set(&err, RC_FATAL, "cause");
    assert_int_equal(error_at(&err, "file %s", "x"), RC_FATAL);
    assert_int_equal(error_at(&err, "station"), RC_FATAL);
    assert_string_equal(err.text, "station: file x: cause");
}

static void an_endless_path_of_places_still_is_a_text(void **state)
{
    (void)state;
    Error err;
    error_set(&err, RC_FATAL, "cause");
    for (int i = 0; i < 200; i++)
        error_at(&err, "a place with a rather long name, number %d", i);
    assert_true(strlen(err.text) < sizeof err.text);
    assert_int_equal(strncmp(err.text, "a place with a rather long name, number 199: a place", 52), 0);
}

static void a_refusal_carries_its_code_and_arguments(void **state)
{
    (void)state;
    Error err;
    memset(&err, 'x', sizeof err);
    assert_int_equal(error_refuse(&err, "not_well_formed", "tag", "17", NULL), RC_REJECT);
    assert_int_equal(err.rc, RC_REJECT);
    assert_string_equal(err.code, "not_well_formed");
    assert_string_equal(err.arg[0], "tag");
    assert_string_equal(err.arg[1], "17");
    assert_string_equal(err.arg[2], "");
    assert_string_equal(err.text, "not_well_formed: tag, 17");
    error_refuse(&err, "doctype", NULL, "not looked at", NULL);
    assert_string_equal(err.text, "doctype");
    assert_string_equal(err.arg[1], "");
}

static void a_refusal_keeps_its_code_on_the_way_up(void **state)
{
    (void)state;
    Error err;
    error_refuse(&err, "torn", ">", NULL, NULL);
    assert_int_equal(error_at(&err, "upload"), RC_REJECT);
    assert_string_equal(err.code, "torn");
    assert_string_equal(err.arg[0], ">");
    assert_string_equal(err.text, "upload: torn: >");
}

static void a_long_argument_is_cut_on_a_characters_border(void **state)
{
    (void)state;
    Error err;
    char longer[400] = "x";
    for (int i = 0; i < 100; i++)
        strcat(longer, "қ");
    error_refuse(&err, "code", longer, longer, longer);
    assert_int_equal(strlen(err.arg[0]), 95);       /* x and 47 letters of two bytes */
    assert_memory_equal(err.arg[0], longer, 95);
    assert_int_equal(strlen(err.text), strlen("code: ") + 3 * 95 + 2 * strlen(", "));
    longer[0] = 'y';
    memmove(longer + 1, longer, 300);
    error_refuse(&err, "code", longer, NULL, NULL);
    assert_int_equal(strlen(err.arg[0]), 94);       /* half a letter would be 95 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_error_says_what_happened_and_what_to_do),
        cmocka_unit_test(each_caller_puts_where_in_front),
        cmocka_unit_test(an_endless_path_of_places_still_is_a_text),
        cmocka_unit_test(a_refusal_carries_its_code_and_arguments),
        cmocka_unit_test(a_refusal_keeps_its_code_on_the_way_up),
        cmocka_unit_test(a_long_argument_is_cut_on_a_characters_border),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
