#include "tests/unit/law_fixture.h"
#include "schemas/contract.h"
#include "schemas/obligations.h"
#include "transforms/convert.h"
#include "transforms/rules.h"

static Feeds *feeds;
static Obligations all;

static bool rule_known(const char *name) { return rule_for(name) != NULL; }

/* Enough of a hash to see that another text has another. */
static void sum(const void *in, size_t n, char out[READING_HASH])
{
    unsigned long long h = 14695981039346656037ull;
    for (size_t i = 0; i < n; i++)
        h = (h ^ ((const unsigned char *)in)[i]) * 1099511628211ull;
    snprintf(out, READING_HASH, "%016llx", h);
}

static int setup(void **state)
{
    Error err = {0};
    if (law_begin(state))
        return -1;
    if (contracts_load("schemas/contracts", convert_for, rule_known, &feeds, &err) || obligations_load("schemas/law", NULL, feeds, sum, law_arena, &all, &err)) {
        print_error("%s\n", err.text);
        return -1;
    }
    return 0;
}

static int teardown(void **state)
{
    contracts_free(&feeds);
    return law_end(state);
}

static void expect_due(const char *obligation, const char *reading, const char *from, const char *due)
{
    Counting by = { calendar, almaty, KNOWN_NOW };
    char text[CIVIL_TEXT];
    Error err = {0};
    Due d;
    const Obligation *o = obligation_find(&all, obligation);
    assert_non_null(o);
    const Reading *r = reading_find(o, reading);
    assert_non_null(r);
    assert_int_equal(reading_due(r, &by, (Cause){ day(from), almaty_at(almaty, day(from), 0) }, &d, NULL, &err), RC_OK);
    assert_string_equal(civil_text(d.day, text), due);
    assert_true(d.before == almaty_over(almaty, d.day));
}

/* Golden cases of the calendar, asked of the Order's own obligations. */
static void terms_of_the_order_end_on_their_days(void **state)
{
    (void)state;
    expect_due("7-4-accredited-centres", "1", "2023-12-31", "2024-01-03");
    expect_due("7-4-accredited-centres", "1", "2024-03-31", "2024-04-01");
    expect_due("7-5-recognition-results", "1", "2025-08-31", "2025-09-02");
    expect_due("7-1-professions", "1", "2024-06-30", "2024-07-01");
    expect_due("7-2-sector-councils", "1", "2026-03-31", "2026-03-31");
    expect_due("21-analysis", "1", "2024-12-31", "2024-12-17");
    expect_due("21-analysis", "1", "2026-12-31", "2026-12-15");
    expect_due("21-analysis", "1", "2029-12-31", "2029-12-18");
    expect_due("21-analysis", "2", "2024-12-31", "2024-12-15");
    expect_due("4-centres", "1", "2024-12-12", "2024-12-20");
    expect_due("4-centres", "1", "2026-03-17", "2026-03-27");
    expect_due("16-support-request", "1", "2024-04-30", "2024-05-04");
    expect_due("16-support-correction", "1", "2025-12-26", "2026-01-14");
}

static void what_has_no_term_is_never_due(void **state)
{
    (void)state;
    static const char *const none[] = { "7-1-nrk", "7-2-sector-frameworks", "8-hand-over", "4-national-body", "4-candidates" };
    Counting by = { calendar, almaty, KNOWN_NOW };
    Error err = {0};
    Due d;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_int_equal(reading_due(&obligation_find(&all, none[i])->readings[0], &by, (Cause){ day("2026-01-31"), 1 }, &d, NULL, &err), RC_END);
}

static void who_was_a_debtor_for_a_part_owes_as_the_reading_has_it(void **state)
{
    (void)state;
    static const struct { const char *from, *to; bool strict, wide; } spans[] = {
        { "2026-01-01", "", true, true }, { "2026-04-01", "", true, true }, { "2026-04-02", "", false, true }, { "2026-04-30", "", false, true }, { "2026-05-01", "", false, false },
        { "2020-01-01", "2026-04-30", true, true }, { "2020-01-01", "2026-04-29", false, true }, { "2020-01-01", "2026-03-31", false, false }, { "2026-04-10", "2026-04-20", false, true },
    };
    Period april;
    assert_true(period_read("2026-04", &april));
    Reading strict = {0}, wide = { .begun_inside = true, .ended_inside = true };
    for (size_t i = 0; i < sizeof spans / sizeof *spans; i++) {
        CivilDay to = *spans[i].to ? day(spans[i].to) : INT64_MAX;
        assert_int_equal(reading_owes(&strict, april, day(spans[i].from), to), spans[i].strict);
        assert_int_equal(reading_owes(&wide, april, day(spans[i].from), to), spans[i].wide);
    }
}

static void a_reading_comes_back_from_its_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < all.n; i++)
        for (size_t k = 0; k < all.at[i].n_readings; k++) {
            const Reading *r = &all.at[i].readings[k];
            Error err = {0};
            Reading back;
            assert_int_equal(reading_parse(r->text, sum, law_arena, &back, &err), RC_OK);
            assert_string_equal(back.hash, r->hash);
            assert_string_equal(back.id, r->id);
            assert_int_equal(back.form, r->form);
            assert_int_equal(back.decides, r->decides);
            assert_int_equal(back.begun_inside, r->begun_inside);
            assert_int_equal(back.moves, r->form == DUE_ON_DATE ? r->moves : back.moves);
            if (r->form == DUE_AFTER_PERIOD || r->form == DUE_AFTER_EVENT)
                assert_true(back.term.n == r->term.n && back.term.unit == r->term.unit && back.term.moves == r->term.moves);
        }
}

static void hashes_are_of_one_text_each(void **state)
{
    (void)state;
    for (size_t i = 0; i < all.n; i++)
        for (size_t k = 0; k < all.at[i].n_readings; k++)
            assert_ptr_equal(reading_by_hash(&all.at[i], all.at[i].readings[k].hash), &all.at[i].readings[k]);
    Error err = {0};
    Reading back;
    assert_int_equal(reading_parse("{\"reading\":{\"id\":\"1\"}}", sum, law_arena, &back, &err), RC_FATAL);
    assert_int_equal(reading_parse("no JSON", sum, law_arena, &back, &err), RC_FATAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terms_of_the_order_end_on_their_days), cmocka_unit_test(what_has_no_term_is_never_due), cmocka_unit_test(who_was_a_debtor_for_a_part_owes_as_the_reading_has_it),
        cmocka_unit_test(a_reading_comes_back_from_its_text), cmocka_unit_test(hashes_are_of_one_text_each),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
