/* The REST adapter on a port of its own with the flow room in memory, for every test of it. */
#pragma once
#include "adapters/rest.h"
#include "tests/unit/fake_flow.h"
#include "tests/unit/http_client.h"
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define AUTH "Authorization: Bearer good\r\n"
#define XML  AUTH "Content-Type: application/xml\r\n"
#define GOOD "<delivery feed=\"demo\"><record/></delivery>"
#define POST "POST /v1/deliveries?feed=demo&period=2026-10&kind=list"

static inline bool client_closed(int fd)
{
    char c;
    ssize_t n = recv(fd, &c, 1, 0);
    return n == 0 || (n < 0 && errno == ECONNRESET);
}

static HttpServer *server;
static unsigned port;

static inline int start(void **state)
{
    static const Route *const tables[] = { rest_routes, NULL };
    Error err;
    (void)state;
    fake_reset();
    fake.settings.max_message = 20 << 20;
    assert_int_equal(http_start(&fake, tables, rest_refuse, &server, &err), RC_OK);
    port = http_port(server);
    return 0;
}

static inline int stop(void **state)
{
    (void)state;
    http_stop(&server);
    assert_null(server);
    assert_int_equal(fake.opened, fake.dropped);
    assert_int_equal(fake.unclean, 0);
    buffer_free(&fake.message);
    buffer_free(&fake.payload);
    return 0;
}

static inline void expect_problem(const Reply *r, unsigned status, const char *code)
{
    char type[128];
    snprintf(type, sizeof type, "\"type\":\"urn:kz:nqs:problem:%s\"", code);
    assert_int_equal(r->status, status);
    assert_string_equal(reply_header(r, "Content-Type"), "application/problem+json");
    assert_non_null(strstr(r->body.at, type));
    assert_non_null(reply_header(r, "Content-Language"));
}

static inline void expect_refusal(const char *line, const char *extra, const char *body, unsigned status, const char *code)
{
    SCOPED(reply_free) Reply r;
    ask(port, line, extra, body, body ? strlen(body) : 0, &r);
    expect_problem(&r, status, code);
}

static inline char *big_xml(size_t n)
{
    char *s = malloc(n + 1);
    memset(s, ' ', n);
    s[n] = '\0';
    for (size_t i = 50; i < n - 20; i++)
        s[i] = (char)('a' + i * 7919 % 26);
    memcpy(s, "<delivery>", 10);
    memcpy(s + n - 11, "</delivery>", 11);
    return s;
}

static inline void expect_kept(const char *payload, size_t n)
{
    assert_int_equal(fake.payload.len, n);
    assert_memory_equal(fake.payload.at, payload, n);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
