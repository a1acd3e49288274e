#include "tests/unit/workbooks.h"

static void cells_of_every_kind_become_texts(void **state)
{
    (void)state;
    READS("Data!2: A a'shared one' B b'here'\nData!3: A a'true' B b'formula'\nData!5: A a'990940003030' B b'0.3'\n",
          TOP, ONE_SHEET, RELS, "xl/sharedStrings.xml", "<sst xmlns='" XL "'><si><t>zero</t></si><si><r><t>shared </t></r><r><rPr/><t>one</t></r><rPh><t>kana</t></rPh></si></sst>",
          SHEET(HEAD "<row r='2'><c r='A2' t='s'><v>1</v></c><c r='B2' t='inlineStr'><is><t>here</t></is></c></row>"
                     "<row r='3'><c r='A3' t='b'><v>1</v></c><c r='B3' t='str'><f>1+1</f><v>formula</v></c></row><row r='4'><c r='A4'/></row>"
                     "<row r='5'><c r='A5'><v>990940003030</v></c><c r='B5'><v>0.30000000000000004</v></c></row>"));
}

static void cells_and_rows_need_no_references(void **state)
{
    (void)state;
    READS("Data!2: A a'1' B b'2'\n", TOP, ONE_SHEET, RELS,
          SHEET("<row><c t='inlineStr'><is><t>a</t></is></c><c t='inlineStr'><is><t>b</t></is></c></row><row><c><v>1</v></c><c><v>2</v></c></row>"));
    READS("Data!2: A a'x' B b'y'\n", TOP, ONE_SHEET, RELS,
          SHEET(HEAD "<row r='2'><c r='B2' t='str'><v>y</v></c><c r='A2' t='str'><v>x</v></c></row>"));
    READS("|not_xlsx: rows out of order", TOP, ONE_SHEET, RELS, SHEET(HEAD "<row r='1'/>"));
}

#define STYLES "xl/styles.xml", "<styleSheet xmlns='" XL "'><numFmts><numFmt numFmtId='164' formatCode='0000'/><numFmt numFmtId='165' formatCode='dd\\.mm\\.yyyy'/>"  \
               "<numFmt numFmtId='166' formatCode='\"day\" 0'/></numFmts><cellStyleXfs><xf numFmtId='14'/></cellStyleXfs>"                                              \
               "<cellXfs><xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='164'/><xf numFmtId='165'/><xf numFmtId='166'/></cellXfs></styleSheet>"

static void styles_say_what_a_number_shows(void **state)
{
    (void)state;
    READS("Data!2: A a'2026-10-31' B b'0042'\nData!3: A a'2026-10-31T12:00:00' B b'42'\n", TOP, ONE_SHEET, RELS, STYLES,
          SHEET(HEAD "<row r='2'><c r='A2' s='1'><v>46326</v></c><c r='B2' s='2'><v>42</v></c></row><row r='3'><c r='A3' s='3'><v>46326.5</v></c><c r='B3' s='4'><v>42</v></c></row>"));
    READS("Data!2: A a'2026-10-31' B b-\n", TOP, BOOK("<workbookPr date1904='1'/>", "<sheet name='Data' sheetId='1' r:id='s1'/>"), RELS, STYLES,
          SHEET(HEAD "<row r='2'><c r='A2' s='1'><v>44864</v></c></row>"));
}

static void numbers_are_written_as_they_are_shown(void **state)
{
    (void)state;
    static const struct { const char *value; int style; const char *text; } rows[] = {
        { "1", 0, "1" }, { "-0.0", 0, "0" }, { "1.5E-7", 0, "0.00000015" }, { "1.2345E+15", 0, "1234500000000000" }, { "12.50", 0, "12.5" }, { "100", 0, "100" },
        { "1", STYLE_DATE, "1900-01-01" }, { "59", STYLE_DATE, "1900-02-28" }, { "61", STYLE_DATE, "1900-03-01" }, { "45351.99999999", STYLE_DATE, "2024-03-01" },
        { "7", 12, "000000000007" }, { "7.5", 12, "7.5" },
    };
    char text[CELL_TEXT];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_true(number_text(rows[i].value, rows[i].style, false, text));
        assert_string_equal(text, rows[i].text);
    }
    static const struct { const char *value; int style; } none[] = { { "x", 0 }, { "", 0 }, { "1e999", 0 }, { "60", STYLE_DATE }, { "-1", STYLE_DATE }, { "9999999", STYLE_DATE } };
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_false(number_text(none[i].value, none[i].style, false, text));
    assert_true(format_is_date("yyyy") && format_is_date("[$-419]d mmm") && format_is_date("[h]:mm"));
    assert_false(format_is_date("0.00") || format_is_date("\"days\" 0") || format_is_date("[Red]0") || format_is_date("0\\d") || format_is_date(""));
}

static void the_sheet_is_the_one_named_or_the_first_that_is_seen(void **state)
{
    (void)state;
#define TWO BOOK("", "<sheet name='Hidden' sheetId='1' state='hidden' r:id='s1'/><sheet name='Seen' sheetId='2' r:id='s2'/>")
#define SHEET_2 "xl/worksheets/sheet2.xml", "<worksheet xmlns='" XL "'><sheetData>" HEAD "<row r='2'><c r='A2'><v>2</v></c></row></sheetData></worksheet>"
#define BOTH TOP, TWO, RELS, SHEET(HEAD "<row r='2'><c r='A2'><v>1</v></c></row>"), SHEET_2
    READS("Seen!2: A a'2' B b-\n", BOTH);
    workbook_reads(PARTS(BOTH), NULL, &(Layout){ .sheet = "Hidden" }, "Hidden!2: A a'1' B b-\n");
    workbook_reads(PARTS(BOTH), NULL, &(Layout){ .sheet = "Other" }, "|sheet_unknown: Other, Hidden, Seen");
}

static void strict_workbooks_are_read_too(void **state)
{
    (void)state;
#define STRICT "http://purl.oclc.org/ooxml/officeDocument/relationships"
    READS("Data!2: A a'1' B b-\n", "_rels/.rels", "<Relationships><Relationship Id='a' Type='" STRICT "/officeDocument' Target='/xl/workbook.xml'/></Relationships>",
          "xl/workbook.xml", "<workbook xmlns='http://purl.oclc.org/ooxml/spreadsheetml/main' xmlns:r='" STRICT "'><sheets><sheet name='Data' sheetId='1' r:id='q'/></sheets></workbook>",
          "xl/_rels/workbook.xml.rels", "<Relationships><Relationship Id='q' Type='" STRICT "/worksheet' Target='../xl/worksheets/sheet1.xml'/></Relationships>",
          SHEET(HEAD "<row r='2'><c r='A2'><v>1</v></c></row>"));
}

static void a_formula_that_failed_spoils_its_row(void **state)
{
    (void)state;
    READS("Data!2: bad: column B: an error in the cell's formula\nData!3: A a'1' B b-\n", TOP, ONE_SHEET, RELS,
          SHEET(HEAD "<row r='2'><c r='A2'><v>1</v></c><c r='B2' t='e'><v>#N/A</v></c></row><row r='3'><c r='A3'><v>1</v></c></row>"));
}

static void what_is_no_workbook_is_refused(void **state)
{
    (void)state;
    READS("|not_xlsx: xl/workbook.xml", "hello.txt", "hello");
    READS("|not_xlsx: the sheet's part", TOP, ONE_SHEET, RELS);
    READS("|not_xlsx: no sheet", TOP, BOOK("", ""), RELS);
    READS("|doctype", TOP, ONE_SHEET, RELS, "xl/worksheets/sheet1.xml", "<!DOCTYPE w [<!ENTITY a 'b'>]><w>&a;</w>");
    READS("|not_xlsx: a shared text that is not there", TOP, ONE_SHEET, RELS, SHEET(HEAD "<row r='2'><c r='A2' t='s'><v>7</v></c></row>"));
    READS("|not_xlsx: a cell's column", TOP, ONE_SHEET, RELS, SHEET("<row r='1'><c r='ZZZZ1'><v>7</v></c></row>"));
    READS("|no_heading_row: 1", TOP, ONE_SHEET, RELS, SHEET(""));
    Workbytes junk = { strdup("PK\3\4 no zip at all"), 20, RC_OK };
    Reading g = workbook_try(&junk, NULL);
    assert_string_equal(g.seen.at, "|not_xlsx: zip");
    reading_free(&g);
    free(junk.at);
}

static void a_bomb_is_refused_early(void **state)
{
    (void)state;
    SCOPED(buffer_free) Buffer sheet = {0};
    buffer_text(&sheet, "<worksheet><sheetData>" HEAD);
    for (int i = 0; i < 600000; i++)
        buffer_text(&sheet, "<row></row><row></row>");
    buffer_text(&sheet, "</sheetData></worksheet>");
    READS("|zip_bomb", TOP, ONE_SHEET, RELS, "xl/worksheets/sheet1.xml", buffer_string(&sheet));
}

static void a_part_of_too_many_names_is_refused_for_good(void **state)
{
    (void)state;
    SCOPED(buffer_free) Buffer sheet = {0};
    buffer_text(&sheet, "<worksheet><sheetData>" HEAD);
    for (unsigned i = 0; i < 150000; i++)
        buffer_print(&sheet, "<e%x/>", i * 2654435761u);
    buffer_text(&sheet, "</sheetData></worksheet>");
    READS("|not_xlsx: xl/worksheets/sheet1.xml", TOP, ONE_SHEET, RELS, "xl/worksheets/sheet1.xml", buffer_string(&sheet));
}

static void a_workbook_cut_off_anywhere_is_refused(void **state)
{
    (void)state;
    Workbytes b = workbook_make(PARTS(TOP, ONE_SHEET, RELS, SHEET(HEAD "<row r='2'><c r='A2'><v>1</v></c></row>")), NULL);
    for (size_t len = 0, whole = b.len; len < whole; len += 7) {
        Workbytes cut = { malloc(len + 1), len, RC_OK };
        memcpy(cut.at, b.at, len);
        Reading g = workbook_try(&cut, NULL);
        assert_int_equal(g.rc, RC_REJECT);
        assert_int_equal(g.records, 0);
        reading_free(&g);
        free(cut.at);
    }
    free(b.at);
}

static void shared_texts_come_back_from_their_blocks(void **state)
{
    (void)state;
    enum { N = 30000 };
    Error err;
    const char *s;
    size_t len;
    char text[40];
    SharedTexts *t = shared_texts_new();
    for (int i = 0; i < N; i++)
        assert_int_equal(shared_texts_add(t, text, (size_t)snprintf(text, sizeof text, i % 5 ? "text %d" : "-%.0d", i % 5 ? i : 0), &err), RC_OK);
    shared_texts_whole(t);
    for (int i = 0; i < N; i++) {
        size_t no = (size_t)i * 7919 % N;
        assert_true(shared_text(t, no, &s, &len));
        assert_int_equal(len, snprintf(text, sizeof text, no % 5 ? "text %zu" : "-%.0zu", no % 5 ? no : 0));
        assert_memory_equal(s, text, len);
    }
    assert_false(shared_text(t, N, &s, &len));
    shared_texts_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_of_every_kind_become_texts),       cmocka_unit_test(cells_and_rows_need_no_references),
        cmocka_unit_test(styles_say_what_a_number_shows),         cmocka_unit_test(numbers_are_written_as_they_are_shown),
        cmocka_unit_test(the_sheet_is_the_one_named_or_the_first_that_is_seen), cmocka_unit_test(strict_workbooks_are_read_too),
        cmocka_unit_test(a_formula_that_failed_spoils_its_row),   cmocka_unit_test(what_is_no_workbook_is_refused),
        cmocka_unit_test(a_bomb_is_refused_early),                cmocka_unit_test(a_part_of_too_many_names_is_refused_for_good),                cmocka_unit_test(a_workbook_cut_off_anywhere_is_refused),
        cmocka_unit_test(shared_texts_come_back_from_their_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
