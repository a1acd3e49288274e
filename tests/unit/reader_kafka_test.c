/* Frames of messages: written, read in any pieces, and what becomes of values of every kind. */
#include "tests/unit/readings.h"
#include "gateway/model/frame.h"

static void message(Buffer *b, int64_t offset, const char *type, const char *value)
{
    Buffer headers = {0};
    if (type)
        frame_header(&headers, "content-type", type, strlen(type));
    frame_header(&headers, "nothing", NULL, 0);
    Frame f = { .offset = offset, .timestamp = 1700000000000, .time = 1, .headers = headers.at, .headers_len = headers.len, .key = "k", .key_len = 1, .value = value, .value_len = value ? strlen(value) : 0 };
    frame_write(b, &f);
    buffer_free(&headers);
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    Buffer b = {0}, headers = {0};
    Frame f;
    size_t len;
    int partition;
    frames_head(&b, "nqs.in.x", 7);
    assert_int_equal(frames_head_size(b.at, FRAMES_HEAD - 1), 0);
    assert_int_equal(frames_head_size(b.at, b.len), b.len);
    assert_true(frames_head_read(b.at, b.len, &partition));
    assert_int_equal(partition, 7);
    buffer_clear(&b);
    frame_header(&headers, "a", "", 0);
    frame_header(&headers, "bc", "\0x", 2);
    frame_header(&headers, "none", NULL, 0);
    frame_write(&b, &(Frame){ .offset = INT64_MAX, .timestamp = -1, .time = 2, .headers = headers.at, .headers_len = headers.len, .value = "", .value_len = 0 });
    assert_int_equal(frame_size(b.at, 3), 0);
    assert_int_equal(frame_size(b.at, b.len), b.len);
    assert_true(frame_read(b.at, b.len, &f));
    assert_true(f.offset == INT64_MAX && f.timestamp == -1 && f.time == 2 && !f.key && f.value && f.value_len == 0);
    assert_memory_equal(frame_header_find(&f, "b", "c", &len), "\0x", 2);
    assert_int_equal(len, 2);
    assert_non_null(frame_header_find(&f, "", "a", &len));
    assert_null(frame_header_find(&f, "", "none", &len));
    assert_null(frame_header_find(&f, "", "b", &len));
    assert_false(frame_read(b.at, b.len - 1, &f));
    buffer_free(&b);
    buffer_free(&headers);
}

static void a_value_is_a_record_by_its_content_type(void **state)
{
    (void)state;
    Buffer b = {0};
    frames_head(&b, "t", 0);
    message(&b, 1, NULL, " {\"a\":\"1\"} ");
    message(&b, 3, "application/json; charset=utf-8", "{\"$withdraw\":{\"ground\":\"g\"},\"a\":1}");
    message(&b, 4, "application/xml", "<record xmlns=\"urn:kz:nqs:delivery:1\"><a>x</a></record>");
    message(&b, 5, "application/cloudevents+json", "{\"id\":\"7\",\"ext\":{\"data\":{\"no\":1}}, \"data\" : {\"a\":\"}\"} ,\"x\":[]}");
    assert_read_bytes(FORMAT_KAFKA, NULL, b.at, b.len, "1@0 put o(as'1')\n2@0 withdraw ground'g' o(an'1')\n3@1 put (a'x')\n4@0 put o(as'}')\n");
    buffer_free(&b);
}

static void what_cannot_be_read_is_one_bad_record(void **state)
{
    (void)state;
    Buffer b = {0};
    frames_head(&b, "t", 0);
    message(&b, 1, NULL, "[]");
    message(&b, 2, NULL, NULL);
    message(&b, 3, "text/plain", "x");
    message(&b, 4, "application/xml", "<record xmlns=\"urn:kz:nqs:delivery:1\"><a></record>");
    message(&b, 5, "application/xml", "<!DOCTYPE a><a/>");
    message(&b, 6, "application/cloudevents+json", "{\"id\":\"7\"}");
    message(&b, 7, NULL, "{\"a\":1,\"a\":2}");
    message(&b, 8, NULL, "{}");
    Reading g = read_in_pieces(FORMAT_KAFKA, NULL, b.at, b.len, 0, 0);
    assert_int_equal(g.rc, RC_OK);
    assert_int_equal(g.records, 8);
    assert_non_null(strstr(g.seen.at, "1@0 put bad: value is not a JSON object: it does not begin with {\n2@0 put bad: the message has no value\n3@0 put bad: the content type"));
    assert_non_null(strstr(g.seen.at, "\n5@0 put bad: doctype\n6@0 put bad: no CloudEvent in JSON with a member data\n7@0 put bad: value is not a JSON object: a key stands twice\n8@0 put o\n"));
    reading_free(&g);
    buffer_free(&b);
}

static void several_envelopes_are_read_one_behind_the_other_and_ends_hold_no_record(void **state)
{
    (void)state;
    Buffer b = {0}, headers = {0};
    frame_header(&headers, "ce_type", "kz.nqs.f.delivery-completed", 27);
    frames_head(&b, "t", 0);
    message(&b, 1, NULL, "{\"a\":\"1\"}");
    frames_head(&b, "t", 1);
    frame_write(&b, &(Frame){ .headers = headers.at, .headers_len = headers.len, .value = "{\"records\":2}", .value_len = 13 });
    message(&b, 1, NULL, "{\"a\":\"2\"}");
    assert_read_bytes(FORMAT_KAFKA, NULL, b.at, b.len, "1@0 put o(as'1')\n2@0 put o(as'2')\n");
    Reading g = read_in_pieces(FORMAT_KAFKA, NULL, b.at, b.len - 1, 0, 0);
    assert_int_equal(g.rc, RC_REJECT);
    assert_string_equal(g.err.code, "torn");
    reading_free(&g);
    buffer_free(&b);
    buffer_free(&headers);
}

static void what_the_sink_says_is_passed_on(void **state)
{
    (void)state;
    Buffer b = {0};
    frames_head(&b, "t", 0);
    message(&b, 1, "application/xml", "<record xmlns=\"urn:kz:nqs:delivery:1\"/>");
    Reading g = read_in_pieces(FORMAT_KAFKA, NULL, b.at, b.len, 0, 1);
    assert_int_equal(g.rc, RC_RETRY);
    assert_int_equal(g.records, 1);
    reading_free(&g);
    buffer_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(a_value_is_a_record_by_its_content_type),
        cmocka_unit_test(what_cannot_be_read_is_one_bad_record),
        cmocka_unit_test(several_envelopes_are_read_one_behind_the_other_and_ends_hold_no_record),
        cmocka_unit_test(what_the_sink_says_is_passed_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
