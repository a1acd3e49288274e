#include "gateway/law/period.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static Period period(const char *text)
{
    Period p;
    if (!period_read(text, &p))
        fail_msg("%s is not understood", text);
    return p;
}

static void periods_begin_and_end(void **state)
{
    static const struct { const char *text, *begin, *end, *previous, *next; } rows[] = {
        { "2024-12",    "2024-12-01", "2024-12-31", "2024-11",    "2025-01" },
        { "2024-02",    "2024-02-01", "2024-02-29", "2024-01",    "2024-03" },
        { "2100-02",    "2100-02-01", "2100-02-28", "2100-01",    "2100-03" },
        { "2024-Q1",    "2024-01-01", "2024-03-31", "2023-Q4",    "2024-Q2" },
        { "2024-Q4",    "2024-10-01", "2024-12-31", "2024-Q3",    "2025-Q1" },
        { "2024-H1",    "2024-01-01", "2024-06-30", "2023-H2",    "2024-H2" },
        { "2024-H2",    "2024-07-01", "2024-12-31", "2024-H1",    "2025-H1" },
        { "2024",       "2024-01-01", "2024-12-31", "2023",       "2025" },
        { "2024-02-29", "2024-02-29", "2024-02-29", "2024-02-28", "2024-03-01" },
    };
    char text[PERIOD_TEXT];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Period p = period(rows[i].text);
        assert_string_equal(period_text(p, text), rows[i].text);
        assert_string_equal(civil_text(period_begin(p), text), rows[i].begin);
        assert_string_equal(civil_text(period_end(p), text), rows[i].end);
        assert_string_equal(period_text(period_previous(p), text), rows[i].previous);
        assert_string_equal(period_text(period_next(p), text), rows[i].next);
        assert_int_equal(period_year(p), strtol(rows[i].text, NULL, 10));
    }
}

/* Every day of 400 years lies in exactly the period that is found for it, and a new one begins exactly where the last one ended. */
static void periods_follow_each_other_without_a_gap(void **state)
{
    static const PeriodLength lengths[] = { DAILY, MONTHLY, QUARTERLY, HALF_YEARLY, YEARLY };
    (void)state;
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        Period last = period_around(lengths[i], calendar_days(1899, 12, 31));
        for (CivilDay day = calendar_days(1900, 1, 1); day < calendar_days(2300, 1, 1); day++) {
            Period p = period_around(lengths[i], day);
            assert_in_range(day - period_begin(p), 0, period_end(p) - period_begin(p));
            if (p.no != last.no)
                assert_int_equal(period_begin(p), period_end(last) + 1);
            last = p;
        }
    }
}

static void what_is_no_period_is_refused(void **state)
{
    static const char *const wrong[] = { "", "2024-13", "2024-00", "2024-1", "2024-Q0", "2024-Q5", "2024-H3", "2024-H0", "24", "20240", "0000", "2024-02-30", "2024-Q1 ", "2024-q1", "2024/01", "2024-1x", "-024-01" };
    Period p;
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (period_read(wrong[i], &p))
            fail_msg("\"%s\" was understood", wrong[i]);
}

static void days_are_read_as_they_are_written(void **state)
{
    static const char *const wrong[] = { "2023-02-29", "2024-02-30", "2024-13-01", "2024-00-10", "2024-01-00", "2024-1-1", "24-01-01", "2024-01-01T", "2024-01-0", "0000-01-01", "2024.01.01" };
    char text[CIVIL_TEXT];
    CivilDay day, again;
    (void)state;
    for (day = calendar_days(1, 1, 1); day <= calendar_days(9999, 12, 31); day += 37) {
        assert_true(civil_read(civil_text(day, text), &again));
        assert_int_equal(again, day);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (civil_read(wrong[i], &day))
            fail_msg("\"%s\" was understood", wrong[i]);
    assert_true(civil_read("2024-02-29", &day));
    assert_string_equal(civil_weekday_name(day), "Thursday");
    assert_string_equal(civil_weekday_name(calendar_days(1969, 12, 28)), "Sunday");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(periods_begin_and_end), cmocka_unit_test(periods_follow_each_other_without_a_gap), cmocka_unit_test(what_is_no_period_is_refused),
        cmocka_unit_test(days_are_read_as_they_are_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
