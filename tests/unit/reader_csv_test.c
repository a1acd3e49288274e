#include "tests/unit/rows_reading.h"

static Reading csv_read(const Layout *layout, const char *doc, size_t len, size_t piece)
{
    Reading g = { 0 };
    Reader *r = NULL;
    g.rc = reader_open(FORMAT_CSV, NULL, layout, row_note, &g, &r, &g.err);
    for (size_t at = 0, n; at < len && !g.rc; at += n) {
        n = piece < len - at ? piece : len - at;
        char *copy = memcpy(malloc(n), doc + at, n);
        g.rc = reader_feed(r, copy, n, &g.err);
        free(copy);
    }
    if (!g.rc)
        g.rc = reader_end(r, &g.err);
    reader_free(&r);
    if (g.rc)
        buffer_print(&g.seen, "|%s", g.err.text);
    buffer_string(&g.seen);
    return g;
}

static void reads_bytes(const Layout *layout, const char *doc, size_t len, const char *seen)
{
    for (size_t piece = 1; piece <= len + 1; piece += piece < 9 ? 1 : piece) {
        Reading g = csv_read(layout, doc, len, piece);
        assert_string_equal(g.seen.at, seen);
        reading_free(&g);
    }
}

static void reads_by(const Layout *layout, const char *doc, const char *seen) { reads_bytes(layout, doc, strlen(doc), seen); }
static void reads(const char *doc, const char *seen)                          { reads_by(NULL, doc, seen); }

static void rows_become_records_with_members_named_by_headings(void **state)
{
    (void)state;
    reads("code,name\n1,Aidar\n2,\n", "2: A code'1' B name'Aidar'\n3: A code'2' B name-\n");
    reads("code\n1", "2: A code'1'\n");
    reads(" БИН \t центра ;Атауы\n990940003030;Ұңғыма\n", "2: A БИН центра'990940003030' B Атауы'Ұңғыма'\n");
}

static void lines_end_in_any_way(void **state)
{
    (void)state;
    static const char *const ends[] = { "\n", "\r\n", "\r" };
    for (int i = 0; i < 3; i++) {
        char doc[64];
        snprintf(doc, sizeof doc, "a;b%s1;2%s%s3;4%s", ends[i], ends[i], ends[i], ends[i]);
        reads(doc, "2: A a'1' B b'2'\n4: A a'3' B b'4'\n");
    }
    reads("a\n\r\n1\r\r\n2\n\r3", "3: A a'1'\n5: A a'2'\n7: A a'3'\n");
}

static void the_separator_is_what_the_heading_row_has_most_of(void **state)
{
    (void)state;
    reads("a\tb;c\td,e\n1\t2\t3\n", "2: A a'1' B b;c'2' C d,e'3'\n");
    reads("a;b,c\n1;2\n", "2: A a'1' B b,c'2'\n");
    reads("\"x,y,z\",b;c,d\n1,2,3\n", "2: A x,y,z'1' B b;c'2' C d'3'\n");
    reads("one\nx;y\n", "2: A one'x;y'\n");
    reads("\n;;\n  \na,b\n1,2;3\n", "5: A a'1' B b'2;3'\n");
}

static void a_sep_line_and_a_layout_say_the_separator(void **state)
{
    (void)state;
    reads("sep=,\na;b,c\n1,2\n", "2: A a;b'1' B c'2'\n");
    reads("\xEF\xBB\xBFSEP=|\r\na|b\r\n1|2", "2: A a'1' B b'2'\n");
    reads("sep=\t\na\tb,c,d\n1\t2\n", "2: A a'1' B b,c,d'2'\n");
    reads("sep=x\n1\n", "2: A sep=x'1'\n");
    Layout l = { .separator = '|' };
    reads_by(&l, "a|b,c;d;e\n1|2\n", "2: A a'1' B b,c;d;e'2'\n");
    reads_by(&l, "sep=;\na|b\n1|2\n", "2: A a'1' B b'2'\n");
}

static void quoted_values_hold_anything(void **state)
{
    (void)state;
    reads("a,\"b \"\"x\"\"\"\n\"1,\n\r\n2\",\"\"\"\"\n\"\",\"3\"\n", "2: A a'1,\n\r\n2' B b \"x\"'\"'\n3: A a- B b \"x\"'3'\n");
    reads("\"a\";\"b\"\r\n\"1\";\"2\"\r\n", "2: A a'1' B b'2'\n");
    reads("a,b\n5\" pipe,x\"\n\"\"\"q\",\"\"\n", "2: A a'5\" pipe' B b'x\"'\n3: A a'\"q' B b-\n");
    reads("a,b\n=\"0012\",\"=\"\"07\"\"\"\n=\"\",=\"a\"\"b\"\n", "2: A a'0012' B b'07'\n3: A a'=\"\"' B b'=\"a\"\"b\"'\n");
}

static void text_behind_a_closing_mark_spoils_its_row(void **state)
{
    (void)state;
    reads("a,b\n1,\"x\"y\n2,z\n", "2: bad: column B: text behind the closing quotation mark\n3: A a'2' B b'z'\n");
    reads("a,\"b\" c\n", "|bad_heading: column B: text behind the closing quotation mark, 1");
}

static void a_value_under_no_heading_spoils_its_row(void **state)
{
    (void)state;
    reads("a,,b,\n1,,2,\n1,2,3\n1,,3,,,4\n5,,6\n",
          "2: A a'1' C b'2'\n3: bad: column B: a value under no heading\n4: bad: column F: a value under no heading\n5: A a'5' C b'6'\n");
    reads("a,,b\n1\n1,x\n", "2: A a'1' C b-\n3: bad: column B: a value under no heading\n");
}

static void rows_without_values_are_passed_over(void **state)
{
    (void)state;
    reads("a,b\n\n,\n \t, \n\"\",\"  \"\n1,\n", "6: A a'1' B b-\n");
}

static void the_heading_row_may_be_named(void **state)
{
    (void)state;
    Layout l = { .heading_row = 3 };
    reads_by(&l, "Список, от, 1, октября\n\nкод;имя\n1;2\n", "4: A код'1' B имя'2'\n");
    reads_by(&l, "\"a\nb\"\n\n x;y\n1;2\n", "4: A x'1' B y'2'\n");
    reads_by(&l, "a\nb\n\nc\n", "|no_heading_row: 3");
    reads_by(&l, "a\nb\n", "|no_heading_row: 3");
    reads("", "|no_heading_row: 1");
    reads("\n ;\n", "|no_heading_row: 1");
}

static void charsets_are_decoded(void **state)
{
    (void)state;
    reads("\xC1\xC8\xCD;\xC8\xEC\xFF\n1;\xB9 5\n", "2: A БИН'1' B Имя'№ 5'\n");
    reads_bytes(NULL, "\xFF\xFE" "a\0;\0b\0\n\0" "1\0;\0\x18\x04\n\0", 18, "2: A a'1' B b'И'\n");
    reads("\xEF\xBB\xBF" "a\n1\n\xFF\n", "2: A a'1'\n|not_utf8: 7");
    reads_bytes(NULL, "a\n1\0\n", 5, "|nul_character: 3");
    Layout l = { .charset = "IBM866" };
    reads_by(&l, "\x98\n\x81\n", "2: A Ш'Б'\n");
    l.charset = "nothing";
    reads_by(&l, "a", "|unknown_charset: nothing");
}

static void an_open_quotation_mark_is_torn(void **state)
{
    (void)state;
    reads("a\n1\n\"2\n3\n", "2: A a'1'\n|torn: \"");
}

static void refused_at_its_limit(const char *unit, size_t most, const char *refusal)
{
    static const size_t pieces[] = { 1000, 65536, 2 * MB };
    for (int more = 0; more < 2; more++) {
        SCOPED(buffer_free) Buffer b = { 0 };
        buffer_text(&b, "a,b\n1,2\n");
        buffer_repeat(&b, unit, most + (size_t)more);
        buffer_text(&b, "\n7,8\n");
        for (int i = 0; i < 3; i++) {
            Reading g = csv_read(NULL, b.at, b.len, pieces[i]);
            assert_int_equal(g.rc, more ? RC_REJECT : RC_OK);
            if (more)
                assert_string_equal(g.err.text, refusal);
            else
                assert_non_null(strstr(g.seen.at, "4: A a'7' B b'8'\n"));
            reading_free(&g);
        }
    }
}

static void an_endless_row_or_too_many_columns_refuse_the_document(void **state)
{
    (void)state;
    refused_at_its_limit("x", MB, "row_too_long: 3");
    refused_at_its_limit(",", 16383, "too_many_columns: 3");
    Reading g = csv_read(NULL, "a\n\"", 3, 1);
    reading_free(&g);
    SCOPED(buffer_free) Buffer b = { 0 };
    buffer_text(&b, "a\n\"");
    buffer_repeat(&b, "x\n", MB);
    g = csv_read(NULL, b.at, b.len, 4096);
    assert_string_equal(g.err.text, "row_too_long: 2");
    reading_free(&g);
}

static void a_long_table_needs_little_memory(void **state)
{
    (void)state;
    static const char block[] = "1,Ұңғыма,\"x\ny\"\n2,b,c\n";
    Load l = read_load(FORMAT_CSV, "a,b,c\n", block, sizeof block - 1, 20000, "3,4,5", MB / 4);
    assert_int_equal(l.records, 40001);
    assert_int_equal(l.bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_become_records_with_members_named_by_headings),
        cmocka_unit_test(lines_end_in_any_way),
        cmocka_unit_test(the_separator_is_what_the_heading_row_has_most_of),
        cmocka_unit_test(a_sep_line_and_a_layout_say_the_separator),
        cmocka_unit_test(quoted_values_hold_anything),
        cmocka_unit_test(text_behind_a_closing_mark_spoils_its_row),
        cmocka_unit_test(a_value_under_no_heading_spoils_its_row),
        cmocka_unit_test(rows_without_values_are_passed_over),
        cmocka_unit_test(the_heading_row_may_be_named),
        cmocka_unit_test(charsets_are_decoded),
        cmocka_unit_test(an_open_quotation_mark_is_torn),
        cmocka_unit_test(an_endless_row_or_too_many_columns_refuse_the_document),
        cmocka_unit_test(a_long_table_needs_little_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
