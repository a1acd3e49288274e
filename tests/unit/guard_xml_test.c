#include "tests/unit/guard_try.h"
#include "gateway/base/buffer.h"
#include <libxml/parser.h>

#define XML(s) (&(Document){ FORMAT_XML, false, s, strlen(s) })
#define FRAGMENT(s) (&(Document){ FORMAT_XML, true, s, strlen(s) })
enum { KILO = 1024 };

static const char *const good[] = {
    "<a/>", "<a></a>", "<a />", "<a ></a >", "<a\n/>", "\n\t <a/>\r\n", "<a>text</a>",
    "\xEF\xBB\xBF<a/>",
    "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"utf-8\"?><a/>",
    "<?xml version='1.0'?><a/>",
    "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<a/>",
    "<?xml\tversion = '1.1'\r\nstandalone\n=\n\"no\"?><a/>",
    "<!-- c --><a/><!----><!-- - -x -->",
    "<?xml-stylesheet href='x'?><?p?><a><?p ?? ? > ?></a><?p x?>",
    "<a b='1' c=\"2\" d = 'x>y' e='\"' f=\"'\"/>",
    "<a b='&lt;&gt;&amp;&quot;&apos;&#65;&#x41;&#x10FFFF;'>&lt;&#9;&#xD7FF;&#xe000;&#000000000065;</a>",
    "<a><![CDATA[<b>&x; ]] ]> ]]]></a>", "<a><![CDATA[]]></a>", "<a><![CDATA[]]]]><![CDATA[>]]></a>",
    "<a>]] > ]&gt; ]]&gt; ></a>", "<a>]</a>", "<a>]]</a>",
    "<n:a xmlns:n='u'><n:b n:c='1'/></n:a>", "<a-b.c_1><_x/></a-b.c_1>",
    "<Мекеме аты='Қазақ'>Ұлттық біліктілік — №1 😀</Мекеме>",
    "<a><b><c/></b><b>x</b>\n</a>",
};

static const struct { const char *xml, *verdict; } bad[] = {
    { "", "torn: root" }, { " \n", "torn: root" }, { "<!-- x -->", "torn: root" }, { "\xEF\xBB\xBF", "torn: root" },
    { "x", "not_well_formed: text_outside_root, 0" }, { "<a/>x", "not_well_formed: text_outside_root, 4" },
    { "<a/>&lt;", "not_well_formed: text_outside_root, 4" }, { "<a/><![CDATA[x]]>", "not_well_formed: text_outside_root, 4" },
    { "\xEF\xBC\xA1<a/>", "not_well_formed: text_outside_root, 0" },
    { "<a/>\xEF\xBB\xBF", "not_well_formed: text_outside_root, 4" },
    { "<a/><b/>", "not_well_formed: second_root, 4" }, { "<a></a><a>", "not_well_formed: second_root, 7" },
    { "</a>", "not_well_formed: end_tag, 1" }, { "<a></b>", "not_well_formed: end_tag, 3" },
    { "<a></ab>", "not_well_formed: end_tag, 3" }, { "<ab></a>", "not_well_formed: end_tag, 4" },
    { "<a></A>", "not_well_formed: end_tag, 3" }, { "<a></a b='1'>", "not_well_formed: end_tag, 3" },
    { "<a><b></a></b>", "not_well_formed: end_tag, 6" }, { "<a></ a>", "not_well_formed: end_tag, 3" },
    { "<a></a/>", "not_well_formed: end_tag, 3" },
    { "< a/>", "not_well_formed: tag, 1" }, { "<1/>", "not_well_formed: tag, 1" }, { "<-a/>", "not_well_formed: tag, 1" },
    { "<a$/>", "not_well_formed: tag, 2" }, { "<a/ >", "not_well_formed: tag, 3" }, { "<a//>", "not_well_formed: tag, 3" },
    { "<a<b/></a>", "not_well_formed: tag, 2" }, { "<>", "not_well_formed: tag, 1" },
    { "<a b/>", "not_well_formed: attribute, 4" }, { "<a b=1/>", "not_well_formed: attribute, 5" },
    { "<a b c='1'/>", "not_well_formed: attribute, 5" }, { "<a b='<'/>", "not_well_formed: attribute, 6" },
    { "<a b='1'c='2'/>", "not_well_formed: tag, 8" }, { "<a 1b='1'/>", "not_well_formed: tag, 3" },
    { "<a ='1'/>", "not_well_formed: tag, 3" }, { "<a'b'/>", "not_well_formed: tag, 2" },
    { "<a>&nbsp;</a>", "not_well_formed: reference, 8" }, { "<a>&;</a>", "not_well_formed: reference, 4" },
    { "<a>& </a>", "not_well_formed: reference, 4" }, { "<a>&lt</a>", "not_well_formed: reference, 6" },
    { "<a>&#;</a>", "not_well_formed: reference, 5" }, { "<a>&#x;</a>", "not_well_formed: reference, 6" },
    { "<a>&#0;</a>", "not_well_formed: reference, 6" }, { "<a>&#1;</a>", "not_well_formed: reference, 6" },
    { "<a>&#X41;</a>", "not_well_formed: reference, 8" }, { "<a>&#xD800;</a>", "not_well_formed: reference, 10" },
    { "<a>&#xFFFE;</a>", "not_well_formed: reference, 10" }, { "<a>&#x110000;</a>", "not_well_formed: reference, 12" },
    { "<a>&#4294967361;</a>", "not_well_formed: reference, 15" }, { "<a>&#6a;</a>", "not_well_formed: reference, 7" },
    { "<a>&LT;</a>", "not_well_formed: reference, 6" }, { "<a b='&x;'/>", "not_well_formed: reference, 8" },
    { "<a>&#00000000000065;</a>", "not_well_formed: reference, 18" },
    { "<a>]]></a>", "not_well_formed: ]]>, 5" }, { "<a>x]]]></a>", "not_well_formed: ]]>, 7" },
    { "<a>\x01</a>", "not_well_formed: control_character, 3" }, { "<a b='\x1F'/>", "not_well_formed: control_character, 6" },
    { "<a><![CDATA[\x08]]></a>", "not_well_formed: control_character, 12" },
    { "<!--\x0B--><a/>", "not_well_formed: control_character, 4" }, { "<a><?p \x02?></a>", "not_well_formed: control_character, 7" },
    { "<a><![CDATA[]\x01]></a>", "not_well_formed: control_character, 13" }, { "<!--\xEF\xEF\xBF\xBF--><a/>", "not_utf8: 5" },
    { "<a b='\xEF\xBF\xBE'/>", "not_well_formed: noncharacter, 8" }, { "<a>\xEF\xBF\xBD\xEF\xBF\xBF</a>", "not_well_formed: noncharacter, 8" },
    { "<!-- -- --><a/>", "not_well_formed: comment, 7" }, { "<!-- ---><a/>", "not_well_formed: comment, 7" },
    { "<!--> --><a/>", "not_well_formed: comment, 4" }, { "<!---> --><a/>", "not_well_formed: comment, 5" },
    { "<!-><a/>", "not_well_formed: markup, 0" }, { "<!ENTITY x 'y'><a/>", "not_well_formed: markup, 0" },
    { "<a><![cdata[x]]></a>", "not_well_formed: markup, 3" }, { "<a><![INCLUDE[x]]></a>", "not_well_formed: markup, 3" },
    { "<!DOCTYPE a><a/>", "doctype" }, { "<!doctype a><a/>", "doctype" }, { "<a><!DOCTYPE a></a>", "doctype" },
    { "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "doctype" }, { "<a/><!DOCTYPE a>", "doctype" },
    { " <?xml version='1.0'?><a/>", "not_well_formed: declaration, 1" },
    { "<a/><?xml version='1.0'?>", "not_well_formed: declaration, 4" },
    { "<a><?xml version='1.0'?></a>", "not_well_formed: declaration, 3" },
    { "<?XML version='1.0'?><a/>", "not_well_formed: declaration, 0" }, { "<a><?xMl?></a>", "not_well_formed: declaration, 3" },
    { "<?xml?><a/>", "not_well_formed: declaration, 0" }, { "<?xml ?><a/>", "not_well_formed: declaration, 0" },
    { "<?xml version='2.0'?><a/>", "not_well_formed: declaration, 0" },
    { "<?xml version='1.'?><a/>", "not_well_formed: declaration, 0" },
    { "<?xml version=1.0?><a/>", "not_well_formed: declaration, 0" },
    { "<?xml version='1.0\"?><a/>", "not_well_formed: declaration, 0" },
    { "<?xml encoding='UTF-8'?><a/>", "not_well_formed: declaration, 0" },
    { "<?xml version='1.0' standalone='maybe'?><a/>", "not_well_formed: declaration, 0" },
    { "<?xml version='1.0' standalone='no' encoding='UTF-8'?><a/>", "not_well_formed: declaration, 0" },
    { "<?xml version='1.0'encoding='UTF-8'?><a/>", "not_well_formed: declaration, 0" },
    { "<?xml version='1.0' encoding=''?><a/>", "not_well_formed: declaration, 0" },
    { "<?xml version='1.0' more='x'?><a/>", "not_well_formed: declaration, 0" },
    { "<?xml version='1.0' encoding='windows-1251'?><a/>", "encoding: windows-1251" },
    { "<?xml version='1.0' encoding='UTF-16'?><a/>", "encoding: UTF-16" },
    { "<? p?><a/>", "not_well_formed: processing_instruction, 2" }, { "<?" "?><a/>", "not_well_formed: processing_instruction, 2" },
    { "<?p?x?><a/>", "not_well_formed: processing_instruction, 4" }, { "<?p=?><a/>", "not_well_formed: processing_instruction, 3" },
    { "<a>\xD0</a>", "not_utf8: 4" }, { "<a>\xC0\xAF</a>", "not_utf8: 3" }, { "<a>\xED\xA0\x80</a>", "not_utf8: 4" },
    { "<\xFF/>", "not_utf8: 1" }, { "\xFF\xFE<", "not_utf8: 0" }, { "\xEF\xBB<a/>", "not_utf8: 2" },
    { "<a></b>\xFF", "not_well_formed: end_tag, 3" },
    { "<a", "torn: >" }, { "<a>\xD0", "torn: character" }, { "<a><b>", "torn: </b>" }, { "<Мекеме>x", "torn: </Мекеме>" },
    { "<a b", "torn: =" }, { "<a b='", "torn: \"" }, { "<a>&am", "torn: ;" }, { "<!-- x --", "torn: -->" },
    { "<a><![CDATA[ ]]", "torn: ]]>" }, { "<a/><?p ?", "torn: ?>" }, { "<a/", "torn: >" }, { "<a></a", "torn: >" },
};

#define EACH_OF(table, i) (size_t i = 0; i < sizeof table / sizeof *table; i++)

static void good_documents_pass_however_they_are_cut(void **state)
{
    (void)state;
    for EACH_OF(good, i)
        assert_verdict(XML(good[i]), "");
}

static void bad_documents_get_the_same_verdict_however_they_are_cut(void **state)
{
    (void)state;
    for EACH_OF(bad, i)
        assert_verdict(XML(bad[i].xml), bad[i].verdict);
}

static void a_nul_is_refused_wherever_it_stands(void **state)
{
    (void)state;
    static const char whole[] = "<a b='c'>text, long enough for words<!-- x --></a>\n";
    for (size_t i = 0; i < sizeof whole - 1; i++) {
        char copy[sizeof whole], expected[40];
        memcpy(copy, whole, sizeof whole);
        copy[i] = '\0';
        snprintf(expected, sizeof expected, "nul_character: %zu", i);
        assert_verdict(&(Document){ FORMAT_XML, false, copy, sizeof whole - 1 }, expected);
    }
    assert_verdict(&(Document){ FORMAT_XML, false, "<\0a\0/\0>\0", 8 }, "nul_character: 1");
}

/* Where the root ends; what follows it may be cut off. */
static size_t root_end(const char *xml)
{
    xmlDocPtr doc = NULL;
    size_t n = 0;
    while (!doc && n < strlen(xml))
        doc = xmlReadMemory(xml, (int)++n, NULL, NULL, XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NONET);
    assert_non_null(doc);
    xmlFreeDoc(doc);
    return n;
}

static void a_document_cut_short_anywhere_is_torn(void **state)
{
    (void)state;
    for EACH_OF(good, i)
        for (size_t n = 0, end = root_end(good[i]); n < end; n++) {
            const char *text = verdict(&(Document){ FORMAT_XML, false, good[i], n });
            if (strncmp(text, "torn: ", 6) != 0)
                fail_msg("%.*s: %s", (int)n, good[i], text);
        }
}

static bool libxml_takes(const char *bytes, size_t n)
{
    const int options = XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NONET;
    xmlDocPtr doc = xmlReadMemory(bytes, (int)n, NULL, NULL, options);
    xmlFreeDoc(doc);
    return doc;
}

static void libxml2_takes_what_the_guard_takes(void **state)
{
    (void)state;
    for EACH_OF(good, i)
        if (!libxml_takes(good[i], strlen(good[i])))
            fail_msg("libxml2 refuses %s", good[i]);
}

/* Left to the parser behind the guard, by its contract: a mutation that makes one of these is no finding. */
static bool left_to_the_parser(const char *bytes, size_t n)
{
    xmlParserCtxtPtr ctxt = xmlNewParserCtxt();
    xmlDocPtr doc = xmlCtxtReadMemory(ctxt, bytes, (int)n, NULL, NULL, XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NONET);
    const xmlError *last = xmlCtxtGetLastError(ctxt);
    int code = last ? last->code : 0;
    xmlFreeDoc(doc);
    xmlFreeParserCtxt(ctxt);
    return code == XML_ERR_ATTRIBUTE_REDEFINED;
}

static size_t mutations(const char *xml, const char *with)
{
    size_t n = strlen(xml), compared = 0;
    char *copy = malloc(n + 1);
    assert_non_null(copy);
    for (size_t at = 0; at < n; at++)
        for (const char *c = with; c <= with + strlen(with); c++, compared++) {
            memcpy(copy, xml, n + 1);
            size_t len = n;
            if (*c)
                copy[at] = *c;
            else
                memmove(copy + at, copy + at + 1, len-- - at);
            bool taken = !*verdict(&(Document){ FORMAT_XML, false, copy, len });
            if (taken && !libxml_takes(copy, len) && !left_to_the_parser(copy, len))
                fail_msg("the guard takes what libxml2 refuses: %.*s", (int)len, copy);
        }
    free(copy);
    return compared;
}

static void no_changed_byte_gets_past_the_guard_that_libxml2_would_refuse(void **state)
{
    (void)state;
    size_t compared = 0;
    for EACH_OF(good, i)
        if (!strstr(good[i], "Мекеме"))     /* which letters beyond ASCII may stand in a name is the parser's to say */
            compared += mutations(good[i], "<>&;'\"=/!?-[]#x1 \n:\x01\xD0\xFF");
    assert_true(compared > 10000);
}

static void the_guard_takes_nothing_of_the_bad_table_even_where_libxml2_does(void **state)
{
    (void)state;
    size_t stricter = 0;
    for EACH_OF(bad, i) {
        assert_string_not_equal(verdict(XML(bad[i].xml)), "");
        stricter += libxml_takes(bad[i].xml, strlen(bad[i].xml));
    }
    assert_true(stricter > 0);          /* DOCTYPE, other encodings */
    assert_true(stricter < 20);         /* and hardly anything else */
}

static void a_doubled_attribute_and_an_unknown_prefix_are_left_to_the_parser(void **state)
{
    (void)state;
    assert_verdict(XML("<a b='1' b='2'/>"), "");
    assert_verdict(XML("<n:a/>"), "");
}

static char *nested(size_t depth)
{
    char *open = repeated("", "<a>", depth, ""), *whole = repeated(open, "</a>", depth, "");
    free(open);
    return whole;
}

static void sixty_four_levels_pass_and_one_more_does_not(void **state)
{
    (void)state;
    char *fits = nested(64), *deep = nested(65);
    assert_verdict(XML(fits), "");
    assert_verdict(XML(deep), "too_deep: 64");
    free(fits);
    free(deep);
}

static char *with_attributes(size_t n)
{
    Buffer b = {0};
    buffer_text(&b, "<a");
    for (size_t i = 0; i < n; i++)
        buffer_print(&b, " a%zu=''", i);
    buffer_text(&b, "/>");
    return (char *)(uintptr_t)buffer_string(&b);
}

static void two_hundred_and_fifty_six_attributes_pass_and_one_more_does_not(void **state)
{
    (void)state;
    char *fits = with_attributes(256), *many = with_attributes(257);
    assert_verdict(XML(fits), "");
    assert_verdict(XML(many), "too_many_attributes: 256");
    free(fits);
    free(many);
}

static void markup_of_64_kilobytes_passes_and_one_byte_more_does_not(void **state)
{
    (void)state;
    static const struct { const char *head, *tail, *rest; } kinds[] = {
        { "<a b='", "'/>", "" }, { "<a", "/>", "" }, { "<a ", "/>", "" }, { "<!--", "-->", "<a/>" }, { "<?p ", "?>", "<a/>" },
    };
    for EACH_OF(kinds, i) {
        size_t room = 64 * KILO - strlen(kinds[i].head) - strlen(kinds[i].tail);
        const char *unit = strcmp(kinds[i].head, "<a ") == 0 ? " " : "x";
        char tail[16];
        snprintf(tail, sizeof tail, "%s%s", kinds[i].tail, kinds[i].rest);
        char *fits = repeated(kinds[i].head, unit, room, tail), *large = repeated(kinds[i].head, unit, room + 1, tail);
        assert_verdict(XML(fits), "");
        assert_verdict(XML(large), "too_large_markup: 0");
        free(fits);
        free(large);
    }
}

static void a_declaration_without_an_end_in_sight_is_refused(void **state)
{
    (void)state;
    char *padded = repeated("<?xml version='1.0'", " ", 200, "?><a/>");
    assert_verdict(XML(padded), "not_well_formed: declaration, 0");
    free(padded);
}

static void text_and_cdata_may_be_as_long_as_they_like(void **state)
{
    (void)state;
    char *text = repeated("<a>", "Қазақстан ", 20 * KILO, "</a>"), *cdata = repeated("<a><![CDATA[", "<b>", 50 * KILO, "]]></a>");
    assert_verdict(XML(text), "");
    assert_verdict(XML(cdata), "");
    free(text);
    free(cdata);
}

static void a_fragment_may_hold_several_roots_text_or_nothing(void **state)
{
    (void)state;
    static const char *const fragments[] = {
        "", " ", "text", "<a/><b></b>", "x<a/>y &lt; <![CDATA[z]]><b/>", "<!-- c -->", "\xEF\xBB\xBFx", "\xEF\xBC\xA1", "]]",
    };
    for EACH_OF(fragments, i)
        assert_verdict(FRAGMENT(fragments[i]), "");
    assert_verdict(FRAGMENT("<a>"), "torn: </a>");
    assert_verdict(FRAGMENT("</a>"), "not_well_formed: end_tag, 1");
    assert_verdict(FRAGMENT("x]]>"), "not_well_formed: ]]>, 3");
    assert_verdict(FRAGMENT("<!DOCTYPE a>"), "doctype");
}

static Rc note(void *self, const Tag *t, Error *err)
{
    (void)err;
    static const char *const what[] = { "start", "end", "empty" };
    buffer_print(self, "%s %u %.*s %d-%d\n", what[t->what], t->depth, (int)t->name_len, t->name, (int)t->begin, (int)t->end);
    return RC_OK;
}

static void every_tag_is_told_once_with_its_depth_and_its_place(void **state)
{
    (void)state;
    static const char xml[] = "\xEF\xBB\xBF<s:E a='1'>\n<b/><!-- <x> --><![CDATA[<y>]]><c d='>' ></c ></s:E>";
    static const char expected[] = "start 1 s:E 3-14\nempty 2 b 15-19\nstart 2 c 46-56\nend 2 c 56-61\nend 1 s:E 61-67\n";
    for (size_t step = 1; step <= sizeof xml; step++) {
        SCOPED(buffer_free) Buffer seen = {0};
        SCOPED(guard_free) Guard *g = guard_new(FORMAT_XML, false, note, &seen);
        Error err;
        for (size_t at = 0; at < sizeof xml - 1; at += step)
            assert_int_equal(feed_piece(g, xml + at, sizeof xml - 1 - at < step ? sizeof xml - 1 - at : step, &err), RC_OK);
        assert_int_equal(guard_end(g, &err), RC_OK);
        assert_string_equal(buffer_string(&seen), expected);
    }
}

static Rc stop(void *self, const Tag *t, Error *err)
{
    (void)self;
    return t->what == SAW_END ? error_set(err, RC_END, "enough") : RC_OK;
}

static void what_the_consumer_answers_comes_back(void **state)
{
    (void)state;
    SCOPED(guard_free) Guard *g = guard_new(FORMAT_XML, false, stop, NULL);
    Error err;
    assert_int_equal(guard_feed(g, "<a><b/></a>", 11, &err), RC_END);
    assert_string_equal(err.text, "enough");
}

static Rc note_open(void *self, const Tag *t, Error *err)
{
    (void)err;
    (void)t;
    size_t n, *at = self;
    guard_open_names(*(Guard **)(void *)at[0], &n);
    at[1] = at[1] * 10 + n;
    return RC_OK;
}

static void the_names_of_the_open_elements_are_known(void **state)
{
    (void)state;
    SCOPED(guard_free) Guard *g = NULL;
    size_t self[2] = { (size_t)&g, 0 };
    g = guard_new(FORMAT_XML, false, note_open, self);
    Error err;
    size_t n;
    assert_int_equal(guard_feed(g, "<a><n:b x=''><c/><dd></dd><unfini", 33, &err), RC_OK);
    const char *const *names = guard_open_names(g, &n);
    assert_int_equal(n, 2);
    assert_string_equal(names[0], "a");
    assert_string_equal(names[1], "n:b");
    assert_int_equal(self[1], 12232);       /* inside the calls: a started tag is open, an empty or ended one is not */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_documents_pass_however_they_are_cut),
        cmocka_unit_test(bad_documents_get_the_same_verdict_however_they_are_cut),
        cmocka_unit_test(a_nul_is_refused_wherever_it_stands),
        cmocka_unit_test(a_document_cut_short_anywhere_is_torn),
        cmocka_unit_test(libxml2_takes_what_the_guard_takes),
        cmocka_unit_test(no_changed_byte_gets_past_the_guard_that_libxml2_would_refuse),
        cmocka_unit_test(the_guard_takes_nothing_of_the_bad_table_even_where_libxml2_does),
        cmocka_unit_test(a_doubled_attribute_and_an_unknown_prefix_are_left_to_the_parser),
        cmocka_unit_test(sixty_four_levels_pass_and_one_more_does_not),
        cmocka_unit_test(two_hundred_and_fifty_six_attributes_pass_and_one_more_does_not),
        cmocka_unit_test(markup_of_64_kilobytes_passes_and_one_byte_more_does_not),
        cmocka_unit_test(a_declaration_without_an_end_in_sight_is_refused),
        cmocka_unit_test(text_and_cdata_may_be_as_long_as_they_like),
        cmocka_unit_test(a_fragment_may_hold_several_roots_text_or_nothing),
        cmocka_unit_test(every_tag_is_told_once_with_its_depth_and_its_place),
        cmocka_unit_test(what_the_consumer_answers_comes_back),
        cmocka_unit_test(the_names_of_the_open_elements_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
