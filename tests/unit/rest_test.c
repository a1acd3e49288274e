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

static void topics_are_asked_of_all_feeds_or_one(void **state)
{
    (void)state;
    SCOPED(reply_free) Reply all, one;
    ask(port, "GET /v1/asyncapi.json", "", NULL, 0, &all);
    assert_int_equal(all.status, 200);
    assert_string_equal(reply_header(&all, "Content-Type"), "application/json");
    assert_non_null(strstr(all.body.at, "{\"asyncapi\":\"\","));
    ask(port, "GET /v1/asyncapi.json?feed=a-b", AUTH, NULL, 0, &one);
    assert_non_null(strstr(one.body.at, "{\"asyncapi\":\"a-b\","));
    expect_refusal("GET /v1/asyncapi.json?feed=absent", "", NULL, 404, "not_found");
    expect_refusal("GET /v1/asyncapi.json", "Authorization: Bearer bad\r\n", NULL, 401, "unauthorised");
}

static void a_template_is_a_file_in_a_language(void **state)
{
    (void)state;
    SCOPED(reply_free) Reply asked, liked, head;
    ask(port, "GET /v1/feeds/a-b/template.xlsx?lang=ru", "Accept-Language: kk\r\n", NULL, 0, &asked);
    assert_int_equal(asked.status, 200);
    assert_non_null(strstr(asked.body.at, "{\"xlsx\":\"a-b\",\"two\":\"ru\",\"party\":0"));
    assert_string_equal(reply_header(&asked, "Content-Type"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
    assert_string_equal(reply_header(&asked, "Content-Disposition"), "attachment; filename=\"a-b_template_ru.xlsx\"");
    assert_string_equal(reply_header(&asked, "Content-Language"), "ru");
    ask(port, "GET /v1/feeds/a-b/template.csv", "Accept-Language: kk\r\n", NULL, 0, &liked);
    assert_non_null(strstr(liked.body.at, "\"lang\":\"kk\""));
    assert_string_equal(reply_header(&liked, "Content-Type"), "text/csv; charset=utf-8; header=present");
    assert_string_equal(reply_header(&liked, "Content-Disposition"), "attachment; filename=\"a-b_template_kk.csv\"");
    ask(port, "HEAD /v1/feeds/a-b/template.csv", AUTH, NULL, 0, &head);
    assert_int_equal(head.status, 200);
    expect_refusal("GET /v1/feeds/a-b/template.csv?lang=de", "", NULL, 400, "bad_parameter");
    expect_refusal("GET /v1/feeds/absent/template.xlsx", "", NULL, 404, "not_found");
    expect_refusal("GET /v1/feeds/a-b/template.ods", "", NULL, 404, "not_found");
    expect_refusal("GET /v1/feeds/a-b/template.csv", "Authorization: Bearer bad\r\n", NULL, 401, "unauthorised");
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
    for (int i = 0; i < 4000 && http_counters(server).open; i++)
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_delivery_is_answered_with_its_receipt),
        TEST(the_format_follows_the_content_type),
        TEST(a_repeat_gets_the_first_receipt_again),
        TEST(a_worked_delivery_has_its_protocol_beside_the_receipt),
        TEST(waiting_ends_with_the_receipt_alone),
        TEST(five_megabytes_arrive_whole),
        TEST(a_chunked_body_arrives_whole_however_it_is_cut),
        TEST(an_empty_chunked_body_is_a_body),
        TEST(a_request_may_be_cut_anywhere),
        TEST(encoded_bodies_are_kept_decoded_and_digested_as_sent),
        TEST(content_digest_is_compared_with_the_bytes_as_sent),
        TEST(expect_continue_is_answered_only_to_who_may_go_on),
        TEST(every_reading_route_asks_its_question),
        TEST(topics_are_asked_of_all_feeds_or_one), TEST(a_template_is_a_file_in_a_language), TEST(content_streams_in_full_and_a_break_cuts_it),
        TEST(a_reader_who_goes_away_leaves_nothing_behind),
        TEST(health_readiness_and_description_are_served),
        TEST(every_route_is_in_the_description),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
