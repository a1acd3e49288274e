#include "tests/unit/soap_fixture.h"
#include <glob.h>
#include <zlib.h>

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

static void append_chunk(Buffer *out, const char *bytes, size_t n)
{
    buffer_print(out, "%zx\r\n", n);
    buffer_add(out, bytes, n);
    buffer_text(out, "\r\n");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(captured_requests_reach_the_payload_and_learn_its_root_is_foreign),
        TEST(captured_envelopes_with_a_delivery_inside_are_accepted),
        TEST(a_captured_request_may_be_cut_anywhere),
        TEST(the_end_of_the_payload_is_found_wherever_a_piece_ends),
        TEST(a_large_message_arrives_whole_chunked_and_gzipped),
        TEST(a_head_that_does_not_end_is_a_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
