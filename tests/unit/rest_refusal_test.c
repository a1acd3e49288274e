#include "tests/unit/rest_fixture.h"
#include <zlib.h>
#include <zstd.h>

static size_t gzipped(const char *in, size_t n, unsigned char *out, size_t size)
{
    z_stream z = { .next_in = (Bytef *)(uintptr_t)in, .avail_in = (uInt)n, .next_out = out, .avail_out = (uInt)size };
    deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    deflate(&z, Z_FINISH);
    deflateEnd(&z);
    return z.total_out;
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
    expect_refusal(POST, AUTH "Content-Type: application/pdf\r\n", GOOD, 415, "unsupported_type");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_bomb_is_cut_at_the_limit),
        TEST(a_broken_encoding_is_refused),
        TEST(wrong_credentials_are_401_before_a_large_body_is_read),
        TEST(an_early_refusal_is_not_lost_while_the_sender_still_sends),
        TEST(a_refusal_inside_the_body_comes_after_the_rest_and_closes),
        TEST(what_goes_on_too_long_after_a_refusal_is_cut),
        TEST(refusals_visible_in_the_headers),
        TEST(requests_that_two_programs_could_read_differently_are_refused),
        TEST(our_failures_are_ours_and_say_nothing_of_us),
        TEST(what_the_data_gets_wrong_is_422),
        TEST(refusals_speak_the_language_asked_for),
        TEST(wrong_questions_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
