#include "gateway/base/text_case.h"
#include <stdbool.h>
#include <utf8proc.h>

enum { LONGEST = 4 };           /* bytes of one character */

static utf8proc_int32_t turned(utf8proc_int32_t c, TextCase to) { return to == TEXT_LOWER ? utf8proc_tolower(c) : utf8proc_toupper(c); }

static bool is_turned(const char *s, size_t len, TextCase to)
{
    for (utf8proc_ssize_t n; len; s += n, len -= (size_t)n) {
        utf8proc_int32_t c;
        n = utf8proc_iterate((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)len, &c);
        if (n <= 0)
            return true;
        if (turned(c, to) != c)
            return false;
    }
    return true;
}

const char *text_case(const char *s, size_t len, TextCase to, Arena *a, size_t *out_len)
{
    *out_len = len;
    if (is_turned(s, len, to))
        return s;
    char *out = arena_alloc(a, len * LONGEST + 1), *at = out;
    for (utf8proc_ssize_t n; len; s += n, len -= (size_t)n) {
        utf8proc_int32_t c;
        n = utf8proc_iterate((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)len, &c);
        if (n <= 0)
            break;
        at += utf8proc_encode_char(turned(c, to), (utf8proc_uint8_t *)at);
    }
    *out_len = (size_t)(at - out);
    return out;
}
