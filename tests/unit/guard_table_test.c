#include "tests/unit/guard_try.h"

#define CSV(text)       &(Document){ FORMAT_CSV, false, text, sizeof(text) - 1 }
#define XLSX(text)      &(Document){ FORMAT_XLSX, false, text, sizeof(text) - 1 }
#define END(comment_len) "PK\5\6" "0123456789abcdef" comment_len

static void tables_in_any_charset_pass(void **state)
{
    (void)state;
    assert_verdict(CSV("a,b\n1,2\n"), "");
    assert_verdict(CSV("\xEF\xBB\xBF" "a;Ұ\r\n\"1\r\n\"\"\";2"), "");
    assert_verdict(CSV("\xC1\xC8\xCD;\xC8\xEC\xFF\n1;\xB9 5\n"), "");
    assert_verdict(CSV("\xFF\xFE" "a\0\n\0\x18\x04"), "");
    assert_verdict(CSV("a,b\n5\" pipe,x\"\n"), "");
}

static void bad_tables_get_the_same_verdict_however_they_are_cut(void **state)
{
    (void)state;
    assert_verdict(CSV(""), "torn: row");
    assert_verdict(CSV("sep=;\n"), "torn: row");
    assert_verdict(CSV("a\n\"b"), "torn: \"");
    assert_verdict(CSV("a\nb\0c"), "nul_character: 3");
    assert_verdict(CSV("Ұ\n\xFF\xFE"), "not_utf8: 3");
    assert_verdict(CSV("\xEF\xBB\xBF\xC0\x80"), "not_utf8: 3");
    assert_verdict(CSV("\xC1\xC8\n\x98"), "not_in_charset: WINDOWS-1251, 3");
    assert_verdict(CSV("\xFF\xFE" "a\0\0\xDC"), "not_in_charset: UTF-16LE, 4");
}

static void rows_and_columns_have_a_limit(void **state)
{
    (void)state;
    char *columns = repeated("a\n", ";", 16384, "\n"), *row = repeated("a\n\"", "x\n", 1 << 19, "\"\n");
    assert_verdict(&(Document){ FORMAT_CSV, false, columns, strlen(columns) }, "");
    columns[0] = columns[1] = ';';
    assert_verdict(&(Document){ FORMAT_CSV, false, columns, strlen(columns) }, "too_many_columns: 1");
    assert_verdict(&(Document){ FORMAT_CSV, false, row, strlen(row) }, "row_too_long: 2");
    free(columns);
    free(row);
}

static void a_layout_tells_the_guard_what_to_expect(void **state)
{
    (void)state;
    Error err = { 0 };
    Guard *g = guard_new(FORMAT_CSV, false, NULL, NULL);
    assert_int_equal(guard_table(g, "IBM866", '|', 1, &err), RC_OK);
    assert_int_equal(guard_feed(g, "\x98|,\"a\n", 6, &err), RC_OK);       /* no letter of windows-1251, and a mark that opens nothing */
    assert_int_equal(guard_end(g, &err), RC_OK);
    guard_free(&g);
    g = guard_new(FORMAT_CSV, false, NULL, NULL);
    assert_int_equal(guard_table(g, "no such", 0, 0, &err), RC_REJECT);
    assert_string_equal(err.text, "unknown_charset: no such");
    guard_free(&g);
}

static void a_workbook_begins_and_ends_as_a_zip(void **state)
{
    (void)state;
    assert_verdict(XLSX("PK\3\4 whatever " END("\0\0")), "");
    assert_verdict(XLSX("PK\3\4" END("\5\0") "notes"), "");
    assert_verdict(XLSX("PK\3\4PK\5\6PK" END("\0\0")), "");
    assert_verdict(XLSX("PK\3\4" END("\x1A\0") "note" END("\0\0")), "");
    assert_verdict(XLSX("PK\3\4" END("\5\0") "note"), "torn: the end of the zip");
    assert_verdict(XLSX("PK\3\4" END("\0\0") "x"), "torn: the end of the zip");
    assert_verdict(XLSX("PK\3\4" END("\0")), "torn: the end of the zip");
    assert_verdict(XLSX("PK\3\4"), "torn: the end of the zip");
    assert_verdict(XLSX("PK"), "torn: the end of the zip");
    assert_verdict(XLSX(""), "torn: the end of the zip");
}

static void what_is_no_workbook_is_told_apart(void **state)
{
    (void)state;
    assert_verdict(XLSX("a,b\n1,2\n"), "not_xlsx");
    assert_verdict(XLSX("<html>"), "not_xlsx");
    assert_verdict(XLSX(END("\0\0")), "not_xlsx");
    assert_verdict(XLSX("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and so on"), "old_workbook");
    assert_verdict(XLSX("\xD0\xCF\x11\xE1"), "not_xlsx");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_in_any_charset_pass),
        cmocka_unit_test(bad_tables_get_the_same_verdict_however_they_are_cut),
        cmocka_unit_test(rows_and_columns_have_a_limit),
        cmocka_unit_test(a_layout_tells_the_guard_what_to_expect),
        cmocka_unit_test(a_workbook_begins_and_ends_as_a_zip),
        cmocka_unit_test(what_is_no_workbook_is_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
