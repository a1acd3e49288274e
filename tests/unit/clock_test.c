#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "gateway/base/clock.h"
#include <string.h>
#include <sys/timex.h>
#include <time.h>

#define EACH_OF(table, i) (size_t i = 0; i < sizeof table / sizeof *table; i++)

/* The seconds were taken from date(1): date -u -d TEXT +%s. */
static const struct { const char *text; int64_t seconds; int micro; } instants[] = {
    { "1970-01-01T00:00:01.000000Z", 1, 0 },            { "1969-12-31T23:59:59.500000Z", -1, 500000 },
    { "2000-02-29T12:34:56.000001Z", 951827696, 1 },    { "2024-02-29T18:00:00.000000Z", 1709229600, 0 },
    { "2026-11-23T15:04:05.123456Z", 1795446245, 123456 }, { "2100-03-01T00:00:00.999999Z", 4107542400, 999999 },
    { "1900-03-01T00:00:00.000000Z", -2203891200, 0 },  { "0001-01-01T00:00:00.000000Z", -62135596800, 0 },
    { "9999-12-31T23:59:59.999999Z", 253402300799, 999999 },
};

static void an_instant_is_written_in_utc_with_microseconds(void **state)
{
    (void)state;
    char out[INSTANT_TEXT];
    for EACH_OF(instants, i) {
        assert_ptr_equal(instant_text(instants[i].seconds * 1000000 + instants[i].micro, out), out);
        assert_string_equal(out, instants[i].text);
    }
    assert_string_equal(instant_text(0, out), "");
}

static void every_day_of_four_centuries_is_the_day_the_c_library_says(void **state)
{
    (void)state;
    for (int64_t day = -40000; day < 110000; day++) {
        time_t t = day * 86400 + 3661;
        struct tm tm;
        char expected[INSTANT_TEXT], out[INSTANT_TEXT];
        gmtime_r(&t, &tm);
        strftime(expected, sizeof expected, "%Y-%m-%dT%H:%M:%S.000000Z", &tm);
        assert_string_equal(instant_text(t * 1000000, out), expected);
        Instant back;
        bool zoned;
        assert_true(instant_read(expected, &back, &zoned));
        assert_int_equal(back, t * 1000000);
    }
}

static void what_was_written_is_read_back(void **state)
{
    (void)state;
    for EACH_OF(instants, i) {
        Instant at;
        bool zoned = false;
        assert_true(instant_read(instants[i].text, &at, &zoned));
        assert_int_equal(at, instants[i].seconds * 1000000 + instants[i].micro);
        assert_true(zoned);
    }
}

static void zones_fractions_and_cases_of_letters_are_read(void **state)
{
    (void)state;
    static const struct { const char *text, *utc; bool zoned; } cases[] = {
        { "2026-11-23T15:04:05Z", "2026-11-23T15:04:05.000000Z", true },
        { "2026-11-23t15:04:05z", "2026-11-23T15:04:05.000000Z", true },
        { "2026-11-23T15:04:05+05:00", "2026-11-23T10:04:05.000000Z", true },
        { "2026-11-23T15:04:05-03:30", "2026-11-23T18:34:05.000000Z", true },
        { "2026-11-23T15:04:05.1+05:00", "2026-11-23T10:04:05.100000Z", true },
        { "2026-11-23T15:04:05.1234567899Z", "2026-11-23T15:04:05.123456Z", true },
        { "2026-01-01T02:00:00+05:00", "2025-12-31T21:00:00.000000Z", true },
        { "2026-12-31T24:00:00Z", "2027-01-01T00:00:00.000000Z", true },
        { "2026-11-23T00:00:00-00:00", "2026-11-23T00:00:00.000000Z", true },
        { "2026-11-23T15:04:05", "2026-11-23T10:04:05.000000Z", false },
        { "2026-11-23T15:04:05.5", "2026-11-23T10:04:05.500000Z", false },
        { "2024-03-01T00:00:00", "2024-02-29T19:00:00.000000Z", false },
        { "2024-02-29T23:59:59", "2024-02-29T17:59:59.000000Z", false },
        { "2024-02-29T22:30:00", "2024-02-29T16:30:00.000000Z", false },
        { "2023-12-31T23:00:00", "2023-12-31T17:00:00.000000Z", false },
    };
    for EACH_OF(cases, i) {
        Instant at;
        bool zoned = !cases[i].zoned;
        char out[INSTANT_TEXT];
        assert_true(instant_read(cases[i].text, &at, &zoned));
        assert_string_equal(instant_text(at, out), cases[i].utc);
        assert_int_equal(zoned, cases[i].zoned);
    }
}

static void what_is_no_instant_is_refused_and_nothing_is_written(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "", "2026", "2026-11-23", "2026-11-23T", "2026-11-23T15:04", "2026-11-23 15:04:05Z", "2026-11-23T15:04:05.Z", "2026-11-23T15:04:05,5Z",
        "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
        "2026-01-00T00:00:00Z", "0000-01-01T00:00:00Z", "2026-11-23T25:00:00Z", "2026-11-23T24:00:01Z", "2026-11-23T24:00:00.1Z",
        "2026-11-23T15:60:00Z", "2026-11-23T15:04:60Z", "2026-11-23T15:04:05ZZ", "2026-11-23T15:04:05+5:00", "2026-11-23T15:04:05+0500",
        "2026-11-23T15:04:05+24:00", "2026-11-23T15:04:05+05:60", "2026-11-23T15:04:05+05:00 ", " 2026-11-23T15:04:05Z", "+2026-11-23T15:04:05Z",
        "26-11-23T15:04:05Z", "2026-1-23T15:04:05Z", "2026-11-23T15:04:05+", "2026/11/23T15:04:05Z", "12026-11-23T15:04:05Z",
    };
    for EACH_OF(wrong, i) {
        Instant at = 42;
        bool zoned = true;
        if (instant_read(wrong[i], &at, &zoned))
            fail_msg("%s was read", wrong[i]);
        assert_int_equal(at, 42);
        assert_true(zoned);
    }
}

static Instant noon(void *self) { return *(Instant *)self; }
static bool never(void *self) { return (void)self, false; }

static void a_clock_can_be_set_by_hand(void **state)
{
    (void)state;
    Instant set = 1234567;
    Clock c = { noon, never, &set };
    assert_int_equal(clock_now(&c), 1234567);
    assert_false(clock_synchronised(&c));
}

static void the_system_clock_follows_the_kernel(void **state)
{
    (void)state;
    time_t before = time(NULL);
    Instant now = clock_now(&system_clock);
    assert_in_range(now / 1000000, before - 1, before + 5);
    struct timex t = { .modes = 0 };
    bool in_step = ntp_adjtime(&t) != TIME_ERROR;
    assert_int_equal(clock_synchronised(&system_clock), in_step);
}

static void a_day_begins_in_almaty(void **state)
{
    (void)state;
    static const struct { const char *at; int year, month, day; } rows[] = {
        { "2026-12-31T18:59:59.999999Z", 2026, 12, 31 }, { "2026-12-31T19:00:00Z", 2027, 1, 1 }, { "2023-12-31T17:59:59Z", 2023, 12, 31 }, { "2023-12-31T18:00:00Z", 2024, 1, 1 },
        { "2024-02-29T17:59:59Z", 2024, 2, 29 }, { "2024-02-29T18:00:00Z", 2024, 2, 29 }, { "2024-02-29T18:59:59Z", 2024, 2, 29 }, { "2024-02-29T19:00:00Z", 2024, 3, 1 },
        { "1969-12-31T17:00:00Z", 1969, 12, 31 }, { "1969-12-31T18:00:00Z", 1970, 1, 1 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Instant at;
        bool zoned;
        assert_true(instant_read(rows[i].at, &at, &zoned));
        Day d = instant_day(at);
        assert_int_equal(d.year * 10000 + d.month * 100 + d.day, rows[i].year * 10000 + rows[i].month * 100 + rows[i].day);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_instant_is_written_in_utc_with_microseconds),
        cmocka_unit_test(every_day_of_four_centuries_is_the_day_the_c_library_says),
        cmocka_unit_test(what_was_written_is_read_back),
        cmocka_unit_test(zones_fractions_and_cases_of_letters_are_read),
        cmocka_unit_test(what_is_no_instant_is_refused_and_nothing_is_written),
        cmocka_unit_test(a_clock_can_be_set_by_hand),
        cmocka_unit_test(a_day_begins_in_almaty),
        cmocka_unit_test(the_system_clock_follows_the_kernel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
