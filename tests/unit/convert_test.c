#include "tests/unit/converting.h"
#include <stdio.h>
#include <time.h>

static void an_unknown_check_has_no_conversion(void **state)
{
    (void)state;
    assert_null(convert_for(TYPE_TEXT, "no-such-check"));
    assert_null(convert_for(TYPE_DATE, "iin"));
    assert_null(convert_for(TYPE_INTEGER, "nkz"));
    assert_null(convert_for(TYPE_OBJECT, NULL));
}

static void every_check_of_the_header_has_a_conversion(void **state)
{
    (void)state;
    EACH_OF("iin", "bin", "iin-or-bin", "kato", "nkz", "oked", "programme-code", "level", "code")
        assert_non_null(convert_for(TYPE_TEXT, *each));
    assert_non_null(convert_for(TYPE_INTEGER, "level"));
}

static void plain_text_stays_as_it_is(void **state)
{
    (void)state;
    EACH_OF("", "а", "Кәсіптік біліктілік", "12,50")
        same(TYPE_TEXT, NULL, *each);
}

static void an_iso_date_stays_as_it_is(void **state)
{
    (void)state;
    EACH_OF("2024-02-29", "1900-01-01", "2199-12-31", "2000-02-29")
        same(TYPE_DATE, NULL, *each);
}

static void a_date_with_points_is_turned(void **state)
{
    (void)state;
    becomes(TYPE_DATE, NULL, "29.02.2024", "2024-02-29", NULL);
    becomes(TYPE_DATE, NULL, "31.12.1999", "1999-12-31", NULL);
}

static void of_a_date_with_time_the_date_is_taken(void **state)
{
    (void)state;
    EACH_OF("2024-02-29T00:00", "2024-02-29T23:59:59", "2024-02-29T10:00:00Z", "2024-02-29T10:00:00.123456789+05:00", "2024-02-29T10:00+05",
            "2024-02-29T10:00:00,5-0430")
        becomes(TYPE_DATE, NULL, *each, "2024-02-29", NULL);
}

static void a_date_with_a_malformed_time_is_refused(void **state)
{
    (void)state;
    EACH_OF("2024-02-29T", "2024-02-29T10", "2024-02-29T24:00", "2024-02-29T10:60", "2024-02-29T10:00:60", "2024-02-29T10:00:00.", "2024-02-29T10:00x",
            "2024-02-29T10:00+5", "2024-02-29T10:00+15:00", "2024-02-29T10:00:00Z1", "2024-02-29 10:00", "2024-02-29T10:00+05:", "2024-02-29T10:00:0",
            "2024-02-29T10:00+05:0")
        refused(TYPE_DATE, NULL, *each, "not_date");
}

static void a_day_that_does_not_exist_is_refused(void **state)
{
    (void)state;
    EACH_OF("2023-02-29", "29.02.2023", "1900-02-29", "2100-02-29", "2024-13-01", "2024-00-10", "2024-04-31", "2024-01-00", "1899-12-31", "2200-01-01")
        refused(TYPE_DATE, NULL, *each, "not_date");
}

static void what_only_looks_like_a_date_is_refused(void **state)
{
    (void)state;
    EACH_OF("", "2024", "2024-2-9", "2024-02-2", "2024/02/29", "29.02.24", "20240229", "2024-02-29Z", "29-02-2024", "+024-02-29", "2024-02-29 ", "29.02.2024T10:00",
            "2024-02-2a", "２０２４-02-29", "Т024-02-29")
        refused(TYPE_DATE, NULL, *each, "not_date");
}

/* libc's calendar is the witness. */
static void exactly_the_days_of_three_centuries_are_taken(void **state)
{
    (void)state;
    struct tm first = { .tm_year = 0, .tm_mday = 1 }, after = { .tm_year = 300, .tm_mday = 1 };
    int64_t days = (timegm(&after) - timegm(&first)) / 86400, taken = 0;
    for (int year = 1895; year < 2205; year++)
        for (int month = 0; month < 14; month++)
            for (int day = 0; day < 33; day++) {
                char in[48];
                snprintf(in, sizeof in, "%04d-%02d-%02d", year, month, day);
                taken += converted(TYPE_DATE, NULL, in, false).rc == RC_OK;
            }
    assert_int_equal(taken, days);
}

static void canonical_integers_stay_as_they_are(void **state)
{
    (void)state;
    EACH_OF("0", "7", "-7", "10", "1000000", "9223372036854775807", "-9223372036854775808", "1000000000000000000")
        same(TYPE_INTEGER, NULL, *each);
}

static void integers_in_other_forms_become_canonical(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        { "+5", "5" }, { "-0", "0" }, { "+0", "0" }, { "3.0", "3" }, { "-30.000", "-30" }, { "0.0", "0" }, { "1e+15", "1000000000000000" },
        { "1.5E3", "1500" }, { "1200e-2", "12" }, { "0e50", "0" }, { "9223372036854775807.00", "9223372036854775807" },
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        becomes(TYPE_INTEGER, NULL, pairs[i][0], pairs[i][1], NULL);
}

static void what_is_not_an_integer_is_refused(void **state)
{
    (void)state;
    EACH_OF("", "-", "+", "007", "-01", "3.5", "3.", ".5", "3,0", "1,000", "1 000", "12a", "a12", "--1", "1e", "1e-1", "1e+", "1e+1x", "0x10", "1e19", "1e999999999999",
            "9223372036854775808", "-9223372036854775809", "92233720368547758070", "9223372036854775807.1", "1e-400", "١٢")
        refused(TYPE_INTEGER, NULL, *each, "not_integer");
}

static void canonical_decimals_stay_as_they_are(void **state)
{
    (void)state;
    EACH_OF("0", "12", "12.5", "-0.5", "0.000000000000000001", "123456789012345678", "123456789.123456789", "100")
        same(TYPE_DECIMAL, NULL, *each);
}

static void decimals_in_other_forms_become_canonical(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        { "12,50", "12.5" }, { "12.50", "12.5" }, { "-0", "0" }, { "-0.00", "0" }, { "+1.0", "1" }, { "1e-05", "0.00001" }, { "1.25e2", "125" },
        { "0,10", "0.1" }, { "1.000000000000000000000000", "1" }, { "1e17", "100000000000000000" }, { "123.45e1", "1234.5" },
        { "0.00000000000000000000000000000000000", "0" }, { "0.000e9", "0" },
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        becomes(TYPE_DECIMAL, NULL, pairs[i][0], pairs[i][1], NULL);
}

static void what_is_not_a_decimal_is_refused(void **state)
{
    (void)state;
    EACH_OF("", ".", ",5", "5,", "1.2.3", "1,2,3", "1.2,3", "00.5", "1e", "NaN", "inf", "1234567890123456789", "0.1234567890123456789", "12345678901.123456789", "1e18",
            "1e-19", "12.5%", "12.5 ", "0.00000000000000000000000000000000001")
        refused(TYPE_DECIMAL, NULL, *each, "not_decimal");
}

static void yes_and_no_are_understood_in_three_languages(void **state)
{
    (void)state;
    same(TYPE_BOOLEAN, NULL, "true");
    same(TYPE_BOOLEAN, NULL, "false");
    EACH_OF("1", "TRUE", "True", "yes", "YES", "да", "Да", "ДА", "иә", "Иә", "ИӘ")
        becomes(TYPE_BOOLEAN, NULL, *each, "true", NULL);
    EACH_OF("0", "False", "no", "No", "нет", "Нет", "НЕТ", "жоқ", "Жоқ", "ЖОҚ")
        becomes(TYPE_BOOLEAN, NULL, *each, "false", NULL);
    EACH_OF("", "2", "t", "truee", "tru", "y", "д", "не", "да!", "ia", "-1")
        refused(TYPE_BOOLEAN, NULL, *each, "not_boolean");
}

static void a_personal_value_is_never_quoted(void **state)
{
    (void)state;
    static const struct { Type type; const char *check; } all[] = {
        { TYPE_DATE, NULL }, { TYPE_INTEGER, NULL }, { TYPE_DECIMAL, NULL }, { TYPE_BOOLEAN, NULL }, { TYPE_TEXT, "iin" }, { TYPE_TEXT, "bin" },
        { TYPE_TEXT, "iin-or-bin" }, { TYPE_TEXT, "kato" }, { TYPE_TEXT, "nkz" }, { TYPE_TEXT, "oked" }, { TYPE_TEXT, "programme-code" },
        { TYPE_TEXT, "level" }, { TYPE_INTEGER, "level" },
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        Result r = converted(all[i].type, all[i].check, "secret", true);
        assert_int_equal(r.rc, RC_REJECT);
        assert_string_equal(r.err.arg[0], "");
        assert_null(strstr(r.err.text, "secret"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unknown_check_has_no_conversion),
        cmocka_unit_test(every_check_of_the_header_has_a_conversion),
        cmocka_unit_test(plain_text_stays_as_it_is),
        cmocka_unit_test(an_iso_date_stays_as_it_is),
        cmocka_unit_test(a_date_with_points_is_turned),
        cmocka_unit_test(of_a_date_with_time_the_date_is_taken),
        cmocka_unit_test(a_date_with_a_malformed_time_is_refused),
        cmocka_unit_test(a_day_that_does_not_exist_is_refused),
        cmocka_unit_test(what_only_looks_like_a_date_is_refused),
        cmocka_unit_test(exactly_the_days_of_three_centuries_are_taken),
        cmocka_unit_test(canonical_integers_stay_as_they_are),
        cmocka_unit_test(integers_in_other_forms_become_canonical),
        cmocka_unit_test(what_is_not_an_integer_is_refused),
        cmocka_unit_test(canonical_decimals_stay_as_they_are),
        cmocka_unit_test(decimals_in_other_forms_become_canonical),
        cmocka_unit_test(what_is_not_a_decimal_is_refused),
        cmocka_unit_test(yes_and_no_are_understood_in_three_languages),
        cmocka_unit_test(a_personal_value_is_never_quoted),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
