#include "tests/unit/soap_fixture.h"

static void all_four_forms_are_taken_apart(void **state)
{
    (void)state;
    expect_delivery(OPEN INFO DATA(DELIVERY) CLOSE, PAYLOAD_ELEMENT, DELIVERY);
    expect_delivery(OPEN INFO DATA("<record/>\n<record/>") CLOSE, PAYLOAD_ELEMENT, "<record/>\n<record/>");
    expect_delivery(OPEN INFO DATA("&lt;delivery&gt;&amp;amp;&lt;/delivery&gt;") CLOSE, PAYLOAD_TEXT, "<delivery>&amp;</delivery>");
    expect_delivery(OPEN INFO DATA("\n <![CDATA[<delivery>]]]]><![CDATA[></delivery>]]>") CLOSE, PAYLOAD_TEXT, "<delivery>]]></delivery>");
    expect_delivery(OPEN INFO "<requestData><d:data xmlns:d=\"http://www.w3.org/2001/XMLSchema-instance\" d:type=\"xsd:string\">&lt;delivery/&gt;</d:data >"
                    "</requestData>" CLOSE, PAYLOAD_TEXT, "<delivery/>");
    expect_delivery(OPEN INFO DATA("<!-- why --><delivery/>") CLOSE, PAYLOAD_ELEMENT, "<!-- why --><delivery/>");
}

static void nothing_to_report_needs_no_payload(void **state)
{
    (void)state;
#define NIL INFO_OF("NQS_DELIVER", "<properties><key>nqs-kind</key><value>nil</value></properties><properties><key>nqs-feed</key><value>demo</value></properties>")
    expect_delivery(OPEN NIL "<requestData><data/></requestData>" CLOSE, PAYLOAD_TEXT, "");
    expect_delivery(OPEN NIL "<requestData></requestData>" CLOSE, PAYLOAD_TEXT, "");
    expect_delivery(OPEN NIL "<requestData/>" CLOSE, PAYLOAD_TEXT, "");
    expect_delivery(OPEN NIL DATA("") CLOSE, PAYLOAD_TEXT, "");
    expect_delivery(OPEN NIL DATA(" \n ") CLOSE, PAYLOAD_TEXT, "");
    assert_string_equal(fake.opening.claim.kind, "nil");
    assert_string_equal(fake.opening.claim.feed, "demo");
}

static void the_namespaces_around_an_element_go_along(void **state)
{
    (void)state;
    SCOPED(reply_free) Reply r;
    post("<s:Envelope xmlns:s=\"" SOAP11 "\" xmlns:x=\"urn:x?a&amp;b\"><s:Body><q:SendMessage xmlns:q=\"urn:q\"><request>" INFO
         "<requestData><data xmlns=\"urn:default\"><x:record/></data></requestData></request></q:SendMessage></s:Body></s:Envelope>", &r);
    expect_success(&r);
    assert_non_null(strstr(fake.prologue, " xmlns:x=\"urn:x?a&amp;b\""));
    assert_non_null(strstr(fake.prologue, " xmlns:q=\"urn:q\""));
    assert_non_null(strstr(fake.prologue, " xmlns=\"urn:default\""));
    assert_memory_equal(fake.prologue, "<w ", 3);
}

static void the_answer_names_what_it_answers(void **state)
{
    (void)state;
    SCOPED(reply_free) Reply r;
    fake.wait_ms = 3000;
    fake.worked = true;
    post(OPEN INFO_OF("NQS_DELIVER", "<sessionId>{5f1c2a90-6d1e-4c35-9a52-0b6f3f1d7a11}</sessionId>") DATA(DELIVERY) CLOSE, &r);
    expect_success(&r);
    assert_non_null(strstr(r.body.at, "<messageId>00000000-0000-4000-8000-000000000001</messageId><correlationId>m-1</correlationId><responseDate>"));
    assert_non_null(strstr(r.body.at, "<sessionId>{5f1c2a90-6d1e-4c35-9a52-0b6f3f1d7a11}</sessionId>"));
    assert_non_null(strstr(r.body.at, "<a:receipt>{&quot;delivery&quot;:&quot;00000000-0000-4000-8000-000000000001&quot;,&quot;number&quot;:1}</a:receipt>"));
    assert_non_null(strstr(r.body.at, "<a:protocol>{&quot;protocol&quot;:&quot;00000000"));
    assert_null(strstr(r.body.at, "xsi:type"));
    assert_string_equal(fake.reply_to, "{\"transport\":\"soap\",\"sender\":\"nqs_demo\",\"serviceId\":\"NQS_DELIVER\",\"messageId\":\"m-1\","
                                       "\"correlationId\":null,\"sessionId\":\"{5f1c2a90-6d1e-4c35-9a52-0b6f3f1d7a11}\"}");
    assert_int_equal(fake.sender_date, 1795441419000000);       /* 13:43:39Z: without a zone it is Almaty's */
    assert_string_equal(fake.kept[0].message_id, "m-1");
}

static void the_deviations_of_real_senders_are_borne(void **state)
{
    (void)state;
    SCOPED(reply_free) Reply r;
    post("\xEF\xBB\xBF<?xml version='1.0' encoding='utf-8'?><a:Envelope xmlns:a=\"" SOAP11 "\"><b:Header xmlns:b=\"" SOAP11 "\"/><b:Body xmlns:b=\"" SOAP11
         "\"><SendMessage><request><requestInfo><messageId>m</messageId><correlationId></correlationId><serviceId> NQS_DELIVER </serviceId>"
         "<messageType>REQUEST</messageType><messageDate>yesterday</messageDate><routeId/><sender><senderId>nqs_demo</senderId><password>secret</password>"
         "<sessionId>{5f1c2a90-6d1e-4c35-9a52-0b6f3f1d7a11}</sessionId></sender><properties></properties>"
         "<properties><key>nqs-period</key><value>2026-10</value></properties><sessionId>5f1c2a90-6d1e-4c35-9a52-0b6f3f1d7a11</sessionId></requestInfo>"
         "<requestData><data>" DELIVERY "</data></requestData></request></SendMessage></b:Body></a:Envelope>\n", &r);
    expect_success(&r);
    assert_null(strstr(r.body.at, "sessionId"));
    assert_string_equal(fake.opening.claim.period, "2026-10");
    assert_int_equal(fake.sender_date, 0);
}

static void what_is_no_sync_message_is_a_fault(void **state)
{
    (void)state;
    expect_refusal("<html/>", "SCE001", "not_soap: Envelope");
    expect_refusal(OPEN_AS("http://www.w3.org/2003/05/soap-envelope") INFO DATA(DELIVERY) CLOSE, "SCE001", "not_soap: SOAP 1.2");
    expect_refusal("<s:Envelope xmlns:s=\"" SOAP11 "\"><s:Body><sendMessage/></s:Body></s:Envelope>", "SCE001", "not_soap: SendMessage");
    expect_refusal(OPEN DATA(DELIVERY) INFO CLOSE, "SCE001", "payload_before_head");
    expect_refusal(OPEN CLOSE, "SCE001", "not_soap: requestInfo");
    expect_refusal(OPEN INFO CLOSE, "SCE001", "not_soap: requestData");
    expect_refusal(OPEN INFO "<requestData><data/><data/></requestData>" CLOSE, "SCE001", "not_soap: data");
    expect_refusal(OPEN INFO DATA(DELIVERY) DATA(DELIVERY) CLOSE, "SCE001", "not_soap: requestData");
    expect_refusal(OPEN INFO "<requestData><data><delivery>", "SCE001", "torn");
    expect_refusal(OPEN INFO DATA("<delivery>") CLOSE, "SCE001", "not_well_formed");
    expect_refusal("<!DOCTYPE x><x/>", "SCE001", "doctype");
    expect_refusal("", "SCE001", "torn");
    assert_int_equal(fake.n_kept, 0);
}

static void who_is_not_known_or_asks_for_nothing_we_do(void **state)
{
    (void)state;
#define STRANGER(id, password)                                                                                                                       \
    OPEN "<requestInfo><messageId>m</messageId><serviceId>X</serviceId><sender><senderId>" id "</senderId>" password "</sender></requestInfo>" DATA(DELIVERY) CLOSE
    expect_refusal(STRANGER("nqs_demo", "<password>wrong</password>"), "NQS401", "unauthorised");
    expect_refusal(STRANGER("nqs_demo", ""), "NQS401", "unauthorised");
    expect_refusal(STRANGER("other", "<password>secret</password>"), "NQS401", "unauthorised");
    expect_refusal(STRANGER("nqs_demo", "<password>secret</password>"), "SCE004", "unknown_service");
    expect_refusal(OPEN INFO_OF("NQS", "") DATA(DELIVERY) CLOSE, "SCE004", "unknown_service");
    assert_string_equal(fake.last_refused, "soap unknown_service");
    assert_int_equal(fake.opened, 0);
    fake.open_rc = RC_REJECT;
    expect_refusal(OPEN INFO DATA(DELIVERY) CLOSE, "NQS403", "forbidden");
    fake.open_rc = RC_FATAL;
    expect_refusal(OPEN INFO DATA(DELIVERY) CLOSE, "SCE909", "internal");
    fake.open_rc = RC_RETRY;
    expect_refusal(OPEN INFO DATA(DELIVERY) CLOSE, "NQS503", "busy");
}

static void a_repeat_gets_the_first_receipt_and_another_content_a_fault(void **state)
{
    (void)state;
    SCOPED(reply_free) Reply one, two;
    post(OPEN INFO DATA(DELIVERY) CLOSE, &one);
    post(OPEN INFO DATA(DELIVERY) CLOSE, &two);
    expect_success(&one);
    expect_success(&two);
    assert_int_equal(fake.n_kept, 1);
    assert_non_null(strstr(two.body.at, "number&quot;:1}"));
    expect_refusal(OPEN INFO DATA("<delivery/>") CLOSE, "NQS409", "repeat_other_content");
}

static void faults_speak_russian_unless_asked_otherwise(void **state)
{
    (void)state;
    SCOPED(reply_free) Reply ru, kk;
    static const char body[] = OPEN INFO DATA("<other/>") CLOSE;
    post(body, &ru);
    expect_fault(&ru, "SCE001", "foreign_root: other");
    assert_non_null(strstr(ru.body.at, "<errorMessage>ru|foreign_root|other</errorMessage>"));
    ask(port, POST, TEXT_XML "Accept-Language: kk\r\n", body, strlen(body), &kk);
    assert_non_null(strstr(kk.body.at, "<faultstring>kk|foreign_root|other</faultstring>"));
}

static void a_protocol_is_fetched_by_its_id(void **state)
{
    static const char *const payloads[] = { "2F1d7c3e-5b0a-4c8e-9d34-0a1b2c3d4e5f", "<id>2f1d7c3e-5b0a-4c8e-9d34-0a1b2c3d4e5f</id>",
                                            "&lt;q&gt;{2f1d7c3e-5b0a-4c8e-9d34-0a1b2c3d4e5f}&lt;/q&gt;" };
    (void)state;
    for (size_t i = 0; i < sizeof payloads / sizeof *payloads; i++) {
        char body[2048];
        SCOPED(reply_free) Reply r;
        snprintf(body, sizeof body, OPEN INFO_OF("NQS_PROTOCOL", "") DATA("%s") CLOSE, payloads[i]);
        post(body, &r);
        expect_success(&r);
        assert_non_null(strstr(r.body.at, "<a:protocol>{&quot;protocol&quot;:&quot;2f1d7c3e-5b0a-4c8e-9d34-0a1b2c3d4e5f"));
    }
    expect_refusal(OPEN INFO_OF("NQS_PROTOCOL", "") DATA("seven") CLOSE, "NQS404", "not_found");
    assert_int_equal(fake.opened, 0);
}

static void refusals_by_the_headers_are_faults_too(void **state)
{
    (void)state;
    SCOPED(reply_free) Reply type, large;
    ask(port, POST, "Content-Type: multipart/related\r\n", "x", 1, &type);
    expect_fault(&type, "SCE001", "unsupported_type");
    int fd = client_open(port);
    client_text(fd, POST " HTTP/1.1\r\nHost: x\r\n" TEXT_XML "Content-Length: 99999999999\r\n\r\n");
    reply_read(fd, &large, false);
    close(fd);
    expect_fault(&large, "NQS413", "too_large");
    assert_string_equal(fake.last_refused, "soap too_large");
}

static void the_description_has_the_address_the_client_used(void **state)
{
    (void)state;
    SCOPED(reply_free) Reply r, upper, none;
    ask(port, "GET /soap/sync?wsdl", "X-Forwarded-Host: evil\r\nX-Forwarded-Proto: https\r\n", NULL, 0, &r);
    assert_int_equal(r.status, 200);
    assert_non_null(strstr(r.body.at, "<soap:address location=\"http://gw.test:1/soap/sync\"/>"));
    assert_null(strstr(r.body.at, "schemaLocation"));
    xmlDoc *doc = xmlReadMemory(r.body.at, (int)r.body.len, NULL, NULL, 0);
    assert_non_null(doc);
    xmlFreeDoc(doc);
    fake.settings.public_url = "https://nqs.example.kz";
    ask(port, "GET /soap/sync?WSDL", "", NULL, 0, &upper);
    assert_non_null(strstr(upper.body.at, "location=\"https://nqs.example.kz/soap/sync\""));
    ask(port, "GET /soap/sync", "", NULL, 0, &none);
    assert_int_equal(none.status, 404);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_four_forms_are_taken_apart),
        TEST(nothing_to_report_needs_no_payload),
        TEST(the_namespaces_around_an_element_go_along),
        TEST(the_answer_names_what_it_answers),
        TEST(the_deviations_of_real_senders_are_borne),
        TEST(what_is_no_sync_message_is_a_fault),
        TEST(who_is_not_known_or_asks_for_nothing_we_do),
        TEST(a_repeat_gets_the_first_receipt_and_another_content_a_fault),
        TEST(faults_speak_russian_unless_asked_otherwise),
        TEST(a_protocol_is_fetched_by_its_id),
        TEST(refusals_by_the_headers_are_faults_too),
        TEST(the_description_has_the_address_the_client_used),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
