/* What a workbook writes otherwise than it means. */
#include "schemas/xlsx.h"

enum { ESCAPE = 7 };

/* 0: no escape, or of what is no character of a text. */
static unsigned escape_read(const char *s, size_t len)
{
    unsigned c = 0;
    if (len < ESCAPE || s[0] != '_' || s[1] != 'x' || s[ESCAPE - 1] != '_')
        return 0;
    for (int i = 2; i < ESCAPE - 1; i++) {
        char lower = (char)(s[i] | 0x20);
        bool digit = s[i] >= '0' && s[i] <= '9';
        if (!digit && (lower < 'a' || lower > 'f'))
            return 0;
        c = c << 4 | (unsigned)(digit ? s[i] - '0' : lower - 'a' + 10);
    }
    return (c >= 0xD800 && c < 0xE000) || c >= 0xFFFE ? 0 : c;
}

static size_t utf8_write(char *to, unsigned c)
{
    if (c < 0x80) {
        to[0] = (char)c;
        return 1;
    }
    size_t n = c < 0x800 ? 2 : 3;
    to[0] = (char)(n == 2 ? 0xC0 | c >> 6 : 0xE0 | c >> 12);
    to[n - 2] = n == 2 ? to[0] : (char)(0x80 | (c >> 6 & 0x3F));
    to[n - 1] = (char)(0x80 | (c & 0x3F));
    return n;
}

size_t escapes_resolve(char *s, size_t len)
{
    char *to = s;
    if (!memmem(s, len, "_x", 2))
        return len;
    for (const char *at = s, *end = s + len; at < end; ) {
        unsigned c = escape_read(at, (size_t)(end - at));
        if (c)
            to += utf8_write(to, c);
        else
            *to++ = *at;
        at += c ? ESCAPE : 1;
    }
    return (size_t)(to - s);
}

size_t day_of_moment(const char *s, size_t len)
{
    static const char midnight[] = "T00:00:00";
    const size_t day = 10, n = sizeof midnight - 1;
    if (len < day + n || memcmp(s + day, midnight, n) != 0)
        return len;
    for (size_t i = day + n; i < len; i++)
        if (!strchr(".0Z", s[i]))
            return len;
    return day;
}
