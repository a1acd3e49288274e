#include "adapters/json_watch.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

/* Reads a document in pieces of each size, and holds one path against what is expected. */
static void watch_is(const char *document, const char *path, WatchKind kind, const char *text, uint64_t n)
{
    for (size_t size = 1; size <= strlen(document); size++) {
        Watched of[2] = { { .path = path }, { .path = NULL } };
        JsonWatch w;
        json_watch_begin(&w, of, 2);
        for (size_t at = 0; at < strlen(document); at += size)
            json_watch_feed(&w, document + at, strlen(document) - at < size ? strlen(document) - at : size);
        if (of[0].kind != kind || (text && strcmp(of[0].text, text)) || of[0].n != n || of[1].kind != WATCH_NONE)
            fail_msg("%s in %s by %zu: kind %d, \"%s\", %llu", path, document, size, of[0].kind, of[0].text, (unsigned long long)of[0].n);
    }
}

static void members_are_found_by_their_path(void **state)
{
    (void)state;
    watch_is("{\"total\": 12}", "total", WATCH_NUMBER, "12", 0);
    watch_is("{\"a\":{\"b\":{\"c\":-1.5e3}},\"c\":2}", "a.b.c", WATCH_NUMBER, "-1.5e3", 0);
    watch_is("{\"a\":{\"x\":[{\"b\":1}],\"b\":true},\"b\":false}", "a.b", WATCH_LITERAL, "true", 0);
    watch_is("{\"a\":1,\"a.b\":3}", "a.b", WATCH_NONE, NULL, 0);
    watch_is("{\"page\":{\"next\":null}}", "page.next", WATCH_LITERAL, "null", 0);
    watch_is("{\"b\":{\"a\":1}}", "a", WATCH_NONE, NULL, 0);
    watch_is("[{\"a\":1}]", "a", WATCH_NONE, NULL, 0);
    watch_is("{\"a\":[{\"b\":1}]}", "a.b", WATCH_NONE, NULL, 0);
    watch_is("{\"x\":\"a\",\"a\":\"}{[\\\"\",\"y\":{}}", "a", WATCH_TEXT, "}{[\"", 0);
    watch_is("\xEF\xBB\xBF{\"a\":7}", "a", WATCH_NUMBER, "7", 0);
}

static void texts_are_read_without_their_escapes(void **state)
{
    (void)state;
    watch_is("{\"next\":\"http:\\/\\/host\\/l?a=1\\u0026b=2\"}", "next", WATCH_TEXT, "http://host/l?a=1&b=2", 0);
    watch_is("{\"k\\u0065y\":\"\\\\ \\t\"}", "key", WATCH_TEXT, "\\ \t", 0);
}

static void elements_and_members_are_counted(void **state)
{
    (void)state;
    watch_is("{\"items\":[],\"x\":1}", "items", WATCH_ARRAY, NULL, 0);
    watch_is("{\"items\":[ {\"a\":[1,2,3]} , 5, [6], \"7\", null ]}", "items", WATCH_ARRAY, NULL, 5);
    watch_is("{\"d\":{\"failed\":{\"a\":1,\"b\":{\"c\":2}}}}", "d.failed", WATCH_OBJECT, NULL, 2);
    watch_is("{\"items\":[1,2],\"after\":[3,4,5]}", "items", WATCH_ARRAY, NULL, 2);
}

static void a_text_longer_than_is_kept_is_cut(void **state)
{
    static char document[5000];
    Watched of[1] = { { .path = "a" } };
    JsonWatch w;
    (void)state;
    memset(document, 'x', sizeof document);
    memcpy(document, "{\"a\":\"", 6);
    memcpy(document + sizeof document - 3, "\"}", 3);
    json_watch_begin(&w, of, 1);
    json_watch_feed(&w, document, strlen(document));
    assert_int_equal(strlen(of[0].text), sizeof of[0].text - 1);
}

static void digest_of_items(const char *document, size_t size, unsigned char out[DIGEST_SIZE])
{
    Watched of[1] = { { .path = "d.items" } };
    JsonWatch w;
    Digest *d = digest_new();
    json_watch_begin(&w, of, 1);
    w.digest = d;
    for (size_t at = 0; at < strlen(document); at += size)
        json_watch_feed(&w, document + at, strlen(document) - at < size ? strlen(document) - at : size);
    digest_end(d, out);
    digest_free(&d);
}

static void a_digest_is_of_the_value_alone(void **state)
{
    unsigned char wanted[DIGEST_SIZE], got[DIGEST_SIZE], other[DIGEST_SIZE];
    Digest *d = digest_new();
    (void)state;
    digest_add(d, "[1,{\"a\":[2]}]", 13);
    digest_end(d, wanted);
    digest_free(&d);
    for (size_t size = 1; size < 40; size++) {
        digest_of_items("{\"page\":1,\"d\":{\"items\":[1,{\"a\":[2]}],\"x\":[9]}}", size, got);
        assert_memory_equal(got, wanted, DIGEST_SIZE);
        digest_of_items("{\"page\":2,\"d\":{\"items\":[1,{\"a\":[3]}],\"x\":[9]}}", size, other);
        assert_memory_not_equal(other, wanted, DIGEST_SIZE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_are_found_by_their_path),
        cmocka_unit_test(texts_are_read_without_their_escapes),
        cmocka_unit_test(elements_and_members_are_counted),
        cmocka_unit_test(a_text_longer_than_is_kept_is_cut),
        cmocka_unit_test(a_digest_is_of_the_value_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
