/* The SOAP adapter on a port of its own with the flow room in memory, and the envelopes its tests are made of. */
#pragma once
#include "adapters/rest.h"
#include "adapters/soap.h"
#include "tests/unit/fake_flow.h"
#include "tests/unit/http_client.h"
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <libxml/parser.h>

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

static inline int start(void **state)
{
    static const Route *const tables[] = { soap_routes, rest_routes, NULL };
    Error err;
    (void)state;
    fake_reset();
    assert_int_equal(http_start(&fake, tables, rest_refuse, &server, &err), RC_OK);
    port = http_port(server);
    return 0;
}

static inline int stop(void **state)
{
    (void)state;
    http_stop(&server);
    assert_int_equal(fake.opened, fake.dropped);
    assert_int_equal(fake.unclean, 0);
    buffer_free(&fake.message);
    buffer_free(&fake.payload);
    return 0;
}

static inline void post(const char *body, Reply *r) { ask(port, POST, TEXT_XML, body, strlen(body), r); }

static inline void expect_fault(const Reply *r, const char *fault, const char *code)
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

static inline void expect_refusal(const char *body, const char *fault, const char *code)
{
    SCOPED(reply_free) Reply r;
    unsigned before = fake.n_kept;
    post(body, &r);
    expect_fault(&r, fault, code);
    assert_int_equal(fake.n_kept, before);
}

static inline void expect_success(const Reply *r)
{
    if (r->status != 200)
        fail_msg("%s", r->body.at ? r->body.at : "no answer");
    xmlDoc *doc = xmlReadMemory(r->body.at, (int)r->body.len, NULL, NULL, 0);
    assert_non_null(doc);
    xmlFreeDoc(doc);
    assert_non_null(strstr(r->body.at, "<status><code>SCSS001</code><message>Message has been processed successfully</message></status>"));
}

static inline void expect_delivery(const char *body, PayloadForm form, const char *payload)
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
