#include "gateway/flow/schedule.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static Zone *almaty;

static Instant at(const char *text)
{
    Instant i;
    bool zoned;
    assert_true(instant_read(text, &i, &zoned));
    return i;
}

static Schedule of(const char *text)
{
    Schedule s;
    if (!schedule_read(text, &s))
        fail_msg("%s is not understood", text);
    return s;
}

static void next_is(const char *schedule, const char *after, const char *expected)
{
    char text[INSTANT_TEXT];
    Schedule s = of(schedule);
    instant_text(schedule_next(&s, almaty, at(after)), text);
    if (strncmp(text, expected, strlen(expected)))
        fail_msg("%s after %s: %s, expected %s", schedule, after, text, expected);
}

static void last_is(const char *schedule, const char *when, const char *expected)
{
    char text[INSTANT_TEXT];
    Schedule s = of(schedule);
    instant_text(schedule_last(&s, almaty, at(when)), text);
    if (strncmp(text, expected, strlen(expected)))
        fail_msg("%s at %s: %s, expected %s", schedule, when, text, expected);
}

static void words_that_are_no_schedule_are_refused(void **state)
{
    static const char *const wrong[] = {
        "", "daily", "daily 3:00", "daily 24:00", "daily 03:60", "daily 03:00 ", "daily mon 03:00", "weekly 03:00", "weekly monday 03:00", "weekly xyz 03:00",
        "monthly 0 03:00", "monthly 32 03:00", "monthly 01 03:00", "monthly -1 03:00", "monthly 1", "hourly 03:00", "yearly 1 03:00", " daily 03:00", "daily 03-00",
        "monthly 1 1 03:00",
    };
    Schedule s;
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (schedule_read(wrong[i], &s))
            fail_msg("\"%s\" was understood", wrong[i]);
}

static void next_moments_are_local_and_after(void **state)
{
    (void)state;
    next_is("daily 03:00", "2026-11-25T21:59:59Z", "2026-11-25T22:00:00");      /* 03:00 in Almaty is 22:00 the day before in UTC */
    next_is("daily 03:00", "2026-11-25T22:00:00Z", "2026-11-26T22:00:00");
    next_is("hourly", "2026-11-25T21:59:59Z", "2026-11-25T22:00:00");
    next_is("hourly", "2026-11-25T22:00:00Z", "2026-11-25T23:00:00");
    next_is("weekly mon 03:00", "2026-11-25T00:00:00Z", "2026-11-29T22:00:00"); /* Monday 30 November */
    next_is("weekly wed 12:00", "2026-11-25T06:59:59Z", "2026-11-25T07:00:00");
    next_is("weekly sun 00:00", "2026-11-25T07:00:00Z", "2026-11-28T19:00:00");
    next_is("monthly 1 03:00", "2026-11-25T00:00:00Z", "2026-11-30T22:00:00");
    next_is("monthly 1 03:00", "2026-12-31T22:00:00Z", "2027-01-31T22:00:00");
}

static void a_short_month_has_its_last_day(void **state)
{
    (void)state;
    next_is("monthly 31 12:00", "2026-11-01T00:00:00Z", "2026-11-30T07:00:00");
    next_is("monthly 31 12:00", "2026-11-30T07:00:00Z", "2026-12-31T07:00:00");
    next_is("monthly 30 12:00", "2027-02-01T00:00:00Z", "2027-02-28T07:00:00");
    next_is("monthly 29 12:00", "2028-02-01T00:00:00Z", "2028-02-29T07:00:00");
    next_is("monthly 31 12:00", "2028-02-29T07:00:00Z", "2028-03-31T07:00:00");
}

static void last_moments_are_not_after(void **state)
{
    (void)state;
    last_is("daily 03:00", "2026-11-25T22:00:00Z", "2026-11-25T22:00:00");
    last_is("daily 03:00", "2026-11-25T21:59:59Z", "2026-11-24T22:00:00");
    last_is("monthly 31 12:00", "2027-03-01T00:00:00Z", "2027-02-28T07:00:00");
    last_is("monthly 31 12:00", "2027-02-28T06:59:59Z", "2027-01-31T07:00:00");
    last_is("weekly mon 03:00", "2026-11-29T21:59:59Z", "2026-11-22T22:00:00");
    last_is("hourly", "2026-11-25T22:59:59Z", "2026-11-25T22:00:00");
}

/* On 1 March 2024 the clocks of Almaty went from +6 to +5: 23:00 to 24:00 of 29 February came twice, and the first counts. */
static void the_hour_that_came_twice_counts_once(void **state)
{
    (void)state;
    next_is("daily 03:00", "2024-02-28T21:00:00Z", "2024-02-29T22:00:00");      /* the night itself is an hour longer */
    next_is("daily 03:00", "2024-02-27T21:00:00Z", "2024-02-28T21:00:00");
    next_is("daily 23:30", "2024-02-29T00:00:00Z", "2024-02-29T17:30:00");
    next_is("daily 23:30", "2024-02-29T17:30:00Z", "2024-03-01T18:30:00");
    next_is("monthly 29 23:30", "2024-02-29T17:30:00Z", "2024-03-29T18:30:00");
    next_is("monthly 1 00:00", "2024-02-10T00:00:00Z", "2024-02-29T19:00:00");
    last_is("daily 23:30", "2024-02-29T18:40:00Z", "2024-02-29T17:30:00");
}

/* On 28 March 2004 at 02:00 they went to 03:00: what stands in the gap is done at its end. */
static void an_hour_that_never_came_is_made_good_at_its_end(void **state)
{
    (void)state;
    next_is("daily 02:30", "2004-03-27T00:00:00Z", "2004-03-27T20:00:00");
    next_is("daily 02:30", "2004-03-27T20:00:00Z", "2004-03-28T19:30:00");
}

static void period_is(const char *rule, PeriodForm form, const char *when, const char *expected)
{
    char out[PERIOD_SIZE];
    assert_true(period_by_rule(rule, form, almaty, at(when), out));
    assert_string_equal(out, expected);
}

static void periods_by_rule(void **state)
{
    char out[PERIOD_SIZE];
    (void)state;
    period_is("current", PERIOD_MONTH, "2026-10-31T19:00:00Z", "2026-11");       /* in Almaty it is November already */
    period_is("previous", PERIOD_MONTH, "2026-10-31T18:59:59Z", "2026-09");
    period_is("previous", PERIOD_MONTH, "2027-01-15T00:00:00Z", "2026-12");
    period_is("current", PERIOD_QUARTER, "2026-11-25T00:00:00Z", "2026-Q4");
    period_is("previous", PERIOD_QUARTER, "2026-01-15T00:00:00Z", "2025-Q4");
    period_is("current", PERIOD_HALF_YEAR, "2026-07-01T00:00:00Z", "2026-H2");
    period_is("previous", PERIOD_HALF_YEAR, "2026-07-01T00:00:00Z", "2026-H1");
    period_is("previous", PERIOD_YEAR, "2026-07-01T00:00:00Z", "2025");
    period_is("previous", PERIOD_DAY, "2026-02-28T19:00:00Z", "2026-02-28");
    period_is("2026-05", PERIOD_MONTH, "2026-11-25T00:00:00Z", "2026-05");
    assert_false(period_by_rule("2026-Q1", PERIOD_MONTH, almaty, at("2026-11-25T00:00:00Z"), out));
    assert_false(period_by_rule("next", PERIOD_MONTH, almaty, at("2026-11-25T00:00:00Z"), out));
}

static void a_zone_that_is_not_there_is_said(void **state)
{
    Zone *z = NULL;
    Error err;
    (void)state;
    assert_int_equal(zone_load("Asia/Nowhere", &z, &err), RC_FATAL);
    assert_non_null(strstr(err.text, "Asia/Nowhere"));
    assert_null(z);
}

static int open_zone(void **state)
{
    Error err;
    (void)state;
    return zone_load("Asia/Almaty", &almaty, &err);
}

static int close_zone(void **state)
{
    (void)state;
    zone_free(&almaty);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_that_are_no_schedule_are_refused),
        cmocka_unit_test(next_moments_are_local_and_after),
        cmocka_unit_test(a_short_month_has_its_last_day),
        cmocka_unit_test(last_moments_are_not_after),
        cmocka_unit_test(the_hour_that_came_twice_counts_once),
        cmocka_unit_test(an_hour_that_never_came_is_made_good_at_its_end),
        cmocka_unit_test(periods_by_rule),
        cmocka_unit_test(a_zone_that_is_not_there_is_said),
    };
    return cmocka_run_group_tests(tests, open_zone, close_zone);
}
