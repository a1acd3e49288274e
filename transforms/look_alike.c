#include "transforms/look_alike.h"
#include <stdbool.h>
#include <string.h>

/* Escaped, because in print the two columns could not be told apart. */
static const struct {
    char cyrillic[3], latin;
} pairs[] = {
    { "\u0410", 'A' }, { "\u0412", 'B' }, { "\u0415", 'E' }, { "\u041A", 'K' }, { "\u041C", 'M' }, { "\u041D", 'H' },
    { "\u041E", 'O' }, { "\u0420", 'P' }, { "\u0421", 'C' }, { "\u0422", 'T' }, { "\u0425", 'X' },
    { "\u0430", 'a' }, { "\u0432", 'b' }, { "\u0435", 'e' }, { "\u043A", 'k' }, { "\u043C", 'm' }, { "\u043D", 'h' },
    { "\u043E", 'o' }, { "\u0440", 'p' }, { "\u0441", 'c' }, { "\u0442", 't' }, { "\u0445", 'x' },
};

static char latin_of(const char *s)
{
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (!memcmp(pairs[i].cyrillic, s, 2))
            return pairs[i].latin;
    return '\0';
}

static bool letter_or_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool mixed(const char *s, size_t len)
{
    bool ascii = false, foreign = false;
    for (size_t i = 0; i < len; i++)
        if (s[i] & 0x80) {
            if (i + 1 >= len || !latin_of(s + i++))
                return false;
            foreign = true;
        } else if (letter_or_digit(s[i])) {
            ascii = true;
        } else if (!strchr("-/._", s[i])) {
            return false;
        }
    return ascii && foreign;
}

const char *look_alike_latin(const char *s, size_t len, Arena *a, size_t *out_len)
{
    if (!mixed(s, len))
        return NULL;
    char *to = arena_alloc(a, len + 1);
    size_t n = 0;
    for (size_t i = 0; i < len; i++)
        to[n++] = s[i] & 0x80 ? latin_of(s + i++) : s[i];
    *out_len = n;
    return to;
}
