#include "gateway/base/text.h"
#include "gateway/base/words.h"
#include <assert.h>
#include <stdlib.h>
#include <utf8proc.h>

enum { LONGEST_RUN = 30 };      /* combining marks in a row: the bound of Unicode's Stream-Safe Text Format (UAX #15) */
enum { LONGEST_FOLDED = 1024 };

static bool ascii(char c) { return (signed char)c > 0; }
static bool continues(char c) { return ((unsigned char)c & 0xC0) == 0x80; }

size_t text_cut(const char *s, size_t len, size_t max)
{
    if (len <= max)
        return len;
    size_t cut = max;
    for (int i = 0; i < 3 && cut && continues(s[cut]); i++)
        cut--;
    return continues(s[cut]) ? max : cut;
}

static bool utf8_lead(Utf8 *u, unsigned char c)
{
    *u = (Utf8){ .low = 0x80, .high = 0xBF };
    if (c < 0x80)
        return c != 0;
    if (c < 0xC2 || c > 0xF4)
        return false;
    u->need = c < 0xE0 ? 1 : c < 0xF0 ? 2 : 3;
    switch (c) {
    case 0xE0: u->low  = 0xA0; break;
    case 0xED: u->high = 0x9F; break;
    case 0xF0: u->low  = 0x90; break;
    case 0xF4: u->high = 0x8F; break;
    default: break;
    }
    return true;
}

static inline bool utf8_byte(Utf8 *u, unsigned char c)
{
    if (!u->need)
        return utf8_lead(u, c);
    if (c < u->low || c > u->high)
        return false;
    *u = (Utf8){ (unsigned char)(u->need - 1), 0x80, 0xBF };
    return true;
}

static const char *skip_ascii(const char *at, const char *end)
{
    for (; end - at >= 16; at += 16) {
        uint64_t a = word_load(at), b = word_load(at + 8);
        if ((a | b | (a - EACH(1)) | (b - EACH(1))) & EACH(0x80))
            break;
    }
    while (at < end && ascii(*at))
        at++;
    return at;
}

/* Four characters of two bytes each: leads 0xC2 to 0xDF, each with its continuation. */
static bool four_pairs(uint64_t w)
{
    const uint64_t marks = UINT64_C(0xC0E0C0E0C0E0C0E0), pairs = UINT64_C(0x80C080C080C080C0);
    const uint64_t carry = UINT64_C(0x00FE00FE00FE00FE), carried = UINT64_C(0x0100010001000100);
    return (w & marks) == pairs && (((w & (carried >> 8) * 0x1E) + carry) & carried) == carried;
}

static const char *skip_pairs(const char *at, const char *end)
{
    while (end - at >= 8 && four_pairs(word_load(at)))
        at += 8;
    while (end - at >= 2 && (unsigned char)(*at - 0xC2) <= 0xDF - 0xC2 && continues(at[1]))
        at += 2;
    return at;
}

bool utf8_feed(Utf8 *u, const char *bytes, size_t n)
{
    const char *at = bytes, *end = bytes + n;
    while (at < end) {
        if (!u->need) {
            at = skip_pairs(skip_ascii(at, end), end);
            if (at == end)
                return true;
            if (ascii(*at))
                continue;
        }
        if (!utf8_byte(u, (unsigned char)*at++))
            return false;
    }
    return true;
}

bool utf8_whole(const Utf8 *u) { return u->need == 0; }

size_t text_characters(const char *s, size_t len)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++)
        n += !continues(s[i]);
    return n;
}

/* Two-byte characters that are letters or signs, never white space, and stand in NFC wherever they are: U+00C0 to U+02FF and the
   Cyrillic block without its combining marks. Nearly every text we get is made of these and ASCII. */
static bool settled_pair(const char *s)
{
    unsigned char lead = (unsigned char)s[0], tail = (unsigned char)s[1];
    return (lead >= 0xC3 && lead <= 0xCB) || lead == 0xD0 || lead == 0xD1 || lead == 0xD3
        || (lead == 0xD2 && tail >= 0x8A) || (lead == 0xD4 && tail <= 0xAF);
}

static bool surely_plain(const char *s, size_t len)
{
    if (len && (s[0] == ' ' || s[len - 1] == ' '))
        return false;
    for (size_t i = 0; i < len; ) {
        unsigned char c = (unsigned char)s[i];
        if (c >= 0x80 && (i + 1 >= len || !settled_pair(s + i)))
            return false;
        if ((c >= '\t' && c <= '\r') || (c == ' ' && s[i + 1] == ' '))
            return false;
        i += c >= 0x80 ? 2 : 1;
    }
    return true;
}

static bool is_space(utf8proc_int32_t c)
{
    if (c < 0x80)
        return c == ' ' || (c >= '\t' && c <= '\r');
    utf8proc_category_t kind = utf8proc_category(c);
    return c == 0x85 || kind == UTF8PROC_CATEGORY_ZS || kind == UTF8PROC_CATEGORY_ZL || kind == UTF8PROC_CATEGORY_ZP;
}

/* Copies s to out without superfluous white space; returns the new length. *run receives the longest run of combining marks. */
static size_t collapse(const char *s, size_t len, char *out, size_t *run)
{
    size_t used = 0, marks = 0;
    bool gap = false;
    *run = 0;
    for (size_t i = 0; i < len; ) {
        utf8proc_int32_t c;
        utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)s + i, (utf8proc_ssize_t)(len - i), &c);
        assert(n > 0);
        if (is_space(c)) {
            gap = used > 0;
        } else {
            if (gap)
                out[used++] = ' ';
            gap = false;
            memcpy(out + used, s + i, (size_t)n);
            used += (size_t)n;
        }
        marks = utf8proc_get_property(c)->combining_class ? marks + 1 : 0;
        *run = marks > *run ? marks : *run;
        i += (size_t)n;
    }
    return used;
}

const char *text_plain(const char *s, size_t len, Arena *a, size_t *out_len)
{
    *out_len = len;
    if (surely_plain(s, len))
        return s;
    size_t run;
    char *copy = arena_text(a, s, len);
    size_t used = collapse(s, len, copy, &run);
    copy[used] = '\0';
    const char *plain = copy;
    if (run <= LONGEST_RUN) {       /* utf8proc sorts marks in quadratic time: a longer run is an attack, not a text */
        utf8proc_uint8_t *nfc = NULL;
        utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)copy, (utf8proc_ssize_t)used, &nfc,
                                          UTF8PROC_STABLE | UTF8PROC_COMPOSE);
        assert(n >= 0);
        if ((size_t)n != used || memcmp(nfc, copy, used) != 0)
            plain = arena_text(a, (const char *)nfc, (size_t)n);
        used = (size_t)n;
        free(nfc);
    }
    *out_len = used;
    return used == len && memcmp(plain, s, len) == 0 ? s : plain;
}

const char *text_folded(const char *s, size_t len, Arena *a, size_t *out_len)
{
    const char *plain = text_plain(s, len, a, out_len);
    if (*out_len > LONGEST_FOLDED)
        return plain;
    utf8proc_uint8_t *folded = NULL;
    utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)plain, (utf8proc_ssize_t)*out_len, &folded,
                                      UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
    assert(n >= 0);
    *out_len = (size_t)n;
    plain = arena_text(a, (const char *)folded, (size_t)n);
    free(folded);
    return plain;
}

char *hex_text(const void *bytes, size_t n, char *out)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *b = bytes;
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[b[i] >> 4];
        out[2 * i + 1] = digits[b[i] & 15];
    }
    out[2 * n] = '\0';
    return out;
}

bool url_is_http(const char *url) { return strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0; }
