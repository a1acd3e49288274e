#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "gateway/base/buffer.h"
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void a_zeroed_buffer_takes_bytes_of_every_kind(void **state)
{
    (void)state;
    SCOPED(buffer_free) Buffer b = {0};
    assert_string_equal(buffer_string(&b), "");
    buffer_add(&b, "ab\0c", 4);
    buffer_add(&b, NULL, 0);
    buffer_char(&b, 'd');
    buffer_text(&b, "");
    buffer_print(&b, "%d-%s", 7, "x");
    assert_int_equal(b.len, 8);
    assert_memory_equal(b.at, "ab\0cd7-x", 8);
    assert_string_equal(buffer_string(&b) + 3, "cd7-x");
}

static void room_is_writable_and_counts_only_what_was_used(void **state)
{
    (void)state;
    SCOPED(buffer_free) Buffer b = {0};
    for (size_t n = 0; n < 3000; n += 37) {
        memset(buffer_room(&b, n + 10), 'x', n + 10);
        buffer_used(&b, n);
    }
    size_t sum = 0;
    for (size_t n = 0; n < 3000; n += 37)
        sum += n;
    assert_int_equal(b.len, sum);
    assert_int_equal(strspn(buffer_string(&b), "x"), sum);
}

static void a_cleared_buffer_keeps_its_memory_and_a_freed_one_starts_anew(void **state)
{
    (void)state;
    Buffer b = { .ceiling = 1000 };
    buffer_text(&b, "something");
    char *before = b.at;
    buffer_clear(&b);
    assert_string_equal(buffer_string(&b), "");
    assert_ptr_equal(b.at, before);
    buffer_free(&b);
    buffer_text(&b, "again");
    assert_string_equal(buffer_string(&b), "again");
    assert_int_equal(b.ceiling, 1000);
    buffer_free(&b);
    buffer_free(&b);
}

static void a_long_print_is_whole(void **state)
{
    (void)state;
    SCOPED(buffer_free) Buffer b = {0};
    buffer_print(&b, "%s%5000d", "x", 1);
    assert_int_equal(b.len, 5001);
    assert_int_equal(b.at[5000], '1');
}

/* Runs in a process of its own; returns the signal that ended it, 0 for none. */
static int ended_by(void (*act)(Buffer *), size_t ceiling)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (!child) {
        struct rlimit none = { 0, 0 };
        setrlimit(RLIMIT_CORE, &none);
        signal(SIGABRT, SIG_DFL);
        close(STDERR_FILENO);
        Buffer b = { .ceiling = ceiling };
        act(&b);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void add_hundred(Buffer *b) { buffer_add(b, "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789", 100); }
static void add_in_bits(Buffer *b) { for (int i = 0; i < 100; i++) buffer_char(b, 'x'); }
static void ask_for_all(Buffer *b) { buffer_char(b, 'x'); buffer_room(b, SIZE_MAX); }

static void a_buffer_may_be_filled_to_its_ceiling_and_not_a_byte_further(void **state)
{
    (void)state;
    assert_int_equal(ended_by(add_hundred, 100), 0);
    assert_int_equal(ended_by(add_hundred, 99), SIGABRT);
    assert_int_equal(ended_by(add_in_bits, 100), 0);
    assert_int_equal(ended_by(add_in_bits, 99), SIGABRT);
    assert_int_equal(ended_by(ask_for_all, 0), SIGABRT);
}

static void xml_text_is_escaped(void **state)
{
    (void)state;
    SCOPED(buffer_free) Buffer b = {0};
    buffer_xml(&b, "a<b>&\"қ'", strlen("a<b>&\"қ'"));
    buffer_xml(&b, "&", 1);
    buffer_xml(&b, NULL, 0);
    assert_string_equal(buffer_string(&b), "a&lt;b&gt;&amp;&quot;қ'&amp;");
}

static void json_commas_place_themselves(void **state)
{
    (void)state;
    SCOPED(buffer_free) Buffer b = {0};
    Json j = { .to = &b };
    json_open(&j, '{');
    json_key(&j, "a"); json_open(&j, '['); json_close(&j, ']');
    json_key(&j, "b"); json_open(&j, '['); json_number(&j, 1); json_number(&j, INT64_MIN); json_open(&j, '{'); json_close(&j, '}');
    json_text(&j, NULL); json_string(&j, "xyz", 2); json_close(&j, ']');
    json_key(&j, "c"); json_bool(&j, true);
    json_key(&j, "d"); json_bool(&j, false);
    json_key(&j, "e"); json_raw(&j, "[1.5]", 5);
    json_key(&j, "f"); json_string(&j, NULL, 0);
    json_key(&j, "g"); json_text(&j, "");
    json_close(&j, '}');
    assert_string_equal(buffer_string(&b), "{\"a\":[],\"b\":[1,-9223372036854775808,{},null,\"xy\"],\"c\":true,\"d\":false,\"e\":[1.5],\"f\":null,\"g\":\"\"}");
}

static void json_strings_escape_what_rfc_8785_says_and_nothing_else(void **state)
{
    (void)state;
    static const char odd[] = "\b\t\n\f\r\"\\/\x01\x1f\x7f" "Қазақ € 😀<&>'";
    SCOPED(buffer_free) Buffer b = {0};
    Json j = { .to = &b };
    json_text(&j, odd);
    assert_string_equal(buffer_string(&b), "\"\\b\\t\\n\\f\\r\\\"\\\\/\\u0001\\u001f\x7f" "Қазақ € 😀<&>'\"");
    buffer_clear(&b);
    j.comma = false;
    json_string(&j, "a\0b", 3);
    assert_string_equal(buffer_string(&b), "\"a\\u0000b\"");
}

static void a_key_is_escaped_like_any_string(void **state)
{
    (void)state;
    SCOPED(buffer_free) Buffer b = {0};
    Json j = { .to = &b };
    json_open(&j, '{');
    json_key(&j, "a\"\n");
    json_number(&j, 0);
    json_close(&j, '}');
    assert_string_equal(buffer_string(&b), "{\"a\\\"\\n\":0}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_zeroed_buffer_takes_bytes_of_every_kind),
        cmocka_unit_test(room_is_writable_and_counts_only_what_was_used),
        cmocka_unit_test(a_cleared_buffer_keeps_its_memory_and_a_freed_one_starts_anew),
        cmocka_unit_test(a_long_print_is_whole),
        cmocka_unit_test(a_buffer_may_be_filled_to_its_ceiling_and_not_a_byte_further),
        cmocka_unit_test(xml_text_is_escaped),
        cmocka_unit_test(json_commas_place_themselves),
        cmocka_unit_test(json_strings_escape_what_rfc_8785_says_and_nothing_else),
        cmocka_unit_test(a_key_is_escaped_like_any_string),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
