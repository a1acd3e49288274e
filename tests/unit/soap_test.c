#include "adapters/rest.h"
#include "adapters/soap.h"
#include "tests/unit/fake_flow.h"
#include "tests/unit/http_client.h"
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <libxml/parser.h>
#include <zlib.h>

#define POST "POST /soap/sync"
#define TEXT_XML "Content-Type: text/xml;charset=utf-8\r\nSOAPAction: \"\"\r\n"
#define SOAP11 "http://schemas.xmlsoap.org/soap/envelope/"
#define OPEN_AS(ns) "<s:Envelope xmlns:s=\"" ns "\"><s:Body><SendMessage xmlns=\"http://bip.bee.kz/SyncChannel/v10/Types\"><request xmlns=\"\">"
#define OPEN OPEN_AS(SOAP11)
#define SENDER "<sender><senderId>nqs_demo</senderId><password>secret</password></sender>"
#define INFO_OF(service, more)                                                                                                                       \
    "<requestInfo><messageId>m-1</messageId><serviceId>" service "</serviceId><messageDate>2026-11-23T18:43:39</messageDate>" SENDER more "</requestInfo>"
#define INFO INFO_OF("NQS_DELIVER", "")
#define CLOSE "</request></SendMessage></s:Body></s:Envelope>"
#define DATA(x) "<requestData><data>" x "</data></requestData>"
#define DELIVERY "<delivery xmlns=\"urn:kz:nqs:delivery:1\" feed=\"demo\"><record/></delivery>"

static HttpServer *server;
static unsigned port;

static int start(void **state)
{
    static const Route *const tables[] = { soap_routes, rest_routes, NULL };
    Error err;
    (void)state;
    fake_reset();
    assert_int_equal(http_start(&fake, tables, rest_refuse, &server, &err), RC_OK);
    port = http_port(server);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    http_stop(&server);
    assert_int_equal(fake.opened, fake.dropped);
    assert_int_equal(fake.unclean, 0);
    buffer_free(&fake.message);
    buffer_free(&fake.payload);
    return 0;
}

static void post(const char *body, Reply *r) { ask(port, POST, TEXT_XML, body, strlen(body), r); }

static void expect_fault(const Reply *r, const char *fault, const char *code)
{
    char has[128];
    assert_int_equal(r->status, 500);
    assert_string_equal(reply_header(r, "Content-Type"), "text/xml; charset=utf-8");
    xmlDoc *doc = xmlReadMemory(r->body.at, (int)r->body.len, NULL, NULL, 0);
    assert_non_null(doc);
    xmlFreeDoc(doc);
    snprintf(has, sizeof has, "<faultcode>%s</faultcode>", fault);
    assert_non_null(strstr(r->body.at, has));
    snprintf(has, sizeof has, "<errorCode>%s</errorCode>", fault);
    assert_non_null(strstr(r->body.at, has));
    snprintf(has, sizeof has, "<errorData>%s", code);
    if (!strstr(r->body.at, has))
        fail_msg("no %s in %s", has, r->body.at);
}

static void expect_refusal(const char *body, const char *fault, const char *code)
{
    SCOPED(reply_free) Reply r;
    unsigned before = fake.n_kept;
    post(body, &r);
    expect_fault(&r, fault, code);
    assert_int_equal(fake.n_kept, before);
}

static void expect_success(const Reply *r)
{
    if (r->status != 200)
        fail_msg("%s", r->body.at ? r->body.at : "no answer");
    xmlDoc *doc = xmlReadMemory(r->body.at, (int)r->body.len, NULL, NULL, 0);
    assert_non_null(doc);
    xmlFreeDoc(doc);
    assert_non_null(strstr(r->body.at, "<status><code>SCSS001</code><message>Message has been processed successfully</message></status>"));
}

static void expect_delivery(const char *body, PayloadForm form, const char *payload)
{
    SCOPED(reply_free) Reply r;
    post(body, &r);
    expect_success(&r);
    assert_int_equal(fake.opening.form, form);
    assert_int_equal(fake.message.len, strlen(body));
    assert_memory_equal(fake.message.at, body, strlen(body));
    assert_int_equal(fake.payload.len, strlen(payload));
    assert_memory_equal(fake.payload.at, payload, strlen(payload));
    fake.n_kept = 0;
}

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
    assert_false(fake.signature);
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

static char *file_read(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    char *s = calloc(1, 65536);
    *n = fread(s, 1, 65535, f);
    fclose(f);
    return s;
}

/* The path of the captured requests is that of the program they were sent to. */
static char *captured(const char *path, size_t *n)
{
    char *was = file_read(path, n), *s = calloc(1, *n + 16);
    assert_memory_equal(was, "POST /sync ", 11);
    *n = (size_t)sprintf(s, "POST /soap/sync %s", was + 11);
    free(was);
    return s;
}

static void replay(const char *request, size_t n, size_t cut, Reply *r)
{
    int fd = client_open(port);
    client_send(fd, request, cut);
    if (cut < n)
        usleep(500);
    client_send(fd, request + cut, n - cut);
    reply_read(fd, r, false);
    close(fd);
}

static void captured_requests_reach_the_payload_and_learn_its_root_is_foreign(void **state)
{
    (void)state;
    glob_t files;
    assert_int_equal(glob("tests/clients/captured/*-sync-*.http", 0, NULL, &files), 0);
    assert_true(files.gl_pathc >= 15);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        size_t n;
        char *request = captured(files.gl_pathv[i], &n);
        SCOPED(reply_free) Reply r;
        replay(request, n, n, &r);
        expect_fault(&r, "SCE001", strstr(files.gl_pathv[i], "compound") ? "foreign_root: Profession<" : "foreign_root: ProfessionList<");
        free(request);
    }
    assert_int_equal(fake.n_kept, 0);
    assert_int_equal(fake.opened, files.gl_pathc);
    globfree(&files);
}

/* Puts a delivery where the foreign payload stood, in the same form, and the right length in the header. */
static char *with_delivery(const char *request, const char *payload, size_t *n)
{
    const char *body = strstr(request, "\r\n\r\n") + 4, *data = strstr(body, "<data"), *from = strchr(data, '>') + 1, *to = strstr(from, "</data>");
    const char *length = strcasestr(request, "Content-Length: ") + 16;
    size_t size = (size_t)(from - body) + strlen(payload) + strlen(to);
    char *out = calloc(1, strlen(request) + strlen(payload) + 64);
    *n = (size_t)sprintf(out, "%.*s%zu%.*s%s%s", (int)(length - request), request, size, (int)(from - strchr(length, '\r')), strchr(length, '\r'), payload, to);
    return out;
}

static void captured_envelopes_with_a_delivery_inside_are_accepted(void **state)
{
    static const struct { const char *file, *payload; PayloadForm form; } rows[] = {
        { "zeep-sync-element", DELIVERY, PAYLOAD_ELEMENT },
        { "zeep-sync-compound", "<record/><record/>", PAYLOAD_ELEMENT },
        { "zeep-sync-string", "&lt;?xml version=\"1.0\"?&gt;\n&lt;delivery/&gt;", PAYLOAD_TEXT },
        { "node-sync-typed", "&lt;delivery/&gt;&#xA;", PAYLOAD_TEXT },
        { "node-sync-cdata", "<![CDATA[" DELIVERY "]]>", PAYLOAD_TEXT },
        { "zeep-sync-signed-bst", DELIVERY, PAYLOAD_ELEMENT },
        { "zeep-sync-signed-x509data", DELIVERY, PAYLOAD_ELEMENT },
        { "node-sync-signed-plain", DELIVERY, PAYLOAD_ELEMENT },
        { "node-sync-signed-timestamp", DELIVERY, PAYLOAD_ELEMENT },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char path[128];
        size_t n;
        SCOPED(reply_free) Reply r;
        snprintf(path, sizeof path, "tests/clients/captured/%s.http", rows[i].file);
        char *was = captured(path, &n), *request = with_delivery(was, rows[i].payload, &n);
        replay(request, n, n, &r);
        expect_success(&r);
        assert_int_equal(fake.opening.form, rows[i].form);
        assert_int_equal(fake.signature, strstr(rows[i].file, "signed") != NULL);
        free(request);
        free(was);
    }
}

static void a_captured_request_may_be_cut_anywhere(void **state)
{
    (void)state;
    size_t n;
    char *was = captured("tests/clients/captured/zeep-sync-cdata.http", &n), *request = with_delivery(was, "<![CDATA[<delivery>\xD2\x9B</delivery>]]>", &n);
    for (size_t cut = 1; cut < n; cut += 3) {
        SCOPED(reply_free) Reply r;
        replay(request, n, cut, &r);
        expect_success(&r);
    }
    assert_int_equal(fake.n_kept, 1);
    free(request);
    free(was);
}

static void append_chunk(Buffer *out, const char *bytes, size_t n)
{
    buffer_print(out, "%zx\r\n", n);
    buffer_add(out, bytes, n);
    buffer_text(out, "\r\n");
}

/* 64 KB pieces reach the adapter whatever the chunks are: the payload's end is put at every place around such a border. */
static void the_end_of_the_payload_is_found_wherever_a_piece_ends(void **state)
{
    (void)state;
    static const char head[] = OPEN INFO "<requestData><data>&lt;delivery&gt;", tail[] = "&lt;/delivery&gt;</data\n ></requestData>" CLOSE;
    for (size_t total = 2 * 65536 - 60; total < 2 * 65536 + 12; total++) {
        SCOPED(reply_free) Reply r;
        size_t inside = strlen("&lt;/delivery&gt;</data\n >"), filler = total - strlen(head) - inside;
        char *body = malloc(total + sizeof tail);
        size_t n = (size_t)sprintf(body, "%s", head);
        memset(body + n, 'x', filler);
        n += filler;
        n += (size_t)sprintf(body + n, "%s", tail);
        ask(port, POST, TEXT_XML, body, n, &r);
        expect_success(&r);
        assert_int_equal(fake.payload.len, filler + strlen("<delivery></delivery>"));
        assert_int_equal(fake.message.len, n);
        assert_memory_equal(fake.message.at, body, n);
        fake.n_kept = 0;
        free(body);
    }
}

static void a_large_message_arrives_whole_chunked_and_gzipped(void **state)
{
    (void)state;
    SCOPED(buffer_free) Buffer body = {0};
    SCOPED(buffer_free) Buffer wire = {0};
    SCOPED(reply_free) Reply r, packed;
    buffer_text(&body, OPEN INFO "<requestData><data><delivery>");
    while (body.len < 5 << 20)
        buffer_print(&body, "<record><n>%zu</n></record>\n", body.len);
    buffer_text(&body, "</delivery></data></requestData>" CLOSE);
    buffer_text(&wire, POST " HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n" TEXT_XML
                       "Transfer-Encoding: chunked\r\n\r\n");
    for (size_t at = 0, step = 1; at < body.len; at += step, step = step * 7 % 50021 + 1)
        append_chunk(&wire, body.at + at, step = body.len - at < step ? body.len - at : step);
    buffer_text(&wire, "0\r\n\r\n");
    replay(wire.at, wire.len, wire.len, &r);
    expect_success(&r);
    assert_int_equal(fake.message.len, body.len);
    assert_memory_equal(fake.message.at, body.at, body.len);
    fake.n_kept = 0;
    z_stream z = { .next_in = (Bytef *)body.at, .avail_in = (uInt)body.len };
    deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    buffer_clear(&wire);
    z.next_out = (Bytef *)buffer_room(&wire, body.len);
    z.avail_out = (uInt)body.len;
    deflate(&z, Z_FINISH);
    deflateEnd(&z);
    ask(port, POST, TEXT_XML "Content-Encoding: gzip\r\n", wire.at, z.total_out, &packed);
    expect_success(&packed);
    assert_true(fake.had_digest);
    assert_int_equal(fake.message.len, body.len);
    assert_memory_equal(fake.message.at, body.at, body.len);
}

static void a_head_that_does_not_end_is_a_fault(void **state)
{
    (void)state;
    SCOPED(buffer_free) Buffer body = {0};
    buffer_text(&body, "<s:Envelope xmlns:s=\"" SOAP11 "\"><s:Header>");
    while (body.len < 200000)
        buffer_text(&body, "<a>bcdefghijklmnopqrstuvwxyz</a>");
    buffer_text(&body, "</s:Header><s:Body/></s:Envelope>");
    expect_refusal(buffer_string(&body), "SCE001", "head_too_long");
    assert_int_equal(fake.auths, 0);
    buffer_clear(&body);
    buffer_text(&body, OPEN INFO "<requestData><data>");
    for (int i = 0; i < 200000; i++)
        buffer_char(&body, ' ');
    buffer_text(&body, "<delivery/></data></requestData>" CLOSE);
    expect_refusal(buffer_string(&body), "SCE001", "head_too_long");
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_four_forms_are_taken_apart), TEST(nothing_to_report_needs_no_payload), TEST(the_namespaces_around_an_element_go_along),
        TEST(the_answer_names_what_it_answers), TEST(the_deviations_of_real_senders_are_borne), TEST(what_is_no_sync_message_is_a_fault),
        TEST(who_is_not_known_or_asks_for_nothing_we_do), TEST(a_repeat_gets_the_first_receipt_and_another_content_a_fault),
        TEST(faults_speak_russian_unless_asked_otherwise), TEST(a_protocol_is_fetched_by_its_id),
        TEST(captured_requests_reach_the_payload_and_learn_its_root_is_foreign), TEST(captured_envelopes_with_a_delivery_inside_are_accepted),
        TEST(a_captured_request_may_be_cut_anywhere), TEST(the_end_of_the_payload_is_found_wherever_a_piece_ends),
        TEST(a_large_message_arrives_whole_chunked_and_gzipped), TEST(a_head_that_does_not_end_is_a_fault),
        TEST(refusals_by_the_headers_are_faults_too), TEST(the_description_has_the_address_the_client_used),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
