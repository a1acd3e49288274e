#include "gateway/law/timetable.h"
#include "tests/unit/law_fixture.h"

typedef Rc Ask(const Timetable *t, const Counting *by, Instant at, Occasion *out, Error *err);

static void occasion_is(Ask *ask, const char *text, const char *at, const char *known_at, const char *expected, const char *about)
{
    Counting by = { calendar, almaty, moment(known_at) };
    Timetable t;
    Occasion o = {0};
    Error err = {0};
    char shown[INSTANT_TEXT], period[PERIOD_TEXT];
    if (timetable_read(text, &t, &err) || ask(&t, &by, moment(at), &o, &err))
        fail_msg("%s: %s", text, err.text);
    period_text(o.about, period);
    if (o.at != moment(expected) || strcmp(period, about))
        fail_msg("%s at %s: %s about %s, expected %s about %s", text, at, instant_text(o.at, shown), period, expected, about);
}

static void next_is(const char *text, const char *after, const char *expected, const char *about) { occasion_is(timetable_next, text, after, NULL, expected, about); }

static void last_is(const char *text, const char *at, const char *expected, const char *about) { occasion_is(timetable_last, text, at, NULL, expected, about); }

static void occasions_come_in_the_orders_terms(void **state)
{
    (void)state;
    next_is("first working day of month", "2024-12-15T00:00:00+05:00", "2025-01-05T09:00:00+05:00", "2024-12");
    next_is("first working day of month", "2025-01-05T09:00:00+05:00", "2025-02-03T09:00:00+05:00", "2025-01");
    next_is("first working day of month", "2025-01-05T08:59:59+05:00", "2025-01-05T09:00:00+05:00", "2024-12");
    next_is("first day of month", "2024-12-15T00:00:00+05:00", "2025-01-01T09:00:00+05:00", "2024-12");
    next_is("last working day of month", "2024-06-01T00:00:00+05:00", "2024-06-28T09:00:00+05:00", "2024-06");
    next_is("last working day of month", "2024-06-29T00:00:00+05:00", "2024-07-31T09:00:00+05:00", "2024-07");
    next_is("last day of quarter at 23:30", "2024-06-01T00:00:00+05:00", "2024-06-30T23:30:00+05:00", "2024-Q2");
    next_is("month end + 3 working days", "2024-04-30T12:00:00+05:00", "2024-05-04T09:00:00+05:00", "2024-04");
    next_is("month end + 3 working days", "2024-05-04T09:00:00+05:00", "2024-06-05T09:00:00+05:00", "2024-05");
    next_is("month end", "2024-11-15T00:00:00+05:00", "2024-12-02T09:00:00+05:00", "2024-11");
    next_is("quarter end + 5 working days", "2024-12-31T23:00:00+05:00", "2025-01-10T09:00:00+05:00", "2024-Q4");
    next_is("quarter end + 5 working days at 18:30", "2025-01-10T18:00:00+05:00", "2025-01-10T18:30:00+05:00", "2024-Q4");
    next_is("half-year", "2024-03-01T00:00:00+05:00", "2024-07-01T09:00:00+05:00", "2024-H1");
    next_is("half-year end + 10 calendar days", "2024-03-01T00:00:00+05:00", "2024-07-10T09:00:00+05:00", "2024-H1");
    next_is("year end + 1 working day", "2023-06-01T00:00:00+05:00", "2024-01-03T09:00:00+06:00", "2023");
    next_is("15 December", "2024-12-01T00:00:00+05:00", "2024-12-17T09:00:00+05:00", "2024");
    next_is("15 December", "2024-12-17T09:00:00+05:00", "2025-12-15T09:00:00+05:00", "2025");
    next_is("1 February at 00:00", "2026-01-01T00:00:00+05:00", "2026-02-02T00:00:00+05:00", "2026");
    next_is("every working day", "2024-05-03T09:00:00+05:00", "2024-05-04T09:00:00+05:00", "2024-05-04");
    next_is("every working day 09:00", "2024-05-04T09:00:00+05:00", "2024-05-06T09:00:00+05:00", "2024-05-06");
    next_is("every day at 23:59", "2024-05-04T23:59:00+05:00", "2024-05-05T23:59:00+05:00", "2024-05-05");
    next_is("quarter end + 90 working days", "2024-12-31T00:00:00+05:00", "2025-02-10T09:00:00+05:00", "2024-Q3");
}

static void last_occasions_are_not_after(void **state)
{
    (void)state;
    last_is("first working day of month", "2025-01-05T09:00:00+05:00", "2025-01-05T09:00:00+05:00", "2024-12");
    last_is("first working day of month", "2025-01-05T08:59:59+05:00", "2024-12-02T09:00:00+05:00", "2024-11");
    last_is("month end + 3 working days", "2024-06-05T08:00:00+05:00", "2024-05-04T09:00:00+05:00", "2024-04");
    last_is("15 December", "2024-12-16T12:00:00+05:00", "2023-12-15T09:00:00+06:00", "2023");
    last_is("every working day", "2024-05-05T12:00:00+05:00", "2024-05-04T09:00:00+05:00", "2024-05-04");
    last_is("half-year", "2024-12-31T08:00:00+05:00", "2024-07-01T09:00:00+05:00", "2024-H1");
}

static void the_editions_known_then_decide(void **state)
{
    (void)state;
    occasion_is(timetable_next, "month end", "2026-08-15T00:00:00+05:00", "2026-02-01T00:00:00+05:00", "2026-09-01T09:00:00+05:00", "2026-08");
    occasion_is(timetable_next, "month end", "2026-08-15T00:00:00+05:00", NULL, "2026-08-31T09:00:00+05:00", "2026-08");
}

/* Asked from each occasion, the next is the next and the last of a moment before it is that occasion: none is left out, none comes twice. */
static void next_and_last_agree_over_ten_years(void **state)
{
    static const char *const texts[] = { "first working day of month", "last working day of quarter", "month end + 3 working days", "quarter end + 5 working days", "half-year", "15 December",
                                         "every working day at 18:00", "month end + 40 working days", "last day of year" };
    Counting by = { calendar, almaty, KNOWN_NOW };
    Error err;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        Timetable t;
        Occasion o = { .at = moment("2024-01-01T00:00:00Z") }, next, last;
        assert_int_equal(timetable_read(texts[i], &t, &err), RC_OK);
        assert_int_equal(timetable_next(&t, &by, o.at, &o, &err), RC_OK);
        while (o.at < moment("2034-01-01T00:00:00Z")) {
            assert_int_equal(timetable_next(&t, &by, o.at, &next, &err), RC_OK);
            assert_int_equal(timetable_last(&t, &by, next.at - 1, &last, &err), RC_OK);
            assert_true(next.at > o.at && last.at == o.at && last.about.no == o.about.no);
            assert_true(t.form == EACH_WORKING_DAY || next.about.no == o.about.no + 1);
            o = next;
        }
    }
}

static void what_is_not_understood_is_said_with_its_place(void **state)
{
    static const struct { const char *text, *said; } rows[] = {
        { "", "something is missing at its end" },
        { "first", "something is missing at its end" },
        { "first wrking day of month", "'wrking' at character 7" },
        { "first working day of moth", "'moth' at character 22" },
        { "first working day of month please", "'please' at character 28" },
        { "quarter end + working days", "'working' at character 15" },
        { "quarter end + 400 working days", "'400' at character 15" },
        { "quarter end + 5 days", "'days' at character 17" },
        { "quarter end + 5 working day", "'day' at character 25" },
        { "quarter end +", "something is missing at its end" },
        { "квартал", "'квартал' at character 1" },
        { "every työpäivä 09:00", "'työpäivä' at character 7" },
        { "15 december", "'december' at character 4" },
        { "31 November", "'November' at character 4" },
        { "29 February", "'February' at character 4" },
        { "32 December", "'32' at character 1" },
        { "0 December", "'0' at character 1" },
        { "month at 24:00", "'24:00' at character 10" },
        { "month at 9:00", "'9:00' at character 10" },
        { "month at noon", "'noon' at character 10" },
        { "month at", "'at' at character 7" },
        { "every day 09:0x", "'09:0x' at character 11" },
        { "a b c d e f g h i j k l m n o", "'a' at character 1" },
    };
    Timetable t;
    Error err;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (timetable_read(rows[i].text, &t, &err) != RC_REJECT)
            fail_msg("\"%s\" was understood", rows[i].text);
        if (!strstr(err.text, rows[i].said) || !strstr(err.text, "understood are: every [working] day") || !strstr(err.text, "at HH:MM"))
            fail_msg("\"%s\": %s, expected %s", rows[i].text, err.text, rows[i].said);
    }
}

static void out_of_the_calendar_is_said(void **state)
{
    Counting by = { calendar, almaty, KNOWN_NOW };
    Timetable t;
    Occasion o;
    Error err;
    (void)state;
    assert_int_equal(timetable_read("month end", &t, &err), RC_OK);
    assert_int_equal(timetable_next(&t, &by, moment("2101-01-01T00:00:00Z"), &o, &err), RC_REJECT);
    assert_int_equal(timetable_last(&t, &by, moment("2022-01-01T00:00:00Z"), &o, &err), RC_REJECT);
    assert_int_equal(timetable_next(&t, &by, moment("2015-01-01T00:00:00Z"), &o, &err), RC_OK);       /* the first one that the calendar can tell */
    assert_int_equal(o.at, moment("2023-01-31T09:00:00+06:00"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(occasions_come_in_the_orders_terms), cmocka_unit_test(last_occasions_are_not_after), cmocka_unit_test(the_editions_known_then_decide),
        cmocka_unit_test(next_and_last_agree_over_ten_years), cmocka_unit_test(what_is_not_understood_is_said_with_its_place), cmocka_unit_test(out_of_the_calendar_is_said),
    };
    return cmocka_run_group_tests(tests, law_begin, law_end);
}
