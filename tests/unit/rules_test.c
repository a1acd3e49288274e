#include "transforms/rules.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

enum { FROM, TO, STATE, GROUND, SECRET, FIELDS };
static const Field fields[FIELDS] = {
    { .name = "valid_from", .type = TYPE_DATE, .index = FROM }, { .name = "valid_to", .type = TYPE_DATE, .index = TO },
    { .name = "state", .index = STATE },                        { .name = "ground", .index = GROUND },
    { .name = "secret", .personal = true, .index = SECRET },
};

static Value values[FIELDS];

static int no_values(void **state)
{
    (void)state;
    memset(values, 0, sizeof values);
    return 0;
}

static void put(size_t field, const char *text)
{
    values[field] = (Value){ text, strlen(text) };
}

static RuleUse use_of(const char *name, const char *a, const char *b, const char *c)
{
    const char *words[] = { a, b, c };
    RuleUse use = { .name = name };
    for (; use.n < 3 && words[use.n]; use.n++) {
        use.word[use.n] = words[use.n];
        use.field[use.n] = field_find(fields, FIELDS, words[use.n], strlen(words[use.n]));
    }
    return use;
}

static void holds(const char *name, const char *a, const char *b, const char *c)
{
    RuleUse use = use_of(name, a, b, c);
    Error err = { 0 };
    assert_int_equal(rule_for(name)(&use, values, &err), RC_OK);
    assert_string_equal(err.code, "");
}

static Error broken(const char *name, const char *a, const char *b, const char *c, const char *code)
{
    RuleUse use = use_of(name, a, b, c);
    Error err = { 0 };
    assert_int_equal(rule_for(name)(&use, values, &err), RC_REJECT);
    assert_string_equal(err.code, code);
    assert_string_equal(err.arg[0], a);
    return err;
}

static void an_unknown_rule_is_none(void **state)
{
    (void)state;
    assert_null(rule_for("no-such-rule"));
    assert_null(rule_for(""));
}

static void a_later_date_may_not_be_before_the_earlier(void **state)
{
    (void)state;
    put(FROM, "2026-10-05");
    put(TO, "2026-10-04");
    Error err = broken("not-before", "valid_to", "valid_from", NULL, "rule_not_before");
    assert_string_equal(err.arg[1], "valid_from");
    assert_string_equal(err.arg[2], "");
    put(TO, "2025-12-31");
    broken("not-before", "valid_to", "valid_from", NULL, "rule_not_before");
}

static void an_equal_or_later_date_is_in_order(void **state)
{
    (void)state;
    put(FROM, "2026-10-05");
    put(TO, "2026-10-05");
    holds("not-before", "valid_to", "valid_from", NULL);
    put(TO, "2027-01-01");
    holds("not-before", "valid_to", "valid_from", NULL);
}

static void dates_that_are_not_given_are_in_order(void **state)
{
    (void)state;
    holds("not-before", "valid_to", "valid_from", NULL);
    put(FROM, "2026-10-05");
    holds("not-before", "valid_to", "valid_from", NULL);
    no_values(NULL);
    put(TO, "2026-10-05");
    holds("not-before", "valid_to", "valid_from", NULL);
}

static void a_field_is_required_when_another_has_the_value(void **state)
{
    (void)state;
    put(STATE, "withdrawn");
    Error err = broken("required-when", "ground", "state", "withdrawn", "rule_required_when");
    assert_string_equal(err.arg[1], "state");
    assert_string_equal(err.arg[2], "withdrawn");
    put(GROUND, "own request");
    holds("required-when", "ground", "state", "withdrawn");
}

static void it_is_not_required_with_another_value(void **state)
{
    (void)state;
    holds("required-when", "ground", "state", "withdrawn");
    put(STATE, "active");
    holds("required-when", "ground", "state", "withdrawn");
    put(STATE, "withdraw");
    holds("required-when", "ground", "state", "withdrawn");
    put(STATE, "withdrawn2");
    holds("required-when", "ground", "state", "withdrawn");
}

static void a_field_is_absent_unless_another_has_the_value(void **state)
{
    (void)state;
    holds("absent-unless", "ground", "state", "withdrawn");
    put(GROUND, "own request");
    Error err = broken("absent-unless", "ground", "state", "withdrawn", "rule_absent_unless");
    assert_string_equal(err.arg[1], "state");
    assert_string_equal(err.arg[2], "withdrawn");
    put(STATE, "active");
    broken("absent-unless", "ground", "state", "withdrawn", "rule_absent_unless");
    put(STATE, "withdrawn");
    holds("absent-unless", "ground", "state", "withdrawn");
}

static void one_of_the_fields_is_enough(void **state)
{
    (void)state;
    Error err = broken("one-of", "state", "ground", NULL, "rule_one_of");
    assert_string_equal(err.arg[1], "ground");
    put(GROUND, "x");
    holds("one-of", "state", "ground", NULL);
    no_values(NULL);
    put(STATE, "x");
    holds("one-of", "state", "ground", NULL);
}

static void one_of_three_is_enough(void **state)
{
    (void)state;
    Error err = broken("one-of", "state", "ground", "valid_to", "rule_one_of");
    assert_string_equal(err.arg[2], "valid_to");
    put(TO, "2026-10-05");
    holds("one-of", "state", "ground", "valid_to");
}

static void equal_values_do_not_differ(void **state)
{
    (void)state;
    holds("differ", "state", "ground", NULL);
    put(STATE, "a");
    holds("differ", "state", "ground", NULL);
    put(GROUND, "ab");
    holds("differ", "state", "ground", NULL);
    put(GROUND, "a");
    Error err = broken("differ", "state", "ground", NULL, "rule_differ");
    assert_string_equal(err.arg[1], "ground");
}

static void the_value_of_a_personal_field_is_never_told(void **state)
{
    (void)state;
    put(SECRET, "yes");
    Error err = broken("required-when", "ground", "secret", "yes", "rule_required_when");
    assert_string_equal(err.arg[2], "");
    put(GROUND, "mine");
    put(SECRET, "no");
    err = broken("absent-unless", "ground", "secret", "yes", "rule_absent_unless");
    assert_string_equal(err.arg[2], "");
    assert_null(strstr(err.text, "mine"));
}

static bool fits(const char *name, const char *a, const char *b, const char *c)
{
    RuleUse use = use_of(name, a, b, c);
    return rule_fits(&use);
}

static void a_use_fits_when_its_words_are_what_the_rule_wants(void **state)
{
    (void)state;
    assert_true(fits("not-before", "valid_to", "valid_from", NULL));
    assert_true(fits("required-when", "ground", "state", "withdrawn"));
    assert_true(fits("one-of", "ground", "state", NULL));
    assert_true(fits("one-of", "ground", "state", "valid_to"));
    assert_false(fits("not-before", "valid_to", NULL, NULL));
    assert_false(fits("not-before", "valid_to", "2026-10-05", NULL));
    assert_false(fits("not-before", "valid_to", "valid_from", "state"));
    assert_false(fits("required-when", "ground", "state", NULL));
    assert_false(fits("required-when", "ground", "no_such_field", "withdrawn"));
    assert_false(fits("one-of", "ground", NULL, NULL));
    assert_false(fits("one-of", "ground", "state", "no_such_field"));
    assert_false(fits("no-such-rule", "ground", "state", NULL));
}

#define SENTENCE(name) cmocka_unit_test_setup(name, no_values)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(an_unknown_rule_is_none),
        SENTENCE(a_later_date_may_not_be_before_the_earlier),
        SENTENCE(an_equal_or_later_date_is_in_order),
        SENTENCE(dates_that_are_not_given_are_in_order),
        SENTENCE(a_field_is_required_when_another_has_the_value),
        SENTENCE(it_is_not_required_with_another_value),
        SENTENCE(a_field_is_absent_unless_another_has_the_value),
        SENTENCE(one_of_the_fields_is_enough),
        SENTENCE(one_of_three_is_enough),
        SENTENCE(equal_values_do_not_differ),
        SENTENCE(a_use_fits_when_its_words_are_what_the_rule_wants),
        SENTENCE(the_value_of_a_personal_field_is_never_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
