#include "adapters/rest.h"
#include "tests/unit/fake_flow.h"
#include "tests/unit/http_client.h"
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <zlib.h>
#include <zstd.h>

#define AUTH "Authorization: Bearer good\r\n"
#define XML  AUTH "Content-Type: application/xml\r\n"
#define GOOD "<delivery feed=\"demo\"><record/></delivery>"
#define POST "POST /v1/deliveries?feed=demo&period=2026-10&kind=list"

static bool client_closed(int fd)
{
    char c;
    ssize_t n = recv(fd, &c, 1, 0);
    return n == 0 || (n < 0 && errno == ECONNRESET);
}

static HttpServer *server;
static unsigned port;

static int start(void **state)
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

static int stop(void **state)
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

static void expect_problem(const Reply *r, unsigned status, const char *code)
{
    char type[128];
    snprintf(type, sizeof type, "\"type\":\"urn:kz:nqs:problem:%s\"", code);
    assert_int_equal(r->status, status);
    assert_string_equal(reply_header(r, "Content-Type"), "application/problem+json");
    assert_non_null(strstr(r->body.at, type));
    assert_non_null(reply_header(r, "Content-Language"));
}

static void expect_refusal(const char *line, const char *extra, const char *body, unsigned status, const char *code)
{
    SCOPED(reply_free) Reply r;
    ask(port, line, extra, body, body ? strlen(body) : 0, &r);
    expect_problem(&r, status, code);
}

static char *big_xml(size_t n)
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

static void expect_kept(const char *payload, size_t n)
{
    assert_int_equal(fake.payload.len, n);
    assert_memory_equal(fake.payload.at, payload, n);
}

static void a_delivery_is_answered_with_its_receipt(void **state)
{
    (void)state;
    SCOPED(reply_free) Reply r;
    ask(port, POST, XML "Idempotency-Key: \"k-1\"\r\n", GOOD, strlen(GOOD), &r);
    assert_int_equal(r.status, 202);
    assert_string_equal(r.body.at, "{\"receipt\":{\"delivery\":\"00000000-0000-4000-8000-000000000001\",\"number\":1}}");
    assert_string_equal(reply_header(&r, "Location"), "/v1/deliveries/00000000-0000-4000-8000-000000000001");
    expect_kept(GOOD, strlen(GOOD));
    assert_string_equal(fake.opening.claim.feed, "demo");
    assert_string_equal(fake.opening.claim.period, "2026-10");
    assert_string_equal(fake.opening.claim.kind, "list");
    assert_string_equal(fake.kept[0].message_id, "k-1");
    assert_string_equal(fake.source, "rest");
    assert_false(fake.had_digest);
}

static void the_format_follows_the_content_type(void **state)
{
    static const struct { const char *type; Format format; } rows[] = {
        { "application/xml; charset=UTF-8", FORMAT_XML }, { "text/xml", FORMAT_XML }, { "application/json", FORMAT_JSON },
        { "Application/X-NDJSON", FORMAT_NDJSON }, { "application/ndjson", FORMAT_NDJSON },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        SCOPED(reply_free) Reply r;
        char extra[256];
        snprintf(extra, sizeof extra, AUTH "Content-Type: %s\r\n", rows[i].type);
        ask(port, POST, extra, GOOD, strlen(GOOD), &r);
        assert_int_equal(r.status, 202);
        assert_int_equal(fake.opening.format, rows[i].format);
        assert_int_equal(fake.opening.form, PAYLOAD_WHOLE);
    }
}

static void a_repeat_gets_the_first_receipt_again(void **state)
{
    (void)state;
    SCOPED(reply_free) Reply one, two, other;
    ask(port, POST, XML "Idempotency-Key: k\r\n", GOOD, strlen(GOOD), &one);
    ask(port, POST, XML "Idempotency-Key: \"k\"\r\n", GOOD, strlen(GOOD), &two);
    assert_int_equal(one.status, 202);
    assert_null(reply_header(&one, "Idempotent-Replayed"));
    assert_int_equal(two.status, 200);
    assert_string_equal(reply_header(&two, "Idempotent-Replayed"), "true");
    assert_string_equal(one.body.at, two.body.at);
    ask(port, POST, XML "Idempotency-Key: k\r\n", "<delivery/>", 11, &other);
    expect_problem(&other, 409, "repeat_other_content");
}

static void a_worked_delivery_has_its_protocol_beside_the_receipt(void **state)
{
    (void)state;
    SCOPED(reply_free) Reply r;
    fake.wait_ms = 5000;
    fake.worked = true;
    ask(port, POST, XML, GOOD, strlen(GOOD), &r);
    assert_int_equal(r.status, 200);
    assert_non_null(strstr(r.body.at, "{\"receipt\":{\"delivery\":"));
    assert_non_null(strstr(r.body.at, ",\"protocol\":{\"protocol\":\"00000000-0000-4000-8000-000000000001\""));
}

static void waiting_ends_with_the_receipt_alone(void **state)
{
    (void)state;
    SCOPED(reply_free) Reply r;
    fake.wait_ms = 60;
    ask(port, POST, XML, GOOD, strlen(GOOD), &r);
    assert_int_equal(r.status, 202);
    assert_null(strstr(r.body.at, "protocol"));
    assert_int_equal(http_counters(server).parked, 0);
}

static void five_megabytes_arrive_whole(void **state)
{
    (void)state;
    size_t n = 5 << 20;
    char *xml = big_xml(n);
    SCOPED(reply_free) Reply r;
    ask(port, POST, XML, xml, n, &r);
    assert_int_equal(r.status, 202);
    expect_kept(xml, n);
    free(xml);
}

static void a_chunked_body_arrives_whole_however_it_is_cut(void **state)
{
    (void)state;
    size_t n = 300000;
    char *xml = big_xml(n), size[16];
    int fd = client_open(port);
    SCOPED(reply_free) Reply r;
    client_text(fd, POST " HTTP/1.1\r\nHost: x\r\n" XML "Transfer-Encoding: chunked\r\n\r\n");
    for (size_t at = 0, step = 1; at < n; at += step, step = step * 3 % 70001 + 1) {
        size_t part = n - at < step ? n - at : step;
        client_send(fd, size, (size_t)snprintf(size, sizeof size, "%zx\r\n", part));
        client_send(fd, xml + at, part);
        client_text(fd, "\r\n");
    }
    client_text(fd, "0\r\n\r\n");
    reply_read(fd, &r, false);
    close(fd);
    assert_int_equal(r.status, 202);
    assert_int_equal(fake.opening.declared_length, 0);
    expect_kept(xml, n);
    free(xml);
}

static void an_empty_chunked_body_is_a_body(void **state)
{
    (void)state;
    int fd = client_open(port);
    SCOPED(reply_free) Reply r;
    client_text(fd, POST " HTTP/1.1\r\nHost: x\r\n" XML "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    reply_read(fd, &r, false);
    close(fd);
    assert_int_equal(r.status, 202);
    assert_int_equal(fake.payload.len, 0);
}

static void a_request_may_be_cut_anywhere(void **state)
{
    (void)state;
    static const char request[] = POST " HTTP/1.1\r\nHost: x\r\n" XML "Content-Length: 44\r\n\r\n" GOOD "  ";
    size_t n = strlen(request);
    int fd = client_open(port);
    for (size_t cut = 1; cut < n; cut += 5) {
        SCOPED(reply_free) Reply r;
        client_send(fd, request, cut);
        usleep(300);
        client_send(fd, request + cut, n - cut);
        reply_read(fd, &r, false);
        assert_int_equal(r.status, 202);
        assert_int_equal(fake.payload.len, 44);
    }
    close(fd);
}

static size_t gzipped(const char *in, size_t n, unsigned char *out, size_t size)
{
    z_stream z = { .next_in = (Bytef *)(uintptr_t)in, .avail_in = (uInt)n, .next_out = out, .avail_out = (uInt)size };
    deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    deflate(&z, Z_FINISH);
    deflateEnd(&z);
    return z.total_out;
}

static void encoded_bodies_are_kept_decoded_and_digested_as_sent(void **state)
{
    (void)state;
    size_t n = 3 << 20, room = ZSTD_compressBound(n);
    char *xml = big_xml(n);
    unsigned char *packed = malloc(room), digest[DIGEST_SIZE];
    for (int i = 0; i < 2; i++) {
        SCOPED(reply_free) Reply r;
        size_t len = i ? gzipped(xml, n, packed, room) : ZSTD_compress(packed, room, xml, n, 3);
        ask(port, POST, i ? XML "Content-Encoding: gzip\r\n" : XML "Content-Encoding: zstd\r\n", packed, len, &r);
        assert_int_equal(r.status, 202);
        expect_kept(xml, n);
        EVP_Digest(packed, len, digest, NULL, EVP_sha256(), NULL);
        assert_true(fake.had_digest);
        assert_memory_equal(fake.digest_sent, digest, DIGEST_SIZE);
    }
    free(packed);
    free(xml);
}

static void a_bomb_is_cut_at_the_limit(void **state)
{
    (void)state;
    size_t n = 200 << 20, room = ZSTD_compressBound(n);
    char *zeros = calloc(1, n);
    unsigned char *packed = malloc(room);
    for (int i = 0; i < 2; i++) {
        SCOPED(reply_free) Reply r;
        size_t len = i ? gzipped(zeros, n, packed, room) : ZSTD_compress(packed, room, zeros, n, 1);
        ask(port, POST, i ? XML "Content-Encoding: gzip\r\n" : XML "Content-Encoding: zstd\r\n", packed, len, &r);
        expect_problem(&r, 413, "too_large");
    }
    assert_int_equal(fake.n_kept, 0);
    free(packed);
    free(zeros);
}

static void a_broken_encoding_is_refused(void **state)
{
    (void)state;
    unsigned char packed[256];
    SCOPED(reply_free) Reply torn, bad;
    size_t len = gzipped(GOOD, strlen(GOOD), packed, sizeof packed);
    ask(port, POST, XML "Content-Encoding: gzip\r\n", packed, len - 3, &torn);
    expect_problem(&torn, 400, "torn");
    ask(port, POST, XML "Content-Encoding: zstd\r\n", packed, len, &bad);
    expect_problem(&bad, 400, "bad_coding");
    expect_refusal(POST, XML "Content-Encoding: br\r\n", GOOD, 415, "unsupported_type");
    assert_int_equal(fake.n_kept, 0);
}

static void content_digest_is_compared_with_the_bytes_as_sent(void **state)
{
    (void)state;
    unsigned char digest[DIGEST_SIZE], text[64];
    char good[256];
    SCOPED(reply_free) Reply r;
    EVP_Digest(GOOD, strlen(GOOD), digest, NULL, EVP_sha256(), NULL);
    EVP_EncodeBlock(text, digest, DIGEST_SIZE);
    snprintf(good, sizeof good, XML "Content-Digest: sha-512=:AAAA:, sha-256=:%s:\r\n", text);
    ask(port, POST, good, GOOD, strlen(GOOD), &r);
    assert_int_equal(r.status, 202);
    expect_refusal(POST, good, "<delivery>x</delivery>", 400, "digest_mismatch");
    expect_refusal(POST, XML "Content-Digest: sha-512=:AAAA:\r\n", GOOD, 400, "bad_digest_header");
    expect_refusal(POST, XML "Content-Digest: sha-256=AAAA\r\n", GOOD, 400, "bad_digest_header");
    expect_refusal(POST, XML "Content-Digest: sha-256=:AAAA:\r\n", GOOD, 400, "bad_digest_header");
    assert_int_equal(fake.n_kept, 1);
}

static void wrong_credentials_are_401_before_a_large_body_is_read(void **state)
{
    (void)state;
    expect_refusal(POST, "Content-Type: application/xml\r\n", GOOD, 401, "unauthorised");
    expect_refusal(POST, "Authorization: Basic Z29vZA==\r\nContent-Type: application/xml\r\n", GOOD, 401, "unauthorised");
    int fd = client_open(port);
    SCOPED(reply_free) Reply r;
    client_text(fd, POST " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer bad\r\nContent-Type: text/xml\r\nContent-Length: 10000000\r\n\r\n");
    reply_read(fd, &r, false);
    expect_problem(&r, 401, "unauthorised");
    assert_string_equal(reply_header(&r, "WWW-Authenticate"), "Bearer realm=\"nqs\", error=\"invalid_token\"");
    assert_string_equal(reply_header(&r, "Connection"), "close");
    close(fd);
    assert_int_equal(fake.opened, 0);
}

static void an_early_refusal_is_not_lost_while_the_sender_still_sends(void **state)
{
    (void)state;
    char *body = big_xml(3 << 20);
    for (int i = 0; i < 5; i++) {
        SCOPED(reply_free) Reply r;
        ask(port, POST, "Content-Type: application/xml\r\n", body, 3 << 20, &r);
        expect_problem(&r, 401, "unauthorised");
    }
    free(body);
}

static void expect_continue_is_answered_only_to_who_may_go_on(void **state)
{
    (void)state;
    char line[64];
    int fd = client_open(port);
    SCOPED(reply_free) Reply no, yes;
    client_text(fd, POST " HTTP/1.1\r\nHost: x\r\n" XML "Expect: 100-continue\r\nContent-Length: 42\r\n\r\n");
    assert_int_equal(recv(fd, line, 25, MSG_WAITALL), 25);
    assert_memory_equal(line, "HTTP/1.1 100 Continue\r\n\r\n", 25);
    client_send(fd, GOOD, 42);
    reply_read(fd, &yes, false);
    assert_int_equal(yes.status, 202);
    close(fd);
    fd = client_open(port);
    client_text(fd, POST " HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nExpect: 100-continue\r\nContent-Length: 42\r\n\r\n");
    assert_int_equal(recv(fd, line, 12, MSG_WAITALL | MSG_PEEK), 12);
    assert_memory_equal(line, "HTTP/1.1 401", 12);
    reply_read(fd, &no, false);
    expect_problem(&no, 401, "unauthorised");
    close(fd);
}

static void a_refusal_inside_the_body_comes_after_the_rest_and_closes(void **state)
{
    (void)state;
    size_t n = 2 << 20;
    char *xml = big_xml(n);
    memcpy(xml + 100000, "REFUSE-ME", 9);
    int fd = client_open(port);
    char head[512];
    SCOPED(reply_free) Reply r;
    client_send(fd, head, (size_t)snprintf(head, sizeof head, POST " HTTP/1.1\r\nHost: x\r\n" XML "Content-Length: %zu\r\n\r\n", n));
    client_send(fd, xml, n);
    reply_read(fd, &r, false);
    expect_problem(&r, 400, "doctype");
    assert_string_equal(reply_header(&r, "Connection"), "close");
    assert_true(client_closed(fd));
    close(fd);
    assert_string_equal(fake.last_refused, "rest doctype");
    free(xml);
}

static void what_goes_on_too_long_after_a_refusal_is_cut(void **state)
{
    (void)state;
    size_t n = 18 << 20;
    char *xml = big_xml(n), head[512];
    memcpy(xml + 100000, "REFUSE-ME", 9);
    int fd = client_open(port);
    SCOPED(reply_free) Reply r;
    client_send(fd, head, (size_t)snprintf(head, sizeof head, POST " HTTP/1.1\r\nHost: x\r\n" XML "Content-Length: %zu\r\n\r\n", n));
    client_send(fd, xml, n);
    reply_read(fd, &r, false);
    assert_int_equal(r.status, 0);
    close(fd);
    free(xml);
}

static void refusals_visible_in_the_headers(void **state)
{
    (void)state;
    expect_refusal("GET /nowhere", "", NULL, 404, "not_found");
    expect_refusal("DELETE /v1/deliveries", AUTH, NULL, 405, "method_not_allowed");
    expect_refusal(POST, AUTH "Content-Type: text/csv\r\n", GOOD, 415, "unsupported_type");
    expect_refusal(POST, AUTH "Content-Type: text/xml; charset=windows-1251\r\n", GOOD, 415, "unsupported_type");
    expect_refusal(POST, AUTH, GOOD, 415, "unsupported_type");
    assert_string_equal(fake.last_refused, "rest unsupported_type");
    int fd = client_open(port);
    SCOPED(reply_free) Reply large, allow;
    client_text(fd, POST " HTTP/1.1\r\nHost: x\r\n" XML "Content-Length: 99999999999\r\n\r\n");
    reply_read(fd, &large, false);
    expect_problem(&large, 413, "too_large");
    close(fd);
    assert_string_equal(fake.last_refused, "rest too_large");
    ask(port, "OPTIONS /v1/deliveries", "", NULL, 0, &allow);
    assert_int_equal(allow.status, 204);
    assert_string_equal(reply_header(&allow, "Allow"), "POST, GET, HEAD, OPTIONS");
}

static void requests_that_two_programs_could_read_differently_are_refused(void **state)
{
    static const char *const heads[] = {
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "Content-Length: 5\r\nContent-Length: 5\r\n", "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: gzip, chunked\r\n", "Host: other\r\nContent-Length: 5\r\n",
        "Transfer-Encoding: xchunked\r\n", "Content-Length: +5\r\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        char request[1024];
        int fd = client_open(port);
        SCOPED(reply_free) Reply r;
        snprintf(request, sizeof request, POST " HTTP/1.1\r\nHost: x\r\n" XML "%s\r\n", heads[i]);
        client_text(fd, request);
        client_text(fd, "0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
        reply_read(fd, &r, false);
        assert_int_equal(r.status, 400);
        char rest[4096] = "";
        assert_in_range(recv(fd, rest, sizeof rest - 1, MSG_WAITALL), 0, sizeof rest - 2);       /* it ends: closed */
        assert_null(strstr(rest, "\"status\":\"ok\""));
        close(fd);
    }
    assert_int_equal(fake.n_kept, 0);
    assert_int_equal(fake.opened, 0);
}

static void our_failures_are_ours_and_say_nothing_of_us(void **state)
{
    (void)state;
    SCOPED(reply_free) Reply busy, broken;
    fake.keep_rc = RC_RETRY;
    ask(port, POST, XML, GOOD, strlen(GOOD), &busy);
    expect_problem(&busy, 503, "busy");
    assert_string_equal(reply_header(&busy, "Retry-After"), "5");
    fake.keep_rc = RC_FATAL;
    ask(port, POST, XML, GOOD, strlen(GOOD), &broken);
    expect_problem(&broken, 500, "internal");
    assert_null(strstr(broken.body.at, "secret-host"));
    assert_null(strstr(busy.body.at, "secret-host"));
}

static void what_the_data_gets_wrong_is_422(void **state)
{
    (void)state;
    expect_refusal("POST /v1/deliveries?feed=nofeed", XML, GOOD, 422, "unknown_feed");
    expect_refusal(POST, XML, "<other/>", 422, "foreign_root");
    expect_refusal("POST /v1/deliveries?period=2026-10-05-and-more", XML, GOOD, 400, "bad_parameter");
    expect_refusal(POST, XML "Idempotency-Key: \"unclosed\r\n", GOOD, 400, "bad_parameter");
    expect_refusal("GET /v1/feeds/nofeed", "", NULL, 404, "unknown_feed");
}

static void refusals_speak_the_language_asked_for(void **state)
{
    (void)state;
    SCOPED(reply_free) Reply r;
    ask(port, POST, XML "Accept-Language: kk-KZ\r\n", "<other/>", 8, &r);
    assert_string_equal(reply_header(&r, "Content-Language"), "kk");
    assert_non_null(strstr(r.body.at, "\"detail\":\"kk|foreign_root|other\""));
}

static void every_reading_route_asks_its_question(void **state)
{
    static const struct { const char *line, *has; } rows[] = {
        { "GET /v1/feeds", "{\"feeds\":\"\"" },
        { "GET /v1/feeds/a-b", "{\"feed\":\"a-b\"" },
        { "GET /v1/feeds/a-b/records?as_known_at=2026-01-01T00:00:00Z&limit=7&cursor=c%2B1", "{\"records\":\"a-b\",\"two\":\"2026-01-01T00:00:00Z\",\"party\":1,\"cursor\":\"c+1\",\"limit\":7" },
        { "GET /v1/deliveries?feed=f&period=p", "{\"deliveries\":\"f\",\"two\":\"p\"" },
        { "GET /v1/deliveries/1", "{\"protocol\":\"1\"" },
        { "GET /v1/deliveries/1/findings?limit=1000", "{\"findings\":\"1\",\"two\":\"\",\"party\":1,\"cursor\":\"\",\"limit\":1000" },
        { "GET /v1/deliveries/1/outcomes", "{\"outcomes\":\"1\"" },
        { "GET /v1/deliveries/1/receipt", "{\"receipt\":\"1\"" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        SCOPED(reply_free) Reply r;
        ask(port, rows[i].line, AUTH, NULL, 0, &r);
        assert_int_equal(r.status, 200);
        assert_memory_equal(r.body.at, rows[i].has, strlen(rows[i].has));
    }
    SCOPED(reply_free) Reply nobody;
    ask(port, "GET /v1/feeds", "", NULL, 0, &nobody);
    assert_non_null(strstr(nobody.body.at, "\"party\":0"));
}

static void wrong_questions_are_refused(void **state)
{
    (void)state;
    expect_refusal("GET /v1/deliveries/absent", AUTH, NULL, 404, "not_found");
    expect_refusal("GET /v1/deliveries/absent/content", AUTH, NULL, 404, "not_found");
    expect_refusal("GET /v1/deliveries?limit=0", AUTH, NULL, 400, "bad_parameter");
    expect_refusal("GET /v1/deliveries?limit=1001", AUTH, NULL, 400, "bad_parameter");
    expect_refusal("GET /v1/deliveries?limit=-1", AUTH, NULL, 400, "bad_parameter");
    expect_refusal("GET /v1/deliveries?cursor=", AUTH, NULL, 400, "bad_cursor");
    expect_refusal("GET /v1/deliveries", "Authorization: Bearer bad\r\n", NULL, 401, "unauthorised");
}

static void content_streams_in_full_and_a_break_cuts_it(void **state)
{
    (void)state;
    SCOPED(reply_free) Reply r, head, broken;
    fake.content = 3000001;
    ask(port, "GET /v1/deliveries/1/content", AUTH, NULL, 0, &r);
    assert_int_equal(r.status, 200);
    assert_string_equal(reply_header(&r, "Content-Type"), "application/xml");
    assert_int_equal(r.body.len, 3000001);
    for (size_t i = 0; i < r.body.len; i += 997)
        assert_int_equal(r.body.at[i], 'a' + i % 23);
    ask(port, "HEAD /v1/deliveries/1/content", AUTH, NULL, 0, &head);
    assert_int_equal(head.status, 200);
    assert_string_equal(reply_header(&head, "Content-Length"), "3000001");
    fake.content_breaks = true;
    ask(port, "GET /v1/deliveries/1/content", AUTH, NULL, 0, &broken);
    assert_false(broken.whole);
}

static void a_reader_who_goes_away_leaves_nothing_behind(void **state)
{
    (void)state;
    fake.content = 50 << 20;
    int fd = client_open(port);
    client_text(fd, "GET /v1/deliveries/1/content HTTP/1.1\r\nHost: x\r\n\r\n");
    char some[1000];
    assert_int_equal(recv(fd, some, sizeof some, MSG_WAITALL), sizeof some);
    close(fd);
    for (int i = 0; i < 400 && http_counters(server).open; i++)
        usleep(5000);
    assert_int_equal(http_counters(server).open, 0);
    assert_int_equal(http_counters(server).cut, 1);
}

static void health_readiness_and_description_are_served(void **state)
{
    (void)state;
    SCOPED(reply_free) Reply health, ready, unready, api, head;
    ask(port, "GET /healthz", "", NULL, 0, &health);
    assert_string_equal(health.body.at, "{\"status\":\"ok\"}");
    ask(port, "GET /readyz", "", NULL, 0, &ready);
    assert_int_equal(ready.status, 200);
    fake.keep_rc = RC_RETRY;
    ask(port, "GET /readyz", "", NULL, 0, &unready);
    assert_int_equal(unready.status, 503);
    ask(port, "GET /openapi.json", "", NULL, 0, &api);
    assert_int_equal(api.status, 200);
    assert_non_null(strstr(api.body.at, "\"openapi\""));
    ask(port, "HEAD /healthz", "", NULL, 0, &head);
    assert_int_equal(head.status, 200);
    assert_string_equal(reply_header(&head, "Content-Length"), "15");
}

static void every_route_is_in_the_description(void **state)
{
    (void)state;
    SCOPED(reply_free) Reply api;
    ask(port, "GET /openapi.json", "", NULL, 0, &api);
    for (const Route *r = rest_routes; r->pattern; r++) {
        char key[128];
        snprintf(key, sizeof key, "\"%s\": {", r->pattern);
        assert_non_null(strstr(api.body.at, key));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_delivery_is_answered_with_its_receipt), TEST(the_format_follows_the_content_type), TEST(a_repeat_gets_the_first_receipt_again),
        TEST(a_worked_delivery_has_its_protocol_beside_the_receipt), TEST(waiting_ends_with_the_receipt_alone),
        TEST(five_megabytes_arrive_whole), TEST(a_chunked_body_arrives_whole_however_it_is_cut), TEST(an_empty_chunked_body_is_a_body),
        TEST(a_request_may_be_cut_anywhere), TEST(encoded_bodies_are_kept_decoded_and_digested_as_sent), TEST(a_bomb_is_cut_at_the_limit),
        TEST(a_broken_encoding_is_refused), TEST(content_digest_is_compared_with_the_bytes_as_sent),
        TEST(wrong_credentials_are_401_before_a_large_body_is_read), TEST(an_early_refusal_is_not_lost_while_the_sender_still_sends),
        TEST(expect_continue_is_answered_only_to_who_may_go_on), TEST(a_refusal_inside_the_body_comes_after_the_rest_and_closes),
        TEST(what_goes_on_too_long_after_a_refusal_is_cut), TEST(refusals_visible_in_the_headers),
        TEST(requests_that_two_programs_could_read_differently_are_refused), TEST(our_failures_are_ours_and_say_nothing_of_us),
        TEST(what_the_data_gets_wrong_is_422), TEST(refusals_speak_the_language_asked_for), TEST(every_reading_route_asks_its_question),
        TEST(wrong_questions_are_refused), TEST(content_streams_in_full_and_a_break_cuts_it), TEST(a_reader_who_goes_away_leaves_nothing_behind),
        TEST(health_readiness_and_description_are_served), TEST(every_route_is_in_the_description),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
