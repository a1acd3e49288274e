#include "tests/unit/law_fixture.h"

#define JANUARY_2024 "2024-01-15T00:00:00+05:00"
#define JUNE_2024    "2024-06-06T23:59:59+05:00"
#define JANUARY_2026 "2026-01-15T00:00:00+05:00"

/* from: a day, or the last day of a period. Each row is a case of the Order's terms worked out by hand from the acts. */
static const struct { const char *from, *plus, *known_at, *due; } golden[] = {
    { "2024-12-15", "0 calendar days",  NULL,         "2024-12-17" },      /* a Sunday; 16 December is a holiday */
    { "2029-12-15", "0 calendar days",  NULL,         "2029-12-18" },      /* a Saturday; the holiday on Sunday moves to Monday */
    { "2026-12-15", "0 calendar days",  NULL,         "2026-12-15" },
    { "2023-12-31", "0 calendar days",  NULL,         "2024-01-03" },
    { "2024-03-31", "0 calendar days",  NULL,         "2024-04-01" },
    { "2024-06-30", "0 calendar days",  NULL,         "2024-07-01" },
    { "2025-08-31", "0 calendar days",  NULL,         "2025-09-02" },
    { "2026-02-28", "0 calendar days",  NULL,         "2026-03-02" },
    { "2026-08-31", "0 calendar days",  NULL,         "2026-08-31" },
    { "2026-08-31", "0 calendar days",  JANUARY_2026, "2026-09-01" },
    { "2024-12-12", "5 working days",   NULL,         "2024-12-20" },
    { "2026-03-17", "5 working days",   NULL,         "2026-03-27" },
    { "2024-04-30", "3 working days",   NULL,         "2024-05-04" },      /* a worked Saturday */
    { "2025-12-26", "10 working days",  NULL,         "2026-01-14" },
    { "2024-06-11", "5 working days",   JANUARY_2024, "2024-06-19" },
    { "2024-06-11", "5 working days",   JUNE_2024,    "2024-06-19" },
    { "2024-06-11", "5 working days",   NULL,         "2024-06-18" },
    { "2024-06-11", "5 working days",   "2024-06-07T00:00:00+05:00", "2024-06-18" },
    { "2025-01-03", "1 working day",    NULL,         "2025-01-05" },      /* a worked Sunday */
    { "2024-12-31", "2 working days",   NULL,         "2025-01-06" },
    { "2025-01-04", "1 calendar day",   NULL,         "2025-01-05" },
    { "2024-06-30", "10 calendar days", NULL,         "2024-07-10" },
    { "2024-06-28", "0 working days",   NULL,         "2024-06-28" },
    { "2024-06-29", "0 working days",   NULL,         "2024-07-01" },
};

static Due due_of(const char *from, const char *plus, bool moves, const char *known_at, Steps *steps)
{
    Counting by = { calendar, almaty, moment(known_at) };
    Error err = {0};
    Term t;
    Due due = {0};
    if (term_read(plus, &t, &err))
        fail_msg("%s: %s", plus, err.text);
    t.moves &= moves;
    if (term_due(&by, &t, day(from), &due, steps, &err))
        fail_msg("%s + %s: %s", from, plus, err.text);
    return due;
}

static void terms_end_on_the_days_that_the_acts_give(void **state)
{
    char text[CIVIL_TEXT];
    (void)state;
    for (size_t i = 0; i < sizeof golden / sizeof *golden; i++) {
        Due due = due_of(golden[i].from, golden[i].plus, true, golden[i].known_at, NULL);
        if (strcmp(civil_text(due.day, text), golden[i].due))
            fail_msg("%s + %s, known at %s: %s, expected %s", golden[i].from, golden[i].plus, golden[i].known_at ? golden[i].known_at : "now", text, golden[i].due);
    }
}

static void before_is(const char *from, const char *expected)
{
    char text[INSTANT_TEXT];
    assert_string_equal(instant_text(due_of(from, "0 calendar days", false, NULL, NULL).before, text), expected);
}

static void a_term_lasts_until_midnight_in_almaty(void **state)
{
    (void)state;
    before_is("2024-12-20", "2024-12-20T19:00:00.000000Z");
    before_is("2024-02-28", "2024-02-28T18:00:00.000000Z");
    before_is("2024-02-29", "2024-02-29T19:00:00.000000Z");      /* its last hour came twice */
    before_is("2024-03-01", "2024-03-01T19:00:00.000000Z");
    before_is("2023-12-31", "2023-12-31T18:00:00.000000Z");
}

static void a_term_that_does_not_move_ends_where_it_ends(void **state)
{
    (void)state;
    Due due = due_of("2024-12-15", "0 calendar days", false, NULL, NULL);
    assert_int_equal(due.day, day("2024-12-15"));
    assert_int_equal(due.n_editions, 0);
}

static void it_says_which_editions_were_asked(void **state)
{
    (void)state;
    Due due = due_of("2025-12-26", "10 working days", true, JANUARY_2026, NULL);
    assert_int_equal(due.n_editions, 2);
    assert_string_equal(due.edition[0]->id, "kz-2025/1");
    assert_string_equal(due.edition[1]->id, "kz-2026/1");
    due = due_of("2024-06-11", "5 working days", true, JUNE_2024, NULL);
    assert_int_equal(due.n_editions, 1);
    assert_string_equal(due.edition[0]->id, "kz-2024/2");
    due = due_of("2023-01-02", "3660 working days", true, NULL, NULL);
    assert_int_equal(due.n_editions, 15);
    assert_true(due.edition[14]->provisional);
}

static void hours_run_through(void **state)
{
    Counting by = { calendar, almaty, KNOWN_NOW };
    Error err = {0};
    Term t;
    Due due;
    (void)state;
    assert_int_equal(term_read("72 hours", &t, &err), RC_OK);
    assert_int_equal(term_due_hours(&by, &t, moment("2024-12-13T10:00:00+05:00"), &due, &err), RC_OK);
    assert_int_equal(due.before, moment("2024-12-16T10:00:00+05:00"));
    assert_int_equal(due.day, day("2024-12-16"));
    assert_int_equal(term_due_hours(&by, &t, moment("2024-12-13T00:00:00+05:00"), &due, &err), RC_OK);
    assert_int_equal(due.day, day("2024-12-15"));
    assert_int_equal(term_due_hours(&by, &t, moment("2024-02-27T12:00:00+06:00"), &due, &err), RC_OK);
    assert_int_equal(due.before, moment("2024-03-01T11:00:00+05:00"));       /* three times 24 hours, though the clocks went back */
    assert_int_equal(term_due(&by, &t, day("2024-12-13"), &due, NULL, &err), RC_REJECT);
    assert_int_equal(term_read("3 working days", &t, &err), RC_OK);
    assert_int_equal(term_due_hours(&by, &t, moment("2024-12-13T10:00:00+05:00"), &due, &err), RC_REJECT);
}

/* The kinds of steps as letters, so that a whole explanation is one word. */
static void told(const char *from, const char *plus, const char *expected)
{
    static const char letters[] = { [STEP_EVENT] = 'e', [STEP_COUNTED] = 'c', [STEP_SKIPPED] = 's', [STEP_DUE] = 'd' };
    char word[64] = "";
    Steps steps = { .a = law_arena };
    Due due = due_of(from, plus, true, NULL, &steps);
    for (size_t i = 0; i < steps.n; i++)
        word[i] = letters[steps.at[i].kind];
    assert_string_equal(word, expected);
    assert_int_equal(steps.at[0].day, day(from));
    assert_int_equal(steps.at[steps.n - 1].day, due.day);
}

static void each_day_is_told(void **state)
{
    (void)state;
    told("2024-12-12", "5 working days", "ecsssccccd");
    told("2024-12-15", "0 calendar days", "essd");
    told("2024-12-13", "2 calendar days", "eccssd");
    told("2024-04-30", "3 working days", "escccd");
}

static void a_term_out_of_the_calendar_is_refused(void **state)
{
    Counting by = { calendar, almaty, KNOWN_NOW };
    Error err = {0};
    Term working = { WORKING_DAYS, 5, true }, days = { CALENDAR_DAYS, 5, false };
    Due due;
    (void)state;
    assert_int_equal(term_due(&by, &working, day("2022-12-01"), &due, NULL, &err), RC_REJECT);
    assert_non_null(strstr(err.text, "2022: the calendar has the years 2023 to 2100"));
    assert_int_equal(term_due(&by, &working, day("2100-12-30"), &due, NULL, &err), RC_REJECT);
    assert_int_equal(term_due(&by, &days, day("2022-12-01"), &due, NULL, &err), RC_OK);
    assert_int_equal(term_due(&by, &days, day("9999-12-30"), &due, NULL, &err), RC_REJECT);
}

static void words_that_are_no_term_are_refused(void **state)
{
    static const char *const wrong[] = { "", "5", "5 days", "working days", "five working days", "-1 working days", "5  working days", "5 working days ", "5 working day", "1 hours ",
                                         "3661 working days", "87841 hours", "99999999999 hours", "5 Working days", "+5 working days" };
    Term t;
    Error err;
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (term_read(wrong[i], &t, &err) != RC_REJECT)
            fail_msg("\"%s\" was understood", wrong[i]);
    assert_int_equal(term_read("1 calendar day", &t, &err), RC_OK);
    assert_int_equal(term_read("87840 hours", &t, &err), RC_OK);
    assert_false(t.moves);
}

static void a_tz_database_that_is_too_old_is_refused(void **state)
{
    Zone *z = NULL;
    Error err = {0};
    (void)state;
    assert_int_equal(almaty_check(almaty, &err), RC_OK);
    assert_int_equal(zone_load("Asia/Omsk", &z, &err), RC_OK);              /* at UTC+6 all the time, as Almaty is in old data */
    assert_int_equal(almaty_check(z, &err), RC_FATAL);
    assert_non_null(strstr(err.text, "tzdata"));
    zone_free(&z);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terms_end_on_the_days_that_the_acts_give), cmocka_unit_test(a_term_lasts_until_midnight_in_almaty),
        cmocka_unit_test(a_term_that_does_not_move_ends_where_it_ends), cmocka_unit_test(it_says_which_editions_were_asked), cmocka_unit_test(hours_run_through),
        cmocka_unit_test(each_day_is_told), cmocka_unit_test(a_term_out_of_the_calendar_is_refused), cmocka_unit_test(words_that_are_no_term_are_refused),
        cmocka_unit_test(a_tz_database_that_is_too_old_is_refused),
    };
    return cmocka_run_group_tests(tests, law_begin, law_end);
}
