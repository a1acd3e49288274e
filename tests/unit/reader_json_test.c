#include "tests/unit/readings.h"

#define HEAD "{\"feed\":\"f\",\"period\":\"2026\",\"kind\":\"list\",\"records\":["

static void reads(const char *doc, const char *seen)   { assert_read(FORMAT_JSON, NULL, doc, seen); }
static void refused(const char *doc, const char *text) { assert_refused(FORMAT_JSON, NULL, doc, text); }
static void lines(const char *doc, const char *seen)   { assert_read(FORMAT_NDJSON, NULL, doc, seen); }

static void an_element_becomes_a_tree_of_its_members(void **state)
{
    (void)state;
    reads(HEAD "{\"code\":\"01\",\"n\":7,\"yes\":true,\"no\":false,\"none\":null,\"list\":[\"a\",\"b\"],\"deep\":{\"in\":{\"er\":\"x\"}},\"e\":{},\"l\":[]}]}",
          "1@1 put o(codes'01' nn'7' yesb'true' nob'false' nonez lista(s'a' s'b') deepo(ino(ers'x')) eo la)\n");
    reads(HEAD "{}]}", "1@1 put o\n");
}

static void a_document_may_be_an_object_a_bare_array_or_empty(void **state)
{
    (void)state;
    reads("[{\"a\":\"1\"},{\"a\":\"2\"}]", "1@1 put o(as'1')\n2@1 put o(as'2')\n");
    reads(" [ ] ", "");
    reads("{}", "");
    reads("{\"kind\":\"nil\"}", "");
    reads(HEAD "]}\n", "");
    reads("\xEF\xBB\xBF[{}]", "1@1 put o\n");
}

static void elements_are_numbered_and_know_their_lines(void **state)
{
    (void)state;
    reads("{\"records\":\n[{\"a\":\n1},\r\n\n{\"a\":2}\n,\n{}]}", "1@2 put o(an'1')\n2@5 put o(an'2')\n3@7 put o\n");
}

static void strings_may_hold_brackets_quotes_and_escapes(void **state)
{
    (void)state;
    reads("[{\"a\\\"]\":\"}]\\\\\",\"b\":\"\\\\\\\"{\\u049a\\ud83d\\ude00/\\/\\n\"},{\"ә\":\"Қазақ\"}]",
          "1@1 put o(a\"]s'}]\\' bs'\\\"{\xD2\x9A\xF0\x9F\x98\x80//\n')\n2@1 put o(әs'Қазақ')\n");
    reads("[{\"a\":\"\\\\u0000\"}]", "1@1 put o(as'\\u0000')\n");
}

static void a_number_keeps_every_digit_it_was_written_with(void **state)
{
    (void)state;
    reads("[{\"a-1\":12345678901234567890,\"b\":[-0.1,9007199254740993,3.141592653589793238],\"c 2\":\"3\",\"d\":0}]",
          "1@1 put o(a-1n'12345678901234567890' ba(n'-0.1' n'9007199254740993' n'3.141592653589793238') c 2s'3' dn'0')\n");
}

static void idle_zeros_and_exponents_of_numbers_are_resolved(void **state)
{
    (void)state;
    reads("[[],{\"a\":1.0,\"b\":1.50,\"c\":100,\"d\":1e3,\"e\":1.5E-1,\"f\":2.5e1,\"g\":0.10,\"h\":1e300}]",
          "1@1 put bad: not a JSON object\n2@1 put o(an'1' bn'1.5' cn'100' dn'1000' en'0.15' fn'25' gn'0.1' hn'1e+300')\n");
}

static void a_withdrawal_holds_its_ground_and_key_fields(void **state)
{
    (void)state;
    reads("[{\"$withdraw\":{\"ground\":\"by mistake\"},\"a\":\"1\"},{\"a\":\"1\",\"$withdraw\":{}},{\"a\":1,\"$withdraw\":{\"ground\":null},\"b\":2}]",
          "1@1 withdraw ground'by mistake' o(as'1')\n2@1 withdraw o(as'1')\n3@1 withdraw o(an'1' bn'2')\n");
    reads("[{\"$withdraw\":true},{\"$withdraw\":{\"why\":\"x\"}},{\"$withdraw\":{\"ground\":1}},{\"$withdraw\":{\"ground\":\"g\",\"x\":1}},{\"a\":{\"$withdraw\":{}}}]",
          "1@1 withdraw bad: $withdraw is not {\"ground\": text}\n2@1 withdraw bad: $withdraw is not {\"ground\": text}\n"
          "3@1 withdraw bad: $withdraw is not {\"ground\": text}\n4@1 withdraw bad: $withdraw is not {\"ground\": text}\n5@1 put o(ao($withdrawo))\n");
}

static void an_element_that_is_no_object_is_a_bad_record(void **state)
{
    (void)state;
    reads("[1,\"x]\",null , true,[{}],-1.5e3]",
          "1@1 put bad: not a JSON object\n2@1 put bad: not a JSON object\n3@1 put bad: not a JSON object\n"
          "4@1 put bad: not a JSON object\n5@1 put bad: not a JSON object\n6@1 put bad: not a JSON object\n");
}

static void a_doubled_key_at_any_depth_refuses_the_delivery(void **state)
{
    (void)state;
    refused("[{\"a\":1,\"b\":2,\"a\":3}]", "duplicate_json_key: a");
    refused("[{\"x\":[{\"y\":{\"key\":1,\"k\\u0065y\":1}}]}]", "duplicate_json_key: key");
    refused("[{\"$withdraw\":{\"ground\":\"a\",\"ground\":\"b\"}}]", "duplicate_json_key: ground");
    refused("{\"feed\":\"a\",\"feed\":\"b\"}", "duplicate_json_key: feed");
    reads("[{\"a\":1},{\"a\":1,\"b\":{\"a\":1},\"A\":2}]", "1@1 put o(an'1')\n2@1 put o(an'1' bo(an'1') An'2')\n");
}

static void a_doubled_key_among_many_is_found(void **state)
{
    (void)state;
    for (int doubled = 0; doubled < 2; doubled++) {
        SCOPED(buffer_free) Buffer b = { 0 };
        buffer_text(&b, "[{");
        for (int i = 0; i < 10000; i++)
            buffer_print(&b, "\"k%d\":1,", i);
        buffer_text(&b, doubled ? "\"k77\":1}]" : "\"other\":1}]");
        Reading g = read_in_pieces(FORMAT_JSON, NULL, b.at, b.len, 0, 0);
        assert_int_equal(g.rc, doubled ? RC_REJECT : RC_OK);
        if (doubled)
            assert_string_equal(g.err.text, "duplicate_json_key: k77");
        reading_free(&g);
    }
}

static void what_is_not_the_form_of_a_delivery_is_refused(void **state)
{
    (void)state;
    refused("{\"fed\":\"f\"}", "not_a_delivery: fed");
    refused("{\"feed\":1}", "not_a_delivery: feed");
    refused("{\"period\":null,\"records\":[]}", "not_a_delivery: period");
    refused("{\"records\":{}}", "not_a_delivery: records");
    refused("\"text\"", "not_a_delivery: neither object nor array");
    refused("{\"records\":[],\"feed\":\"f\"}", "records_not_last");
}

static void broken_json_no_guard_has_seen_does_no_harm(void **state)
{
    (void)state;
    refused("[{\"a\":\"x\\u0000y\"}]", "not_well_formed: JSON, 17");
    refused("[{\"a\":}]", "not_well_formed: JSON, 7");
    refused("[{]", "not_well_formed: JSON, 3");
    refused("[1,]", "not_well_formed: JSON, 3");
    refused("[,1]", "not_well_formed: JSON, 1");
    refused("[{} {}]", "not_well_formed: JSON, 4");
    refused("[]]", "not_well_formed: JSON, 2");
    refused("[}]", "not_well_formed: JSON, 1");
    refused("{\"feed\" \"f\"}", "not_well_formed: JSON, 8");
    refused("{\"feed\":\"f\" \"kind\":\"x\"}", "not_well_formed: JSON, 12");
    refused("[tru]", "not_well_formed: JSON, 4");
    refused("[{\"a\":\"\\ud800\"}]", "not_well_formed: JSON, 15");
    assert_read_bytes(FORMAT_JSON, NULL, "[\0]", 3, "not_well_formed: JSON, 2\n");
    assert_read_bytes(FORMAT_JSON, NULL, "[1\0]", 4, "1@1 put bad: not a JSON object\nnot_well_formed: JSON, 2\n");
}

static void every_beginning_of_a_document_is_torn(void **state)
{
    (void)state;
    static const char doc[] = HEAD "{\"a\":\"x\\n\",\"b\":[1,{}]},12,\"s\"]}";
    for (size_t len = 0; len + 1 < sizeof doc; len++)
        for (size_t piece = 0; piece < 2; piece++) {
            Reading g = read_in_pieces(FORMAT_JSON, NULL, doc, len, piece, 0);
            assert_int_equal(g.rc, RC_REJECT);
            assert_string_equal(g.err.text, "torn: the end of the document");
            reading_free(&g);
        }
}

/* An object of exactly len bytes with one text. */
static void object_of(Buffer *b, size_t len)
{
    buffer_text(b, "{\"a\":\"");
    memset(buffer_room(b, len - 8), 'x', len - 8);
    buffer_used(b, len - 8);
    buffer_text(b, "\"}");
}

static void assert_large(Format format, size_t len, size_t piece, bool too_large)
{
    SCOPED(buffer_free) Buffer b = { 0 };
    buffer_text(&b, format == FORMAT_JSON ? "[" : "");
    object_of(&b, len);
    buffer_text(&b, format == FORMAT_JSON ? ",{\"a\":2}]" : "\n{\"a\":2}");
    Reading g = read_in_pieces(format, NULL, b.at, b.len, piece, 0);
    assert_int_equal(g.rc, RC_OK);
    assert_int_equal(g.records, 2);
    assert_int_equal(strstr(g.seen.at, "1@1 put bad: record_too_large\n") != NULL, too_large);
    assert_non_null(strstr(g.seen.at, format == FORMAT_JSON ? "2@1 put o(an'2')\n" : "2@2 put o(an'2')\n"));
    reading_free(&g);
}

static void a_record_over_one_megabyte_is_bad_and_the_next_is_read(void **state)
{
    (void)state;
    static const size_t pieces[] = { 0, 1, 4096 };
    static const Format formats[] = { FORMAT_JSON, FORMAT_NDJSON };
    for (int f = 0; f < 2; f++)
        for (int i = 0; i < 3; i++) {
            assert_large(formats[f], MB, pieces[i], false);
            assert_large(formats[f], MB + 1, pieces[i], true);
        }
}

static void too_many_values_or_levels_spoil_a_record(void **state)
{
    (void)state;
    SCOPED(buffer_free) Buffer b = { 0 };
    buffer_text(&b, "{\"a\":[0");
    buffer_repeat(&b, ",0", MB / sizeof(Node));
    buffer_text(&b, "]}\n");
    assert_read_bytes(FORMAT_NDJSON, NULL, b.at, b.len, "1@1 put bad: record_too_large\n");
    for (unsigned levels = 31; levels <= 32; levels++) {
        buffer_clear(&b);
        buffer_text(&b, "[{\"a\":");
        buffer_repeat(&b, "[", levels);
        buffer_repeat(&b, "]", levels);
        buffer_text(&b, "}]");
        Reading g = read_in_pieces(FORMAT_JSON, NULL, b.at, b.len, 0, 0);
        assert_int_equal(g.rc, RC_OK);
        assert_int_equal(strcmp(buffer_string(&g.seen), "1@1 put bad: nested over 32 levels\n") == 0, levels == 32);
        reading_free(&g);
    }
}

static void each_line_is_a_record(void **state)
{
    (void)state;
    lines("{\"a\":\"1\"}\n{\"a\":\"2\"}\r\n\n  \r\n{\"$withdraw\":{\"ground\":\"g\"},\"a\":3}", "1@1 put o(as'1')\n2@2 put o(as'2')\n3@5 withdraw ground'g' o(an'3')\n");
    lines("\xEF\xBB\xBF{}\n", "1@1 put o\n");
    lines("", "");
    lines("\n\n", "");
}

static void a_bad_line_is_a_bad_record_and_quotes_nothing(void **state)
{
    (void)state;
    lines("secret\n[1]\n{\"a\":secret}\n{\"a\":01}\n{\"a\":1} x\n{\"a\":\"\\u0000\"}\n{\"a\":\"\\ud800\"}\n{\"a\":\n{}\n",
          "1@1 put bad: line is not a JSON object: it does not begin with {\n"
          "2@2 put bad: line is not a JSON object: it does not begin with {\n"
          "3@3 put bad: line is not a JSON object: not_well_formed\n"
          "4@4 put bad: line is not a JSON object: not_well_formed\n"
          "5@5 put bad: line is not a JSON object: not_well_formed\n"
          "6@6 put bad: line is not a JSON object: nul_character\n"
          "7@7 put bad: line is not a JSON object: an escape in a string is wrong\n"
          "8@8 put bad: line is not a JSON object: torn\n"
          "9@9 put o\n");
}

static void a_doubled_key_in_a_line_is_that_lines_fault(void **state)
{
    (void)state;
    lines("{\"a\":1}\n{\"a\":1,\"a\":2}\n{\"a\":3}\n", "1@1 put o(an'1')\n2@2 put bad: line is not a JSON object: a key stands twice\n3@3 put o(an'3')\n");
}

static void the_verdict_of_the_sink_stops_the_reader(void **state)
{
    (void)state;
    static const Format formats[] = { FORMAT_JSON, FORMAT_NDJSON };
    static const char *const docs[] = { "[{},{},{}]", "{}\n{}\n{}\n" };
    for (int i = 0; i < 2; i++)
        for (size_t piece = 0; piece < 2; piece++) {
            Reading g = read_in_pieces(formats[i], NULL, docs[i], strlen(docs[i]), piece, 2);
            assert_int_equal(g.rc, RC_RETRY);
            assert_int_equal(g.records, 2);
            reading_free(&g);
        }
}

static void a_long_document_takes_little_memory(void **state)
{
    (void)state;
    static const Format formats[] = { FORMAT_JSON, FORMAT_NDJSON };
    for (int f = 0; f < 2; f++) {
        SCOPED(buffer_free) Buffer b = { 0 };
        const char *tail = formats[f] == FORMAT_JSON ? "{}]}" : "{}";
        while (b.len < 64 * 1024) {
            buffer_text(&b, "{\"n\":1");
            for (int i = 0; i < 20; i++)
                buffer_print(&b, ",\"field%d\":\"Кәсіптік біліктілік text\"", i);
            buffer_text(&b, formats[f] == FORMAT_JSON ? "},\n" : "}\n");
        }
        Load l = read_load(formats[f], formats[f] == FORMAT_JSON ? HEAD : "", b.at, b.len, 50 * MB / b.len, tail, 2 * MB);
        assert_true(l.records > 40000 && !l.bad);
    }
}

static void an_endless_record_takes_little_memory(void **state)
{
    (void)state;
    SCOPED(buffer_free) Buffer b = { 0 };
    buffer_repeat(&b, "some text ", 6000);
    assert_int_equal(read_load(FORMAT_JSON, "[{\"a\":\"", b.at, b.len, 400, "\"}]", 4 * MB).bad, 1);
    assert_int_equal(read_load(FORMAT_NDJSON, "{\"a\":\"", b.at, b.len, 400, "\"}", 4 * MB).bad, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_element_becomes_a_tree_of_its_members),
        cmocka_unit_test(a_document_may_be_an_object_a_bare_array_or_empty),
        cmocka_unit_test(elements_are_numbered_and_know_their_lines),
        cmocka_unit_test(strings_may_hold_brackets_quotes_and_escapes),
        cmocka_unit_test(a_number_keeps_every_digit_it_was_written_with),
        cmocka_unit_test(idle_zeros_and_exponents_of_numbers_are_resolved),
        cmocka_unit_test(a_withdrawal_holds_its_ground_and_key_fields),
        cmocka_unit_test(an_element_that_is_no_object_is_a_bad_record),
        cmocka_unit_test(a_doubled_key_at_any_depth_refuses_the_delivery),
        cmocka_unit_test(a_doubled_key_among_many_is_found),
        cmocka_unit_test(what_is_not_the_form_of_a_delivery_is_refused),
        cmocka_unit_test(broken_json_no_guard_has_seen_does_no_harm),
        cmocka_unit_test(every_beginning_of_a_document_is_torn),
        cmocka_unit_test(a_record_over_one_megabyte_is_bad_and_the_next_is_read),
        cmocka_unit_test(too_many_values_or_levels_spoil_a_record),
        cmocka_unit_test(each_line_is_a_record),
        cmocka_unit_test(a_bad_line_is_a_bad_record_and_quotes_nothing),
        cmocka_unit_test(a_doubled_key_in_a_line_is_that_lines_fault),
        cmocka_unit_test(the_verdict_of_the_sink_stops_the_reader),
        cmocka_unit_test(a_long_document_takes_little_memory),
        cmocka_unit_test(an_endless_record_takes_little_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
