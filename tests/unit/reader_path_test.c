#include "tests/unit/readings.h"

static void by(const char *records, Format format, const char *prologue, const char *document, const char *seen)
{
    Layout l = { .records = records };
    static const size_t pieces[] = { 0, 1, 7 };
    reading_layout = &l;
    for (int i = 0; i < 3; i++) {
        Reading g = read_in_pieces(format, prologue, document, strlen(document), pieces[i], 0);
        for (char *put; (put = strstr(g.seen.at, " put "));)
            memmove(put, put + 4, strlen(put + 4) + 1);
        assert_string_equal(g.seen.at, seen);
        reading_free(&g);
    }
    reading_layout = NULL;
}

static void json(const char *records, const char *document, const char *seen) { by(records, FORMAT_JSON, NULL, document, seen); }

static void json_is_followed_along_its_path(void **state)
{
    (void)state;
    static const char one[] = "1@1 o(as'x')\n";
    json("[]", " [ {\"a\":\"x\"} ] ", "1@1 o(as'x')\n");
    json("data.items[]", "{\"n\":1,\"data\":{\"items\":[{\"a\":\"x\"}],\"items2\":[{}]},\"z\":[{\"data\":{}}]}", one);
    json("data.items[]", "{\"data\":{\"items\":[\n{\"a\":\"x\"},\n\n{\"b\":[1,{}]}]}}", "1@2 o(as'x')\n2@4 o(ba(n'1' o))\n");
    json("pages[].items[]", "{\"pages\":[{\"items\":[{\"a\":\"x\"}]},{\"no\":1},{\"items\":[]},{\"items\":[{},{\"a\":\"y\"}]}]}", "1@1 o(as'x')\n2@1 o\n3@1 o(as'y')\n");
    json("items[].programme", "{\"items\":[{\"id\":1,\"programme\":{\"a\":\"x\"}},{\"programme\":null},7,{\"id\":2}]}", "1@1 o(as'x')\n2@1 bad: not a JSON object\n");
    json("answer", "{\"answer\":{\"a\":\"x\"}}", one);
    json("[][]", "[[{\"a\":\"x\"}],[]]", one);
    json("\"a.b\".\"c\"\"\"[]", "{\"a.b\":{\"c\\\"\":[{\"a\":\"x\"}]}}", one);
    json("\xD0\xB0[]", "{\"\\u0430\":[{\"a\":\"x\"}]}", one);
}

static void a_list_of_one_may_lack_its_brackets(void **state)
{
    (void)state;
    json("items[]", "{\"items\":{\"a\":\"x\"}}", "1@1 o(as'x')\n");
    json("pages[].items[]", "{\"pages\":{\"items\":{\"a\":\"x\"}}}", "1@1 o(as'x')\n");
    json("items[]", "{\"items\":7}", "1@1 bad: not a JSON object\n");
    json("items[]", "{\"items\":null, \"a\":{}}", "records_not_found: items[]\n");
}

static void withdrawals_are_of_the_canonical_form_only(void **state)
{
    (void)state;
    json("[]", "[{\"$withdraw\":{\"ground\":\"x\"}}]", "1@1 o($withdrawo(grounds'x'))\n");
}

static void a_document_without_the_path_is_refused(void **state)
{
    (void)state;
    json("data.items[]", "{\"data\":{\"item\":[{}]}}", "records_not_found: data.items[]\n");
    json("data.items[]", "{\"data\":[{\"items\":[]}]}", "records_not_found: data.items[]\n");
    json("items[]", "[{}]", "records_not_found: items[]\n");
    json("items[]", "7 ", "records_not_found: items[]\n");
    json("items[]", "{\"items\":[]}", "");
    json("pages[].items[]", "{\"pages\":[]}", "");
}

static const struct { const char *document, *seen; } broken[] = {
    { "", "torn: the end of the document\n" }, { "{", "torn: the end of the document\n" }, { "{\"items\"", "torn: the end of the document\n" },
    { "{\"items\":[{\"a\":\"x\"}", "1@1 o(as'x')\ntorn: the end of the document\n" }, { "{\"items\":[{\"a\":", "torn: the end of the document\n" },
    { "{\"items\":[],\"items\":[]}", "duplicate_json_key: items\n" }, { "{\"items\":[{\"a\":1,\"a\":2}]}", "duplicate_json_key: a\n" },
    { "{\"x\":1,\"x\":2,\"items\":[]}", "" },
    { "{\"items\":[,]}", "not_well_formed: JSON, 10\n" }, { "{\"items\":[{} {}]}", "1@1 o\nnot_well_formed: JSON, 13\n" }, { "{\"items\":[{}]]", "1@1 o\nnot_well_formed: JSON, 13\n" },
    { "{\"items\" []}", "not_well_formed: JSON, 9\n" }, { "{items:[]}", "not_well_formed: JSON, 1\n" }, { "{\"items\":[]} 1", "not_well_formed: JSON, 13\n" },
    { "{\"a\":1,}", "not_well_formed: JSON, 7\n" }, { "{\"items\":[{\"a\":x}]}", "not_well_formed: JSON, 17\n" }, { "{\"items\":[{\"a\":\"\\u0000\"}]}", "not_well_formed: JSON, 24\n" },
};

static void what_is_no_json_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
        json("items[]", broken[i].document, broken[i].seen);
}

static void a_record_too_large_is_bad_and_the_others_go_on(void **state)
{
    (void)state;
    SCOPED(buffer_free) Buffer b = {0};
    buffer_text(&b, "{\"skipped\":\"");
    buffer_repeat(&b, "0123456789abcdef", 3 * MB / 16);
    buffer_text(&b, "\",\"items\":[{\"a\":\"");
    buffer_repeat(&b, "0123456789abcdef", MB / 16);
    buffer_text(&b, "\"},{\"a\":\"x\"},");
    buffer_repeat(&b, "[", 33);
    buffer_repeat(&b, "]", 33);
    buffer_text(&b, "]}");
    Layout l = { .records = "items[]" };
    reading_layout = &l;
    Reading g = read_in_pieces(FORMAT_JSON, NULL, b.at, b.len, 4096, 0);
    assert_string_equal(buffer_string(&g.seen), "1@1 put bad: record_too_large\n2@1 put o(as'x')\n3@1 put bad: nested over 32 levels\n");
    reading_free(&g);
    reading_layout = NULL;
}

static void each_text_of_a_sequence_is_a_document(void **state)
{
    (void)state;
    by("items[]", FORMAT_JSON_SEQ, NULL, "\x1e{\"items\":[{\"a\":\"x\"}]}\n\x1e\x1e{\"items\":[]}\n\x1e{\"items\":[{\"a\":\"y\"}]}", "1@1 o(as'x')\n2@3 o(as'y')\n");
    by("items[]", FORMAT_JSON_SEQ, NULL, "\x1e{\"items\":[{\"a\":\"x\"}]}\n\x1e{\"failed\":true}\n\x1e", "1@1 o(as'x')\n");
    by("items[]", FORMAT_JSON_SEQ, NULL, "\x1e{\"items\":[{}", "1@1 o\ntorn: the end of the document\n");
    by("items[]", FORMAT_JSON_SEQ, NULL, "\x1e{\"items\":[{}\x1e{\"items\":[]}", "1@1 o\ntorn: the end of the document\n");
    by("items[]", FORMAT_JSON_SEQ, NULL, "{\"items\":[]}", "not_well_formed: record separator, 0\n");
    by("items[]", FORMAT_JSON_SEQ, NULL, "\x1e{\"items\":[]}{}", "not_well_formed: JSON, 13\n");
    by("items[]", FORMAT_JSON_SEQ, NULL, "\x1e{}", "records_not_found: items[]\n");
    by("items[]", FORMAT_JSON_SEQ, NULL, "", "torn: the end of the document\n");
}

static void a_format_without_canonical_form_needs_a_layout(void **state)
{
    (void)state;
    Reader *r = NULL;
    Error e = {0};
    assert_int_equal(reader_open(FORMAT_JSON_SEQ, NULL, NULL, reading_note, NULL, &r, &e), RC_REJECT);
    assert_string_equal(e.text, "format_needs_mapping: json-seq");
    assert_null(r);
}

/* ---- XML ---- */

static void xml(const char *records, const char *document, const char *seen) { by(records, FORMAT_XML, NULL, document, seen); }

static void xml_is_followed_along_its_path(void **state)
{
    (void)state;
    static const char one[] = "1@1 (A'x')\n";
    xml("L/R", "<L><R><A>x</A></R></L>", one);
    xml("L/R", "<L xmlns='urn:x'><Other><R>no</R></Other><R><A>x</A></R><!-- --><R/></L>", "1@1 (A'x')\n2@1 ''\n");
    xml("{urn:x}L/{urn:x}R", "<p:L xmlns:p='urn:x' xmlns:q='urn:y'><q:R/><R/><p:R><q:A>x</q:A></p:R></p:L>", one);
    xml("{}L/R", "<L><R xmlns='urn:x'><A>x</A></R></L>", one);
    xml("*/R", "<Anything>\n text \n<R>\n<A>x</A></R></Anything>", "1@3 (A'x')\n");
    xml("A/B/C", "<A><B/><B><C><A>x</A></C></B><C/></A>", one);
    xml("R", "<R><A>x</A></R>", one);
    xml("L/R", "<L/>", "");
}

static void attributes_are_children(void **state)
{
    (void)state;
    xml("L/R", "<L><R id='1' x:type='t' xmlns:x='http://www.w3.org/2001/XMLSchema-instance' xmlns:y='urn:y' y:k='2'><A lang='kk' n='&lt;'>x</A><B c=''/></R></L>",
        "1@1 (@ids'1' @ks'2' A'x'(@langs'kk' @ns'<') B(@cs''))\n");
}

static void nil_is_nothing_and_mixed_text_is_text(void **state)
{
    (void)state;
    xml("L/R", "<L xmlns:x='http://www.w3.org/2001/XMLSchema-instance'><R><A x:nil='true'/><A x:nil='1' u='m'></A><B>a<i>b</i>c</B><C><![CDATA[<d>]]> e</C></R></L>",
        "1@1 (B'ac'(i'b') C'<d> e')\n");
    xml("L/R", "<L xmlns:x='http://www.w3.org/2001/XMLSchema-instance'><R><A x:nil='true'>x</A></R><R><A x:nil='yes'/></R></L>",
        "1@1 bad: an element with xsi:nil is not empty\n2@1 bad: xsi:nil is neither true nor false\n");
}

static void a_payload_may_lack_its_root(void **state)
{
    (void)state;
    static const char document[] = "<p:R><A>x</A></p:R>\n<p:R><A>y</A></p:R>", wrap[] = "<w xmlns:p='urn:x'>";
    by("{urn:x}L/{urn:x}R", FORMAT_XML, wrap, document, "1@1 (A'x')\n2@2 (A'y')\n");
    by("{urn:x}L/{urn:x}R", FORMAT_XML, wrap, "<p:L><p:R><A>x</A></p:R></p:L>", "1@1 (A'x')\n");
    by("{urn:x}L/{urn:x}R", FORMAT_XML, wrap, "<p:Q/>", "records_not_found: {urn:x}L/{urn:x}R\n");
    by("{urn:x}L/{urn:x}R", FORMAT_XML, wrap, "", "records_not_found: {urn:x}L/{urn:x}R\n");
}

static void a_document_of_another_root_is_refused(void **state)
{
    (void)state;
    xml("{urn:x}L/R", "<L><R/></L>", "records_not_found: {urn:x}L/R\n");
    xml("L/R", "<R/>", "records_not_found: L/R\n");
    xml("A/B/C", "<A><C/></A>", "records_not_found: A/B/C\n");
    xml("A/B/C", "<A><B/></A>", "");
}

static void what_is_no_xml_is_refused(void **state)
{
    (void)state;
    xml("L/R", "<L><R><A>x</A>", "torn: the end of the document\n");
    xml("L/R", "<L><R><A>x</A></R>", "1@1 (A'x')\ntorn: the end of the document\n");
    xml("L/R", "<L><p:R/></L>", "undeclared_prefix: p\n");
    xml("L/R", "<!DOCTYPE L [<!ENTITY a 'b'>]><L><R>&a;</R></L>", "doctype\n");
}

static void large_documents_stream(void **state)
{
    (void)state;
    static const char items[] = "{\"a\":\"0123456789\"},";
    static const char rows[] = "<R k='1'><A>0123456789</A></R>";
    SCOPED(buffer_free) Buffer block = {0};
    Layout l = { .records = "data.items[]" };
    buffer_repeat(&block, items, 1000);
    Load load = read_load_by(FORMAT_JSON, &l, "{\"data\":{\"items\":[", block.at, block.len, 1500, "{}]}}", 2 * MB);
    assert_int_equal(load.records, 1500001);
    buffer_clear(&block);
    buffer_repeat(&block, rows, 1000);
    l.records = "L/R";
    load = read_load_by(FORMAT_XML, &l, "<L>", block.at, block.len, 300, "</L>", 2 * MB);
    assert_int_equal(load.records, 300000);
    assert_int_equal(load.bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_is_followed_along_its_path),
        cmocka_unit_test(a_list_of_one_may_lack_its_brackets),
        cmocka_unit_test(withdrawals_are_of_the_canonical_form_only),
        cmocka_unit_test(a_document_without_the_path_is_refused),
        cmocka_unit_test(what_is_no_json_is_refused),
        cmocka_unit_test(a_record_too_large_is_bad_and_the_others_go_on),
        cmocka_unit_test(each_text_of_a_sequence_is_a_document),
        cmocka_unit_test(a_format_without_canonical_form_needs_a_layout),
        cmocka_unit_test(xml_is_followed_along_its_path),
        cmocka_unit_test(attributes_are_children),
        cmocka_unit_test(nil_is_nothing_and_mixed_text_is_text),
        cmocka_unit_test(a_payload_may_lack_its_root),
        cmocka_unit_test(a_document_of_another_root_is_refused),
        cmocka_unit_test(what_is_no_xml_is_refused),
        cmocka_unit_test(large_documents_stream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
