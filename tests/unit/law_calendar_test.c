#include "tests/unit/law_fixture.h"

/* Days of Monday to Friday on which nobody works, as the acts and the news have them; worked days of a weekend; how many days are worked. */
static const struct { int year; const char *off, *worked; int working_days; bool forecast; } years[] = {
    { 2023, "01-02 01-03 03-08 03-21 03-22 03-23 05-01 05-08 05-09 06-28 07-06 07-07 08-30 10-25 12-18", "07-01", 246, false },
    { 2024, "01-01 01-02 03-08 03-21 03-22 03-25 05-01 05-07 05-08 05-09 07-08 08-30 10-25 12-16", "05-04", 249, false },
    { 2025, "01-01 01-02 01-03 01-07 03-10 03-21 03-24 03-25 05-01 05-07 05-09 06-06 07-07 09-01 10-27 12-16", "01-05", 246, false },
    { 2026, "01-01 01-02 01-07 03-09 03-23 03-24 03-25 05-01 05-07 05-11 05-27 07-06 10-26 12-16", "", 247, false },
    { 2027, "01-01 01-04 01-07 03-08 03-15 03-22 03-23 03-24 05-03 05-07 05-10 07-06 10-25 12-16", "", 247, true },
};

static void list(const Edition *e, bool weekend, char *out, size_t size)
{
    size_t used = 0;
    char text[CIVIL_TEXT];
    *out = '\0';
    for (CivilDay d = e->first; d <= e->last; d++)
        if (civil_weekend(d) == weekend && edition_works(e, d) == weekend)
            used += (size_t)snprintf(out + used, size - used, "%s%s", used ? " " : "", civil_text(d, text) + 5);
}

static void the_years_are_as_published(void **state)
{
    char days[400];
    (void)state;
    for (size_t i = 0; i < sizeof years / sizeof *years; i++) {
        const Edition *e = calendar_edition(calendar, years[i].year, KNOWN_NOW);
        list(e, false, days, sizeof days);
        assert_string_equal(days, years[i].off);
        list(e, true, days, sizeof days);
        assert_string_equal(days, years[i].worked);
        assert_int_equal(edition_working_days(e, e->first, e->last), years[i].working_days);
        assert_int_equal(e->provisional, years[i].forecast);
        assert_false(e->computed);
    }
}

/* The acts moved days off; all the others follow from the Law alone. */
static void the_law_gives_what_acts_did_not_move(void **state)
{
    static const struct { int year; const char *moved; } rows[] = { { 2023, "07-01 07-07" }, { 2024, "05-04 05-08" }, { 2025, "01-03 01-05" }, { 2026, "" }, { 2027, "" } };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        HolidayYear law;
        char moved[100] = "", text[CIVIL_TEXT];
        size_t used = 0;
        const Edition *e = calendar_edition(calendar, rows[i].year, KNOWN_NOW);
        holidays_year(calendar_law(calendar), rows[i].year, KNOWN_NOW, &law);
        for (CivilDay d = e->first; d <= e->last; d++)
            if (dayset_has(&law.off, d - e->first) == edition_works(e, d))
                used += (size_t)snprintf(moved + used, sizeof moved - used, "%s%s", used ? " " : "", civil_text(d, text) + 5);
        assert_string_equal(moved, rows[i].moved);
    }
}

static void edition_is(int year, const char *known_at, const char *expected)
{
    const Edition *e = calendar_edition(calendar, year, moment(known_at));
    assert_non_null(e);
    assert_string_equal(e->id, expected);
}

static void an_edition_holds_from_the_moment_it_was_known(void **state)
{
    (void)state;
    edition_is(2024, "2024-06-06T18:59:59.999999Z", "kz-2024/2");
    edition_is(2024, "2024-06-06T19:00:00Z", "kz-2024/3");
    edition_is(2024, "2024-01-01T00:00:00+06:00", "kz-2024/1");
    edition_is(2024, "2023-12-31T23:59:59+06:00", "kz-2024/computed");
    edition_is(2026, "2026-03-17T18:59:59Z", "kz-2026/1");
    edition_is(2026, NULL, "kz-2026/2");
    edition_is(2028, "2026-03-17T18:59:59Z", "kz-2028/computed");
    edition_is(2028, NULL, "kz-2028/computed-2026-03-18");
    assert_null(calendar_edition(calendar, 2022, KNOWN_NOW));
    assert_null(calendar_edition(calendar, 2101, KNOWN_NOW));
}

static void works_is(const char *of, const char *known_at, bool expected)
{
    bool works = !expected;
    const Edition *by;
    Error err;
    assert_int_equal(calendar_works(calendar, day(of), moment(known_at), &works, &by, &err), RC_OK);
    if (works != expected)
        fail_msg("%s: %s by %s", of, works ? "worked" : "off", by->id);
}

/* In 2025 everybody expected a holiday on 30 August 2028; nobody one on 15 March. */
static void years_without_an_edition_follow_the_law_of_then(void **state)
{
    (void)state;
    works_is("2028-08-30", "2025-06-01T00:00:00Z", false);
    works_is("2028-08-30", NULL, true);
    works_is("2028-03-15", "2025-06-01T00:00:00Z", true);
    works_is("2028-03-15", NULL, false);
    works_is("2026-08-31", "2025-06-01T00:00:00Z", false);
    works_is("2028-05-05", NULL, false);                         /* the estimate of Kurban Ait */
    works_is("2029-12-17", NULL, false);
    works_is("2030-01-07", NULL, false);
    works_is("2034-01-09", NULL, true);                          /* 7 January on a Saturday moves nothing */
}

static void why_is(const char *of, const char *expected)
{
    char why[WHY_TEXT];
    bool works;
    const Edition *by;
    Error err;
    assert_int_equal(calendar_works(calendar, day(of), KNOWN_NOW, &works, &by, &err), RC_OK);
    if (!strstr(edition_why(calendar, by, day(of), why), expected))
        fail_msg("%s: %s, expected %s", of, why, expected);
}

static void each_day_has_its_reason(void **state)
{
    (void)state;
    why_is("2024-12-12", "working day");
    why_is("2024-12-14", "Saturday");
    why_is("2024-12-16", "Independence Day");
    why_is("2024-07-08", "day off instead of Saturday 2024-07-06, Capital Day");
    why_is("2024-05-04", "Saturday worked by kz-2024/2: G24G0000109");
    why_is("2024-05-08", "day off by kz-2024/2: G24G0000109");
    why_is("2025-01-05", "Sunday worked by kz-2025/1: G24G0000436");
    why_is("2028-05-05", "Kurban Ait (estimate)");
    why_is("2026-05-27", "Kurban Ait");
}

static void two_editions_of_one_name_or_moment_are_refused(void **state)
{
    const Edition *e = calendar_edition(calendar, 2024, KNOWN_NOW);
    Edition other = *e, later = *e, outside = *e;
    Calendar *c = NULL;
    Error err;
    (void)state;
    other.id = "kz-2024/4";
    later.known_since++;
    outside.year = 2300;
    const Edition *doubled[] = { e, &later }, *together[] = { e, &other }, *out[] = { &outside };
    assert_int_equal(calendar_new(law_arena, calendar_law(calendar), doubled, 2, &c, &err), RC_FATAL);
    assert_non_null(strstr(err.text, "stands in"));
    assert_int_equal(calendar_new(law_arena, calendar_law(calendar), together, 2, &c, &err), RC_FATAL);
    assert_non_null(strstr(err.text, "known since the same moment as kz-2024/3"));
    assert_int_equal(calendar_new(law_arena, calendar_law(calendar), out, 1, &c, &err), RC_FATAL);
    assert_non_null(strstr(err.text, "the years 2023 to 2100"));
    assert_null(c);
}

static void the_order_of_files_does_not_matter(void **state)
{
    const Edition *const *all;
    const Edition *backwards[8];
    size_t n = calendar_editions(calendar, 2024, &all), m = 0;
    Calendar *c;
    Error err;
    (void)state;
    for (size_t i = n; i > 0; i--)
        if (!all[i - 1]->computed)
            backwards[m++] = all[i - 1];
    assert_int_equal(m, 3);
    assert_int_equal(calendar_new(law_arena, calendar_law(calendar), backwards, m, &c, &err), RC_OK);
    assert_string_equal(calendar_edition(c, 2024, KNOWN_NOW)->id, "kz-2024/3");
    assert_string_equal(calendar_edition(c, 2024, moment("2024-05-01T00:00:00Z"))->id, "kz-2024/2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_years_are_as_published), cmocka_unit_test(the_law_gives_what_acts_did_not_move), cmocka_unit_test(an_edition_holds_from_the_moment_it_was_known),
        cmocka_unit_test(years_without_an_edition_follow_the_law_of_then), cmocka_unit_test(each_day_has_its_reason),
        cmocka_unit_test(two_editions_of_one_name_or_moment_are_refused), cmocka_unit_test(the_order_of_files_does_not_matter),
    };
    return cmocka_run_group_tests(tests, law_begin, law_end);
}
