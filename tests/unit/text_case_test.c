#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "gateway/base/text_case.h"
#include <string.h>

static void letters_are_made_small_or_capital(void **state)
{
    (void)state;
    static const struct { const char *in; TextCase to; const char *out; } rows[] = {
        { "Ab1", TEXT_LOWER, "ab1" }, { "ӘҒҚ ё", TEXT_LOWER, "әғқ ё" }, { "әғқ ё", TEXT_UPPER, "ӘҒҚ Ё" }, { "", TEXT_UPPER, "" }, { "\xE2\xB1\xA5", TEXT_UPPER, "\xC8\xBA" },
        { "\xC8\xBA", TEXT_LOWER, "\xE2\xB1\xA5" },      /* two bytes become three */
    };
    SCOPED(arena_free) Arena *a = arena_new();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t len;
        assert_string_equal(text_case(rows[i].in, strlen(rows[i].in), rows[i].to, a, &len), rows[i].out);
        assert_int_equal(len, strlen(rows[i].out));
    }
    static const char same[] = "уже малые";
    size_t len;
    assert_ptr_equal(text_case(same, sizeof same - 1, TEXT_LOWER, a, &len), same);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_are_made_small_or_capital),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
