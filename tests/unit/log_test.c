#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "gateway/base/log.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int saved, ends[2];

static int capture(void **state)
{
    (void)state;
    saved = dup(STDERR_FILENO);
    if (saved < 0 || pipe(ends) || dup2(ends[1], STDERR_FILENO) < 0)
        return -1;
    log_level(LOG_INFO);
    return 0;
}

static int release(void **state)
{
    (void)state;
    dup2(saved, STDERR_FILENO);
    return close(ends[0]) | close(ends[1]) | close(saved);
}

/* What was written, behind the time. */
static const char *line(void)
{
    static char text[8192];
    ssize_t n = read(ends[0], text, sizeof text - 1);
    assert_true(n > 28);
    text[n] = '\0';
    assert_int_equal(text[26], 'Z');
    assert_int_equal(text[n - 1], '\n');
    return text + 28;
}

static void a_line_is_time_level_event_and_pairs(void **state)
{
    (void)state;
    log_event(LOG_WARNING, "kept", "delivery", "0198-a", "feed", "some-feed", NULL);
    assert_string_equal(line(), "level=warning event=kept delivery=0198-a feed=some-feed\n");
}

static void values_are_quoted_where_needed_and_never_break_the_line(void **state)
{
    (void)state;
    log_event(LOG_ERROR, "refused", "why", "a b=\"c\"\n\x01\\", "empty", "", "none", (const char *)NULL, "kk", "қ", NULL);
    assert_string_equal(line(), "level=error event=refused why=\"a b=\\\"c\\\"\\n\\x01\\\\\" empty=\"\" none=\"\" kk=\"қ\"\n");
}

static void what_is_below_the_level_is_not_written(void **state)
{
    (void)state;
    log_event(LOG_DEBUG, "noise", NULL);
    log_level(LOG_ERROR);
    log_event(LOG_WARNING, "noise", NULL);
    log_event(LOG_ERROR, "sound", NULL);
    assert_string_equal(line(), "level=error event=sound\n");
    log_level(LOG_DEBUG);
    log_event(LOG_DEBUG, "whisper", NULL);
    assert_string_equal(line(), "level=debug event=whisper\n");
}

static void a_line_too_long_is_cut_and_stays_a_line(void **state)
{
    (void)state;
    char *value = malloc(10001);
    assert_non_null(value);
    for (size_t i = 0; i < 10000; i += 2)
        memcpy(value + i, "қ", 2);
    value[10000] = '\0';
    for (size_t skip = 0; skip < 2; skip++) {
        log_event(LOG_INFO, skip ? "ab" : "abc", "long", value, "more", value, NULL);
        const char *got = line();
        size_t n = strlen(got);
        assert_in_range(n + 28, 4080, 4096);
        assert_string_equal(got + n - 4, "қ\"\n");
        assert_ptr_equal(strchr(got, '\n'), got + n - 1);
    }
    free(value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_line_is_time_level_event_and_pairs, capture, release),
        cmocka_unit_test_setup_teardown(values_are_quoted_where_needed_and_never_break_the_line, capture, release),
        cmocka_unit_test_setup_teardown(what_is_below_the_level_is_not_written, capture, release),
        cmocka_unit_test_setup_teardown(a_line_too_long_is_cut_and_stays_a_line, capture, release),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
