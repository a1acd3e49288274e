#include "gateway/base/reference.h"
#include <string.h>

static const struct { const char *name; uint32_t character; } predefined[] = {
    { "lt", '<' }, { "gt", '>' }, { "amp", '&' }, { "quot", '"' }, { "apos", '\'' },
};

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return 16;
}

static int is_legal(uint32_t c)
{
    return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0xD7FF) || (c >= 0xE000 && c <= 0xFFFD)
        || (c >= 0x10000 && c <= 0x10FFFF);
}

static uint32_t number_read(const char *s, size_t n)
{
    uint32_t base = 10, value = 0;
    if (n && *s == 'x') {
        base = 16;
        s++;
        n--;
    }
    for (size_t i = 0; i < n; i++) {
        uint32_t digit = (uint32_t)digit_of(s[i]);
        if (digit >= base || value > 0x10FFFF)
            return 0;
        value = value * base + digit;
    }
    return is_legal(value) ? value : 0;
}

uint32_t reference_read(const char *body, size_t n)
{
    if (n && body[0] == '#')
        return number_read(body + 1, n - 1);
    for (size_t i = 0; i < sizeof predefined / sizeof *predefined; i++)
        if (strlen(predefined[i].name) == n && memcmp(predefined[i].name, body, n) == 0)
            return predefined[i].character;
    return 0;
}
