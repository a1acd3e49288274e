#include "tests/unit/workbooks.h"

#define ROW_2 "<row r='2'><c r='A2'><v>1</v></c></row>"

static void a_part_that_is_there_twice_is_refused(void **state)
{
    (void)state;
    READS("|not_xlsx: xl/worksheets/sheet1.xml", TOP, ONE_SHEET, RELS, SHEET(HEAD ROW_2), "XL/Worksheets/Sheet1.XML", "<worksheet/>");
    READS("Data!2: A a'1' B b-\n", TOP, ONE_SHEET, RELS, SHEET(HEAD ROW_2), "docProps/App.xml", "<a/>", "docProps/app.xml", "<b/>");
}

static void names_of_parts_may_differ_in_case(void **state)
{
    (void)state;
    READS("Data!2: A a'1' B b-\n", TOP, ONE_SHEET, RELS, "XL/Worksheets/Sheet1.xml", "<worksheet><sheetData>" HEAD ROW_2 "</sheetData></worksheet>");
}

static void a_closed_part_is_refused_where_it_is_needed(void **state)
{
    (void)state;
    workbook_reads(PARTS(TOP, ONE_SHEET, RELS, SHEET(HEAD ROW_2)), "xl/worksheets/sheet1.xml", NULL, "|not_xlsx: xl/worksheets/sheet1.xml");
    workbook_reads(PARTS(TOP, ONE_SHEET, RELS, SHEET(HEAD ROW_2), "notes.txt", "n"), "notes.txt", NULL, "Data!2: A a'1' B b-\n");
}

static void ten_thousand_entries_are_enough(void **state)
{
    (void)state;
    enum { MOST = 10000 };
    static const char *const needed[] = { TOP, ONE_SHEET, RELS, SHEET(HEAD ROW_2) };
    const size_t n_needed = sizeof needed / sizeof *needed;
    static char names[MOST + 1][12];
    const char **parts = calloc(2 * (MOST + 2), sizeof *parts);
    memcpy(parts, needed, sizeof needed);
    for (size_t i = n_needed / 2; i <= MOST; i++) {
        snprintf(names[i], sizeof names[i], "%zu", i);
        parts[2 * i] = names[i];
        parts[2 * i + 1] = "";
    }
    workbook_reads(parts, NULL, NULL, "|not_xlsx: zip: over 10000 entries");
    parts[2 * MOST] = NULL;
    workbook_reads(parts, NULL, NULL, "Data!2: A a'1' B b-\n");
    free(parts);
}

static void a_workbook_of_over_a_gigabyte_is_too_much_whatever_its_size(void **state)
{
    (void)state;
    static const xmlSAXHandler none;
    Workbytes b = workbook_make(PARTS(TOP, ONE_SHEET, RELS), NULL);
    Error err;
    Package p;
    for (int over = 0; over < 2; over++) {
        PartReading reading = { 0 };
        assert_int_equal(package_open(&(Bytes){ workbytes_at, &b, b.len }, &p, &err), RC_OK);
        p.size = UINT32_MAX;
        p.decoded = (UINT64_C(1) << 30) - (over ? 1 : 10000);
        assert_int_equal(part_read(&p, "xl/workbook.xml", &none, &reading, &err), over ? RC_REJECT : RC_OK);
        package_close(&p);
    }
    assert_string_equal(err.code, "zip_bomb");
    free(b.at);
}

static void what_reading_the_bytes_said_is_passed_on(void **state)
{
    (void)state;
    static const Rc said[] = { RC_RETRY, RC_FATAL };
    for (int i = 0; i < 2; i++) {
        Workbytes b = workbook_make(PARTS(TOP, ONE_SHEET, RELS, SHEET(HEAD)), NULL);
        b.rc = said[i];
        Reading g = workbook_try(&b, NULL);
        assert_int_equal(g.rc, said[i]);
        assert_string_equal(g.err.text, "the store is away");
        reading_free(&g);
        free(b.at);
    }
}

static void a_sheet_of_a_chart_is_passed_over(void **state)
{
    (void)state;
#define CHART BOOK("", "<sheet name='Chart' sheetId='1' r:id='c'/><sheet name='Data' sheetId='2' r:id='s1'/>"),                                         \
              RELATIONS(RELATION("c", "chartsheet", "chartsheets/sheet1.xml") RELATION("s1", "worksheet", "worksheets/sheet1.xml")), "xl/chartsheets/sheet1.xml", "<chartsheet/>"
    READS("Data!2: A a'1' B b-\n", TOP, CHART, SHEET(HEAD ROW_2));
}

static void characters_that_xml_cannot_hold_are_put_in_place(void **state)
{
    (void)state;
    READS("Data!2: A a'x\r\ny' B b'_x000D_ _xZZZZ_ _x12'\nData!3: A a'_x0000__xD800_' B b'Қ№'\n", TOP, ONE_SHEET, RELS,
          "xl/sharedStrings.xml", "<sst><si><t>x_x000D_\ny</t></si></sst>",
          SHEET(HEAD "<row r='2'><c r='A2' t='s'><v>0</v></c>" TEXT("B2", "_x005F_x000D_ _xZZZZ_ _x12") "</row>"
                     "<row r='3'><c r='A3' t='str'><v>_x0000__xD800_</v></c>" TEXT("B3", "_x049a__x2116_") "</row>"));
}

static void moments_written_as_texts_are_days_where_it_is_midnight(void **state)
{
    (void)state;
    READS("Data!2: A a'2026-10-31' B b'2026-10-31T14:30:00'\nData!3: A a'2026-10-31' B b'2026-10-31'\n", TOP, ONE_SHEET, RELS,
          SHEET(HEAD "<row r='2'><c r='A2' t='d'><v>2026-10-31T00:00:00.000Z</v></c><c r='B2' t='d'><v>2026-10-31T14:30:00</v></c></row>"
                     "<row r='3'><c r='A3' t='d'><v>2026-10-31T00:00:00</v></c><c r='B3' t='d'><v>2026-10-31</v></c></row>"));
}

static void colours_are_no_dates_and_numbers_have_no_exponents(void **state)
{
    (void)state;
    char text[CELL_TEXT];
    assert_false(format_is_date("[Magenta]0") || format_is_date("[Black]0") || format_is_date("General") || format_is_date("# ##0.00\\ [$₸-43F]"));
    assert_true(format_is_date("[h]:mm") && format_is_date("[SS]") && format_is_date("[$-43F]dd.mm.yyyy;@") && format_is_date("[Magenta]dd"));
    assert_true(number_text("1.5E-12", 0, false, text));
    assert_string_equal(text, "0.0000000000015");
    assert_true(number_text("-1.5e22", 0, false, text));
    assert_string_equal(text, "-15000000000000000000000");
}

/* The n-th of many: much the same, but each is another. */
static size_t long_text(size_t n, char text[128])
{
    return (size_t)snprintf(text, 128, "%zu: a text that is much like all the others and goes on for about as long as the name of an organisation does, %zu", n, n * 7919);
}

static void is_text(SharedTexts *t, size_t n)
{
    const char *s;
    char text[128];
    size_t len, want = long_text(n, text);
    assert_true(shared_text(t, n, &s, &len));
    assert_int_equal(len, want);
    assert_memory_equal(s, text, want);
}

static void more_texts_than_stay_plain_are_found_in_rising_order(void **state)
{
    (void)state;
    enum { N = 400000 };
    Error err;
    const char *s;
    char text[128];
    size_t len, n = 0;
    SharedTexts *t = shared_texts_new();
    for (; n < N; n++)
        assert_int_equal(shared_texts_add(t, text, long_text(n, text), &err), RC_OK);
    shared_texts_whole(t);
    for (size_t i = 0; i < N; i += 1 + i % 3) {
        is_text(t, i);
        is_text(t, i % 7 ? N - 1 : 0);
        is_text(t, N - N / 4 + i / 16);
    }
    assert_false(shared_texts_spent(t));
    assert_false(shared_text(t, N, &s, &len));
    for (n = 1; n < N && shared_text(t, N - 1 - n * 7919 % (N / 8), &s, &len); n++)       /* in no order at all, among those that are compressed */
        ;
    assert_true(n < N && shared_texts_spent(t));
    shared_texts_free(&t);
}

static void texts_that_do_not_grow_smaller_have_a_ceiling(void **state)
{
    (void)state;
    Error err;
    Rc rc = RC_OK;
    uint64_t dice = 88172645463325252u;
    char text[4096];
    size_t bytes = 0, before = live_bytes();
    SharedTexts *t = shared_texts_new();
    for (; !rc && bytes < 64 * MB; bytes += sizeof text) {
        for (size_t i = 0; i < sizeof text; i++) {
            dice ^= dice << 13, dice ^= dice >> 7, dice ^= dice << 17;
            text[i] = (char)(dice >> 56);
        }
        rc = shared_texts_add(t, text, sizeof text, &err);
    }
    assert_int_equal(rc, RC_REJECT);
    assert_string_equal(err.code, "too_many_texts");
    assert_true(live_bytes() < before + 34 * MB);
    shared_texts_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_part_that_is_there_twice_is_refused),
        cmocka_unit_test(names_of_parts_may_differ_in_case),
        cmocka_unit_test(a_closed_part_is_refused_where_it_is_needed),
        cmocka_unit_test(ten_thousand_entries_are_enough),
        cmocka_unit_test(a_workbook_of_over_a_gigabyte_is_too_much_whatever_its_size),
        cmocka_unit_test(what_reading_the_bytes_said_is_passed_on),
        cmocka_unit_test(a_sheet_of_a_chart_is_passed_over),
        cmocka_unit_test(characters_that_xml_cannot_hold_are_put_in_place),
        cmocka_unit_test(moments_written_as_texts_are_days_where_it_is_midnight),
        cmocka_unit_test(more_texts_than_stay_plain_are_found_in_rising_order),
        cmocka_unit_test(texts_that_do_not_grow_smaller_have_a_ceiling),
        cmocka_unit_test(colours_are_no_dates_and_numbers_have_no_exponents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
