#include "tests/unit/readings.h"

#define ROOT "<delivery xmlns='urn:kz:nqs:delivery:1' feed='f' period='2026' kind='list'>"
#define END  "</delivery>"
#define XSI  "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'"
#define SIGN "<ds:Signature xmlns:ds='http://www.w3.org/2000/09/xmldsig#'><ds:SignedInfo>text</ds:SignedInfo></ds:Signature>"
#define WRAP "<w xmlns:d='urn:kz:nqs:delivery:1'>"

static void reads(const char *doc, const char *seen)    { assert_read(FORMAT_XML, NULL, doc, seen); }
static void wrapped(const char *doc, const char *seen)  { assert_read(FORMAT_XML, WRAP, doc, seen); }
static void refused(const char *doc, const char *text)  { assert_refused(FORMAT_XML, NULL, doc, text); }
static void refused_in_wrap(const char *doc, const char *text) { assert_refused(FORMAT_XML, WRAP, doc, text); }

static void a_record_becomes_a_tree_of_its_elements(void **state)
{
    (void)state;
    reads(ROOT "<record><code>01</code><list><item>a</item><item>b</item></list><deep><in><er>x</er></in></deep></record>" END,
          "1@1 put (code'01' list(item'a' item'b') deep(in(er'x')))\n");
    reads("<?xml version='1.0' encoding='UTF-8'?>" ROOT "<record/>" END, "1@1 put ''\n");
    reads(ROOT END, "");
}

static void records_and_withdrawals_are_numbered_together_and_know_their_lines(void **state)
{
    (void)state;
    reads(ROOT "\n<record>\n<a>1</a></record><withdraw\n\n ground='by mistake &amp; twice'>\n<a>2</a></withdraw>\n\n<withdraw><a>3</a></withdraw>\n<record/>" END,
          "1@2 put (a'1')\n2@3 withdraw ground'by mistake & twice' (a'2')\n3@8 withdraw (a'3')\n4@9 put ''\n");
}

static void text_that_comes_in_several_pieces_is_one_text(void **state)
{
    (void)state;
    reads(ROOT "<record><a>x &lt; y &#x49A;<![CDATA[<raw> & ]]>end<!-- c -->ing<?pi?>!</a></record>" END,
          "1@1 put (a'x < y \xD2\x9A<raw> & ending!')\n");
    reads(ROOT "<record><a>Қазақстан\r\nРеспубликасы</a></record>" END, "1@1 put (a'Қазақстан\nРеспубликасы')\n");
}

static void indentation_is_not_text_but_blanks_of_a_leaf_are(void **state)
{
    (void)state;
    reads(ROOT "<record>\n  <a>\n    <b> x </b>\n    <c>  </c>\n  </a>\n  <d></d><e/>\n</record>" END, "1@1 put (a(b' x ' c'  ') d'' e'')\n");
}

static void text_between_children_is_kept_for_the_check_to_complain(void **state)
{
    (void)state;
    reads(ROOT "<record> stray <a>1</a></record><record><a> 1 <b/> 2 </a></record><record><a> <b/> 2 3 </a></record>" END,
          "1@1 put 'stray '(a'1')\n2@1 put (a' 1  2 '(b''))\n3@1 put (a'2 3 '(b''))\n");
}

static void a_nil_element_is_absent(void **state)
{
    (void)state;
    reads(ROOT "<record " XSI "><a xsi:nil='true'/><b xsi:nil='1'> </b><c xsi:nil='false'>x</c><d><e xsi:nil='true'/></d></record>" END,
          "1@1 put (c'x' d'')\n");
    reads(ROOT "<record " XSI "><a xsi:nil='true'>x</a></record><record " XSI "><a xsi:nil='true'><b/></a></record><record " XSI "><a xsi:nil='yes'/></record>" END,
          "1@1 put bad: an element with xsi:nil is not empty\n2@1 put bad: an element with xsi:nil is not empty\n"
          "3@1 put bad: xsi:nil is neither true nor false\n");
}

static void an_attribute_of_our_own_does_not_belong_in_a_record(void **state)
{
    (void)state;
    reads(ROOT "<record><a unit='kg'>1</a></record><record id='1'/><withdraw ground='g' why='x'/><record ground='g'/><record><a>2</a></record>" END,
          "1@1 put bad: attribute unit does not belong on element a\n2@1 put bad: attribute id does not belong on a record\n"
          "3@1 withdraw ground'g' bad: attribute why does not belong on a record\n"
          "4@1 put bad: attribute ground does not belong on a record\n5@1 put (a'2')\n");
}

static void foreign_attributes_and_declarations_are_passed_over(void **state)
{
    (void)state;
    reads("<delivery xmlns='urn:kz:nqs:delivery:1' Id='x' xmlns:q='urn:q' q:z='1'><record q:id='7' xml:lang='kk'><a q:b='c' xmlns:r='urn:r'>1</a></record>" END,
          "1@1 put (a'1')\n");
}

static void a_foreign_element_spoils_its_record_only(void **state)
{
    (void)state;
    reads(ROOT "<record><q:a xmlns:q='urn:q'><b/></q:a><c/></record><record><a xmlns=''>1</a></record><record><a>2</a></record>" END,
          "1@1 put bad: element {urn:q}a is not of urn:kz:nqs:delivery:1\n2@1 put bad: element a is not of urn:kz:nqs:delivery:1\n"
          "3@1 put (a'2')\n");
}

static void another_prefix_for_the_same_namespace_is_the_same(void **state)
{
    (void)state;
    reads("<n:delivery xmlns:n='urn:kz:nqs:delivery:1' xmlns:m='urn:kz:nqs:delivery:1'><n:record><m:a>1</m:a></n:record></n:delivery>", "1@1 put (a'1')\n");
}

static void nesting_over_32_levels_spoils_the_record(void **state)
{
    (void)state;
    for (unsigned levels = 32; levels <= 33; levels++) {
        SCOPED(buffer_free) Buffer b = { 0 };
        buffer_text(&b, ROOT "<record>");
        buffer_repeat(&b, "<a>", levels);
        buffer_repeat(&b, "</a>", levels);
        buffer_text(&b, "</record><record><a>next</a></record>" END);
        Reading g = read_in_pieces(FORMAT_XML, NULL, b.at, b.len, 0, 0);
        assert_int_equal(g.rc, RC_OK);
        assert_non_null(strstr(g.seen.at, "2@1 put (a'next')\n"));
        assert_int_equal(strstr(g.seen.at, "bad: nested over 32 levels") != NULL, levels == 33);
        reading_free(&g);
    }
}

/* Text of the given length in one field; the node of the record and that of the field count too. */
static bool is_too_large(size_t text, size_t piece)
{
    SCOPED(buffer_free) Buffer b = { 0 };
    buffer_text(&b, ROOT "<record><a>");
    memset(buffer_room(&b, text), 'x', text);
    buffer_used(&b, text);
    buffer_text(&b, "</a></record><record><a>next</a></record>" END);
    Reading g = read_in_pieces(FORMAT_XML, NULL, b.at, b.len, piece, 0);
    assert_int_equal(g.rc, RC_OK);
    assert_non_null(strstr(g.seen.at, "2@1 put (a'next')\n"));
    bool too_large = strstr(g.seen.at, "1@1 put bad: record_too_large\n");
    reading_free(&g);
    return too_large;
}

static void a_record_over_one_megabyte_is_bad_and_the_next_is_read(void **state)
{
    (void)state;
    const size_t most = MB - 2 * sizeof(Node), pieces[] = { 0, 1, 4096 };
    for (int i = 0; i < 3; i++) {
        assert_false(is_too_large(most, pieces[i]));
        assert_true(is_too_large(most + 1, pieces[i]));
    }
}

static void many_small_elements_count_towards_the_megabyte(void **state)
{
    (void)state;
    SCOPED(buffer_free) Buffer b = { 0 };
    buffer_text(&b, ROOT "<record>");
    buffer_repeat(&b, "<a/>", MB / sizeof(Node));
    buffer_text(&b, "</record>" END);
    assert_read_bytes(FORMAT_XML, NULL, b.at, b.len, "1@1 put bad: record_too_large\n");
}

static void a_signature_may_stand_as_last_child(void **state)
{
    (void)state;
    reads(ROOT "<record><a>1</a></record>" SIGN "\n" END, "1@1 put (a'1')\n");
    refused(ROOT SIGN SIGN END, "not_a_delivery: {http://www.w3.org/2000/09/xmldsig#}Signature");
    refused(ROOT SIGN "<record/>" END, "not_a_delivery: {urn:kz:nqs:delivery:1}record");
    refused(ROOT "<Signature/>" END, "not_a_delivery: {urn:kz:nqs:delivery:1}Signature");
    refused_in_wrap(SIGN, "not_a_delivery: {http://www.w3.org/2000/09/xmldsig#}Signature");
}

static void what_is_no_record_refuses_the_delivery(void **state)
{
    (void)state;
    refused("<delivery/>", "not_a_delivery: delivery");
    refused("<d:record xmlns:d='urn:kz:nqs:delivery:1'/>", "not_a_delivery: {urn:kz:nqs:delivery:1}record");
    refused(ROOT "<rekord/>" END, "not_a_delivery: {urn:kz:nqs:delivery:1}rekord");
    refused(ROOT "<record xmlns='urn:q'/>" END, "not_a_delivery: {urn:q}record");
    refused(ROOT "<record/>x<record/>" END, "not_a_delivery: text");
    refused(ROOT "<![CDATA[x]]>" END, "not_a_delivery: text");
    refused(ROOT ROOT END END, "not_a_delivery: {urn:kz:nqs:delivery:1}delivery");
}

static void a_payload_in_a_message_may_be_a_delivery_or_bare_records(void **state)
{
    (void)state;
    wrapped("\n" ROOT "<record><a>1</a></record>" END "\n", "1@2 put (a'1')\n");
    wrapped("<d:record><d:a>1</d:a></d:record>\n<d:withdraw ground='g'><d:a>2</d:a></d:withdraw>", "1@1 put (a'1')\n2@2 withdraw ground'g' (a'2')\n");
    assert_read(FORMAT_XML, "<w\n\n xmlns='urn:kz:nqs:delivery:1'\n>", "<record><a>1</a></record>", "1@1 put (a'1')\n");
    assert_read(FORMAT_XML, "<w>", ROOT "<record/>" END, "1@1 put ''\n");
}

static void a_message_holds_either_one_delivery_or_records(void **state)
{
    (void)state;
    refused_in_wrap(ROOT END ROOT END, "not_a_delivery: {urn:kz:nqs:delivery:1}delivery");
    refused_in_wrap(ROOT END "<d:record/>", "not_a_delivery: {urn:kz:nqs:delivery:1}record");
    refused_in_wrap("<d:record/>" ROOT END, "not_a_delivery: {urn:kz:nqs:delivery:1}delivery");
    refused_in_wrap("<d:record/>text", "not_a_delivery: text");
    refused_in_wrap("<x/>", "not_a_delivery: x");
    refused_in_wrap("", "torn: the end of the document");
}

static void a_mark_before_the_document_is_allowed(void **state)
{
    (void)state;
    reads("\xEF\xBB\xBF" ROOT "<record/>" END, "1@1 put ''\n");
    reads("\xEF\xBB\xBF<?xml version='1.0'?>" ROOT END, "");
    wrapped("\xEF\xBB\xBF<d:record/>", "1@1 put ''\n");
}

static void what_only_a_parser_sees_refuses_the_delivery(void **state)
{
    (void)state;
    refused(ROOT "<record><q:a/></record>" END, "undeclared_prefix: q");
    refused(ROOT "<record><a q:b=''/></record>" END, "undeclared_prefix: q");
    refused("<q:delivery/>", "undeclared_prefix: q");
    refused("<delivery xmlns='urn:kz:nqs:delivery:1' xmlns:p='u' xmlns:q='u' p:a='' q:a=''/>", "not_well_formed: doubled attribute, 77");
    refused("<d a='' a=''/>", "not_well_formed: doubled attribute, 12");
}

static void a_document_no_guard_has_seen_does_no_harm(void **state)
{
    (void)state;
    refused(ROOT "<record></a></record>" END, "not_well_formed: XML error 76, 87");
    refused(ROOT "<record>&unknown;</record>" END, "not_well_formed: XML error 26, 92");
    refused("<!DOCTYPE d [<!ENTITY e 'x'>]><d>&e;</d>", "doctype");
    refused(ROOT END "<more/>", "not_well_formed: XML error 5, 86");
    refused_in_wrap("<d:record/></w><w>", "not_well_formed: XML error 5, 15");
}

static void records_before_an_error_were_handed_on(void **state)
{
    (void)state;
    reads(ROOT "<record><a>1</a></record><record><q:a/></record>" END, "1@1 put (a'1')\nundeclared_prefix: q\n");
}

static void every_beginning_of_a_document_is_torn(void **state)
{
    (void)state;
    static const char doc[] = "<?xml version='1.0'?>" ROOT "<record><a>x&amp;<![CDATA[y]]></a><!-- c --></record>" SIGN END;
    for (size_t len = 0; len + 1 < sizeof doc; len++)
        for (size_t piece = 0; piece < 2; piece++) {
            Reading g = read_in_pieces(FORMAT_XML, NULL, doc, len, piece, 0);
            assert_int_equal(g.rc, RC_REJECT);
            assert_string_equal(g.err.code, "torn");
            reading_free(&g);
        }
}

static void a_torn_payload_in_a_message_is_torn(void **state)
{
    (void)state;
    refused_in_wrap("<d:record><d:a>1</d:a>", "torn: the end of the document");
    refused_in_wrap("<d:record/><d:rec", "torn: the end of the document");
}

static void the_verdict_of_the_sink_stops_the_reader(void **state)
{
    (void)state;
    static const char doc[] = ROOT "<record/><record/><record/>" END;
    Error err, again;
    Reading g = { .stop_at = 2 };
    Reader *r;
    assert_int_equal(reader_open(FORMAT_XML, NULL, NULL, reading_note, &g, &r, &err), RC_OK);
    assert_int_equal(reader_feed(r, doc, sizeof doc - 1, &err), RC_RETRY);
    assert_string_equal(err.text, "the sink is tired");
    assert_int_equal(reader_feed(r, doc, sizeof doc - 1, &again), RC_RETRY);
    assert_int_equal(reader_end(r, &again), RC_RETRY);
    assert_string_equal(again.text, err.text);
    assert_int_equal(g.records, 2);
    reader_free(&r);
    reading_free(&g);
}

static void a_prologue_that_is_no_tag_is_refused(void **state)
{
    (void)state;
    Error err;
    Reader *r = NULL;
    assert_int_equal(reader_open(FORMAT_XML, "<w q:a=''>", NULL, reading_note, NULL, &r, &err), RC_REJECT);
    assert_null(r);
    reader_free(&r);
}

static void a_long_document_takes_little_memory(void **state)
{
    (void)state;
    SCOPED(buffer_free) Buffer b = { 0 };
    while (b.len < 64 * 1024) {
        buffer_text(&b, "<record>");
        buffer_repeat(&b, "<field>Кәсіптік біліктілік text</field>", 20);
        buffer_text(&b, "</record>\n");
    }
    size_t times = 50 * MB / b.len;
    Load l = read_load(FORMAT_XML, ROOT, b.at, b.len, times, END, 2 * MB);
    assert_true(l.records > 40000 && l.records % times == 0 && !l.bad);
}

static void an_endless_record_takes_little_memory(void **state)
{
    (void)state;
    SCOPED(buffer_free) Buffer text = { 0 }, tags = { 0 };
    buffer_repeat(&text, "some text ", 6000);
    buffer_repeat(&tags, "<a>1</a>", 6000);
    assert_int_equal(read_load(FORMAT_XML, ROOT "<record><a>", text.at, text.len, 400, "</a></record>" END, 8 * MB).bad, 1);
    assert_int_equal(read_load(FORMAT_XML, ROOT "<record>", tags.at, tags.len, 400, "</record>" END, 8 * MB).bad, 1);
}

static void endless_new_names_are_refused_before_they_take_much_memory(void **state)
{
    (void)state;
    Error err;
    Load l = { 0 };
    Reader *r = NULL;
    Rc rc = reader_open(FORMAT_XML, NULL, NULL, load_note, &l, &r, &err);
    size_t before = live_bytes();
    if (!rc)
        rc = reader_feed(r, ROOT, strlen(ROOT), &err);
    for (unsigned i = 0; i < 500000 && !rc; i++) {
        char record[80];
        int len = snprintf(record, sizeof record, "<record><name%u>1</name%u></record>", i, i);
        rc = reader_feed(r, record, (size_t)len, &err);
    }
    assert_int_equal(rc, RC_REJECT);
    assert_string_equal(err.arg[0], "too many names");
    assert_in_range(live_bytes(), 1, before + 16 * MB);
    assert_in_range(l.records, 10000, 400000);
    reader_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_becomes_a_tree_of_its_elements),
        cmocka_unit_test(records_and_withdrawals_are_numbered_together_and_know_their_lines),
        cmocka_unit_test(text_that_comes_in_several_pieces_is_one_text),
        cmocka_unit_test(indentation_is_not_text_but_blanks_of_a_leaf_are),
        cmocka_unit_test(text_between_children_is_kept_for_the_check_to_complain),
        cmocka_unit_test(a_nil_element_is_absent),
        cmocka_unit_test(an_attribute_of_our_own_does_not_belong_in_a_record),
        cmocka_unit_test(foreign_attributes_and_declarations_are_passed_over),
        cmocka_unit_test(a_foreign_element_spoils_its_record_only),
        cmocka_unit_test(another_prefix_for_the_same_namespace_is_the_same),
        cmocka_unit_test(nesting_over_32_levels_spoils_the_record),
        cmocka_unit_test(a_record_over_one_megabyte_is_bad_and_the_next_is_read),
        cmocka_unit_test(many_small_elements_count_towards_the_megabyte),
        cmocka_unit_test(a_signature_may_stand_as_last_child),
        cmocka_unit_test(what_is_no_record_refuses_the_delivery),
        cmocka_unit_test(a_payload_in_a_message_may_be_a_delivery_or_bare_records),
        cmocka_unit_test(a_message_holds_either_one_delivery_or_records),
        cmocka_unit_test(a_mark_before_the_document_is_allowed),
        cmocka_unit_test(what_only_a_parser_sees_refuses_the_delivery),
        cmocka_unit_test(a_document_no_guard_has_seen_does_no_harm),
        cmocka_unit_test(records_before_an_error_were_handed_on),
        cmocka_unit_test(every_beginning_of_a_document_is_torn),
        cmocka_unit_test(a_torn_payload_in_a_message_is_torn),
        cmocka_unit_test(the_verdict_of_the_sink_stops_the_reader),
        cmocka_unit_test(a_prologue_that_is_no_tag_is_refused),
        cmocka_unit_test(a_long_document_takes_little_memory),
        cmocka_unit_test(an_endless_record_takes_little_memory),
        cmocka_unit_test(endless_new_names_are_refused_before_they_take_much_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
