/* Binary COPY rows, byte by byte, against the forms PostgreSQL documents (send and receive functions of each type). That the server reads
   them as meant is tests/flow/copy_test.c. */
#include "persistence/staging.h"
#include "gateway/base/text.h"
#include "tests/unit/columns.h"
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* The bytes of one column of a row with that value, as hex, without its length. */
static const char *column_bytes(size_t column, const char *text)
{
    static char hex[2 * 600 + 1];
    SCOPED(buffer_free) Buffer b = {0};
    Value values[COLUMNS] = { [KEY] = { "k", 1 } };
    if (text)
        values[column] = (Value){ text, strlen(text) };
    Row row = { .seq = 1, .round = 1, .wish = WISH_PUT, .period = "2026-10", .values = values };
    row_copy(columns_feed(), &row, &b);
    const unsigned char *at = (unsigned char *)b.at + 2;
    for (size_t i = 0; i < 5 + column; i++) {
        int32_t n = (int32_t)((uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3]);
        at += 4 + (n > 0 ? n : 0);
    }
    int32_t n = (int32_t)((uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3]);
    if (n < 0)
        return NULL;
    assert_true(n < 600);
    return hex_text(at + 4, (size_t)n, hex);
}

static void is(size_t column, const char *text, const char *wanted) { assert_string_equal(column_bytes(column, text), wanted); }

static void a_row_begins_with_its_number_of_columns_and_its_own(void **state)
{
    (void)state;
    static char hex[400];
    SCOPED(buffer_free) Buffer b = {0};
    Value values[COLUMNS] = { [KEY] = { "k", 1 } };
    Row row = { .seq = 258, .round = 2, .wish = WISH_WITHDRAW, .ground = "why", .values = values, .hash = { 1, 2, 3 } };
    row_copy(columns_feed(), &row, &b);
    assert_string_equal(hex_text(b.at, 54, hex), "000f" "00000004" "00000102" "00000004" "00000002" "00000004" "00000001" "00000003" "776879"
                                                 "00000011" "0102030000000000000000000000000000");
    assert_int_equal(COLUMNS, 10);
}

static void what_is_absent_is_null(void **state)
{
    (void)state;
    for (size_t c = KEY + 1; c < COLUMNS; c++)
        assert_null(column_bytes(c, NULL));
}

static void a_withdrawal_and_a_refused_record_carry_their_key_only(void **state)
{
    (void)state;
    for (int wish = WISH_WITHDRAW; wish <= WISH_PRESENT; wish++) {
        SCOPED(buffer_free) Buffer with = {0}, without = {0};
        Value values[COLUMNS] = { [KEY] = { "k", 1 } };
        Row row = { .seq = 1, .round = 1, .wish = (uint8_t)wish, .values = values };
        row_copy(columns_feed(), &row, &without);
        values[DAY] = (Value){ "2026-10-05", 10 };
        values[WORDS] = (Value){ "[\"a\"]", 5 };
        row_copy(columns_feed(), &row, &with);
        assert_int_equal(with.len, without.len);
        assert_memory_equal(with.at, without.at, with.len);
    }
}

/* Days since 2000-01-01. */
static void a_date_is_a_number_of_days(void **state)
{
    (void)state;
    is(DAY, "2000-01-01", "00000000");
    is(DAY, "2000-01-02", "00000001");
    is(DAY, "1999-12-31", "ffffffff");
    is(DAY, "2000-02-29", "0000003b");
    is(DAY, "2000-03-01", "0000003c");
    is(DAY, "1900-01-01", "ffff7154");
    is(DAY, "1970-01-01", "ffffd533");
    is(DAY, "2199-12-31", "00011d58");
}

/* Groups, weight of the first, sign, digits behind the point, then base-10000 groups. */
static void a_numeric_is_groups_of_four_digits(void **state)
{
    (void)state;
    is(SHARE, "0", "0000" "0000" "0000" "0000");
    is(SHARE, "1", "0001" "0000" "0000" "0000" "0001");
    is(SHARE, "-0.5", "0001" "ffff" "4000" "0001" "1388");
    is(SHARE, "0.0001", "0001" "ffff" "0000" "0004" "0001");
    is(SHARE, "0.00001", "0001" "fffe" "0000" "0005" "03e8");
    is(SHARE, "10000", "0001" "0001" "0000" "0000" "0001");
    is(SHARE, "12345.678", "0003" "0001" "0000" "0003" "0001" "0929" "1a7c");
    is(SHARE, "100000000", "0001" "0002" "0000" "0000" "0001");
    is(SHARE, "123456789012345678", "0005" "0004" "0000" "0000" "000c" "0d80" "1ed2" "04d2" "162e");
    is(SHARE, "0.123456789012345678", "0005" "ffff" "0000" "0012" "04d2" "162e" "2334" "0d80" "1e78");
}

static void integers_have_the_size_of_their_column(void **state)
{
    (void)state;
    is(SMALL, "-2", "fffe");
    is(SMALL, "32767", "7fff");
    is(MIDDLE, "2147483647", "7fffffff");
    is(MIDDLE, "-2147483648", "80000000");
    is(BIG, "9223372036854775807", "7fffffffffffffff");
    is(BIG, "-9223372036854775808", "8000000000000000");
    is(BIG, "4294967296", "0000000100000000");
}

static void a_boolean_is_a_byte(void **state)
{
    (void)state;
    is(FLAG, "true", "01");
    is(FLAG, "false", "00");
}

static void json_goes_as_jsonb_version_1(void **state)
{
    (void)state;
    is(OBJECT, "{\"a\":1}", "01" "7b2261223a317d");
}

/* Dimensions, nulls, type text; items, first index; each with its length. */
static void a_text_array_is_unescaped(void **state)
{
    (void)state;
    is(WORDS, "[]", "00000000" "00000000" "00000019");
    is(WORDS, "[\"a\",\"\"]", "00000001" "00000000" "00000019" "00000002" "00000001" "00000001" "61" "00000000");
    is(WORDS, "[\"\\\"\\\\\\n\\t\\u001f,\"]", "00000001" "00000000" "00000019" "00000001" "00000001" "00000006" "225c0a091f2c");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_begins_with_its_number_of_columns_and_its_own),
        cmocka_unit_test(what_is_absent_is_null),
        cmocka_unit_test(a_withdrawal_and_a_refused_record_carry_their_key_only),
        cmocka_unit_test(a_date_is_a_number_of_days),
        cmocka_unit_test(a_numeric_is_groups_of_four_digits),
        cmocka_unit_test(integers_have_the_size_of_their_column),
        cmocka_unit_test(a_boolean_is_a_byte),
        cmocka_unit_test(json_goes_as_jsonb_version_1),
        cmocka_unit_test(a_text_array_is_unescaped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
