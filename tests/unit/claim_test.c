#include "tests/unit/readings.h"

#define NS   "xmlns='urn:kz:nqs:delivery:1'"
#define ALL  "feed='some-feed' period='2026-10' kind='list'"
#define WRAP "<w xmlns:d='urn:kz:nqs:delivery:1'>"

typedef struct { Format format; const char *prologue, *doc, *says; } Case;

/* From a copy of exactly its size, so that reading past it is seen. "feed|period|kind", "END", or the refusal. */
static const char *claim_of(Format format, const char *prologue, const char *doc, size_t len, bool is_all)
{
    static char says[600];
    Error err = { 0 };
    Claim c = { .feed = "untouched" };
    char *copy = memcpy(malloc(len + !len), doc, len);
    Rc rc = claim_read(format, prologue, copy, len, is_all, &c, NULL, &err);
    free(copy);
    if (rc)
        assert_string_equal(c.feed, "untouched");
    if (rc == RC_OK)
        snprintf(says, sizeof says, "%s|%s|%s", c.feed, c.period, c.kind);
    else
        snprintf(says, sizeof says, "%s", rc == RC_END ? "END" : err.text);
    return says;
}

static void assert_cases(const Case *cases, size_t n)
{
    for (const Case *c = cases; c < cases + n; c++) {
        assert_string_equal(claim_of(c->format, c->prologue, c->doc, strlen(c->doc), true), c->says);
        assert_string_equal(claim_of(c->format, c->prologue, c->doc, strlen(c->doc), false), c->says);
    }
}

static void an_xml_root_says_what_it_is_about(void **state)
{
    (void)state;
    static const Case cases[] = {
        { FORMAT_XML, NULL, "<?xml version='1.0'?>\n<!-- c --><delivery " NS " " ALL ">", "some-feed|2026-10|list" },
        { FORMAT_XML, NULL, "\xEF\xBB\xBF<delivery " NS " " ALL "/>", "some-feed|2026-10|list" },
        { FORMAT_XML, NULL, "<p:delivery xmlns:p='urn:kz:nqs:delivery:1' kind=\"fa&#99;ts\" other='x' p:feed='not this'>", "||facts" },
        { FORMAT_XML, WRAP, "\n<d:delivery feed='some-feed'>", "some-feed||" },
        { FORMAT_XML, WRAP, "<d:record><d:a>", "||" },
        { FORMAT_XML, WRAP, "<d:withdraw ground='g'>", "||" },
        { FORMAT_XML, "<w>", "<delivery " NS " " ALL "><record><no:matter", "some-feed|2026-10|list" },
    };
    assert_cases(cases, sizeof cases / sizeof *cases);
}

static void a_json_document_says_it_before_its_records(void **state)
{
    (void)state;
    static const Case cases[] = {
        { FORMAT_JSON, NULL, "{\"feed\":\"some-feed\",\"period\":\"2026-10\",\"kind\":\"list\",\"records\":[{\"a", "some-feed|2026-10|list" },
        { FORMAT_JSON, NULL, "\xEF\xBB\xBF { \"kind\" :\n\"f\\u0061cts\" , \"records\"", "||facts" },
        { FORMAT_JSON, NULL, "{\"feed\":\"some-feed\",\"records\":[{\"period\":\"no\"}],\"kind\":\"list\"}", "some-feed||" },
        { FORMAT_JSON, NULL, "{}", "||" },
        { FORMAT_JSON, NULL, " [", "||" },
        { FORMAT_NDJSON, NULL, "{\"feed\":\"no\"}\n", "||" },
        { FORMAT_NDJSON, NULL, "", "||" },
    };
    assert_cases(cases, sizeof cases / sizeof *cases);
}

static void what_is_no_delivery_is_refused(void **state)
{
    (void)state;
    static const Case cases[] = {
        { FORMAT_XML, NULL, "<html>", "unknown_root: html" },
        { FORMAT_XML, NULL, "<delivery feed='f'>", "unknown_root: delivery" },
        { FORMAT_XML, NULL, "<q:delivery xmlns:q='urn:q'>", "unknown_root: {urn:q}delivery" },
        { FORMAT_XML, NULL, "<record " NS ">", "unknown_root: {urn:kz:nqs:delivery:1}record" },
        { FORMAT_XML, WRAP, "<d:rec/>", "unknown_root: {urn:kz:nqs:delivery:1}rec" },
        { FORMAT_XML, NULL, "<q:delivery>", "undeclared_prefix: q" },
        { FORMAT_XML, NULL, "<delivery a='' a=''>", "not_well_formed: doubled attribute, 19" },
        { FORMAT_XML, NULL, "<!DOCTYPE d [<!ENTITY e 'x'>]><delivery " NS " feed='&e;'>", "doctype" },
        { FORMAT_XML, NULL, "\xEF\xBB\xBFtext <a>", "not_well_formed: XML error 4, 3" },
        { FORMAT_JSON, NULL, "\"text\"", "not_a_delivery: neither object nor array" },
        { FORMAT_JSON, NULL, "{\"fed\":\"f\"", "not_a_delivery: fed" },
        { FORMAT_JSON, NULL, "{\"feed\":1", "bad_parameter: feed" },
        { FORMAT_JSON, NULL, "{\"feed\":null", "bad_parameter: feed" },
        { FORMAT_JSON, NULL, "{\"feed\" \"f\"", "not_well_formed: JSON" },
        { FORMAT_JSON, NULL, "{feed", "not_well_formed: JSON" },
        { FORMAT_JSON, NULL, "{\"feed\":\"a\\u0000b\"}", "not_well_formed: JSON" },
    };
    assert_cases(cases, sizeof cases / sizeof *cases);
}

static void a_value_longer_than_a_claim_holds_is_refused(void **state)
{
    (void)state;
    static const Case cases[] = {
        { FORMAT_XML, NULL, "<delivery " NS " period='2026-10-051' kind='edition'>", "|2026-10-051|edition" },
        { FORMAT_XML, NULL, "<delivery " NS " period='2026-10-0512'>", "bad_parameter: period" },
        { FORMAT_XML, NULL, "<delivery " NS " kind='editions'>", "bad_parameter: kind" },
        { FORMAT_JSON, NULL, "{\"kind\":\"edition\",\"records\":", "||edition" },
        { FORMAT_JSON, NULL, "{\"kind\":\"editions\"", "bad_parameter: kind" },
        { FORMAT_JSON, NULL, "{\"feed\":\"0123456789012345678901234567890123456789012345678901234567890123\"", "bad_parameter: feed" },
    };
    assert_cases(cases, sizeof cases / sizeof *cases);
}

/* Every beginning up to `told` asks for more, or is torn when nothing more comes. */
static void assert_told_at(Format format, const char *prologue, const char *doc, size_t told, const char *says)
{
    for (size_t len = 0; len <= strlen(doc); len++) {
        assert_string_equal(claim_of(format, prologue, doc, len, false), len < told ? "END" : says);
        assert_string_equal(claim_of(format, prologue, doc, len, true), len < told ? "torn: the end of the document" : says);
    }
}

static void too_few_bytes_ask_for_more(void **state)
{
    (void)state;
    static const char xml[] = "<?xml version='1.0'?><delivery " NS " " ALL ">", json[] = "\xEF\xBB\xBF{\"feed\":\"f\",\"period\":\"2026\",\"records\":[]}";
    assert_told_at(FORMAT_XML, NULL, xml, sizeof xml - 1, "some-feed|2026-10|list");
    assert_told_at(FORMAT_XML, WRAP, " <d:delivery kind='list'>", strlen(" <d:delivery kind='list'>"), "||list");
    assert_told_at(FORMAT_JSON, NULL, json, strlen("BOM{\"feed\":\"f\",\"period\":\"2026\",\"records\""), "f|2026|");
}

static void a_claim_beyond_the_first_64_kb_is_too_late(void **state)
{
    (void)state;
    SCOPED(buffer_free) Buffer b = { 0 };
    memset(buffer_room(&b, 64 * 1024), ' ', 64 * 1024);
    buffer_used(&b, 64 * 1024);
    memcpy(b.at, "<!--", 4);
    assert_string_equal(claim_of(FORMAT_XML, NULL, b.at, b.len - 1, false), "END");
    assert_string_equal(claim_of(FORMAT_XML, NULL, b.at, b.len, false), "claim_too_late");
    memcpy(b.at, "{   ", 4);
    assert_string_equal(claim_of(FORMAT_JSON, NULL, b.at, b.len - 1, false), "END");
    assert_string_equal(claim_of(FORMAT_JSON, NULL, b.at, b.len, false), "claim_too_late");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_xml_root_says_what_it_is_about),
        cmocka_unit_test(a_json_document_says_it_before_its_records),
        cmocka_unit_test(what_is_no_delivery_is_refused),
        cmocka_unit_test(a_value_longer_than_a_claim_holds_is_refused),
        cmocka_unit_test(too_few_bytes_ask_for_more),
        cmocka_unit_test(a_claim_beyond_the_first_64_kb_is_too_late),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
