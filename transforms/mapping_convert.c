/* The steps of a column's `as`: each takes a text and gives a text. What a contract converts by itself (dates written 31.10.2026, decimal commas, "да" and "нет") needs none of them. */
#include "gateway/base/buffer.h"
#include "gateway/base/text.h"
#include "gateway/base/text_case.h"
#include "transforms/mapping_inside.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS = 3, LONGEST_NUMBER = 40, PAD_MOST = 64, PART_MOST = 1000, REPLACEMENT_MOST = 32 };

#define CONVEY(name) static const char *name(const Conversion *c, const char *in, size_t len, Arena *a, size_t *out_len, const char **code)
#define UNUSED       (void)c, (void)a, (void)code

CONVEY(keep) { UNUSED; *out_len = len; return in; }
CONVEY(upper) { UNUSED; return text_case(in, len, TEXT_UPPER, a, out_len); }
CONVEY(lower) { UNUSED; return text_case(in, len, TEXT_LOWER, a, out_len); }
CONVEY(look_up) { return table_find(c->table, in, len, a, out_len, code); }

static bool digit(char c) { return c >= '0' && c <= '9'; }

CONVEY(digits)
{
    UNUSED;
    char *out = arena_alloc(a, len + 1);
    *out_len = 0;
    for (size_t i = 0; i < len; i++)
        if (digit(in[i]))
            out[(*out_len)++] = in[i];
    return out;
}

/* How many characters of a form stand for one number: dd, mm, yyyy, or d and m for one digit or two. */
static int field_read(const char **form, const char **in, char letter, int *out)
{
    size_t said = strspn(*form, (char[]){ letter, '\0' }), most = said == 1 ? 2 : said, n = 0;
    for (*out = 0; n < most && digit((*in)[n]); n++)
        *out = *out * 10 + ((*in)[n] - '0');
    *form += said;
    *in += n;
    return said == 1 ? n > 0 : n == said;
}

CONVEY(date)
{
    (void)len;
    int day = 1, month = 1, year = 0;
    const char *form = c->word[1], *at = in;
    bool good = true;
    for (; *form && *form != '*' && good;) {
        if (*form == 'd')
            good = field_read(&form, &at, 'd', &day);
        else if (*form == 'm')
            good = field_read(&form, &at, 'm', &month);
        else if (*form == 'y')
            good = field_read(&form, &at, 'y', &year);
        else
            good = *form++ == *at && *at++;
    }
    if (!good || (*at && !*form)) {
        *code = "not_date";
        return NULL;
    }
    char *iso = arena_printf(a, "%04d-%02d-%02d", year, month, day);
    *out_len = strlen(iso);
    return iso;
}

/* A decimal comma and spaces between thousands are read; whether the result is whole is for the contract to say. */
CONVEY(scale)
{
    char text[LONGEST_NUMBER], *end;
    size_t n = 0;
    for (size_t i = 0; i < len && n < sizeof text - 1; i++)
        if (in[i] != ' ')
            text[n++] = in[i] == ',' ? '.' : in[i];
    text[n] = '\0';
    bool plain = n && len < sizeof text && strspn(text, "0123456789.+-") == n;
    double x = plain ? strtod(text, &end) : 0;
    if (!plain || *end || !isfinite(x)) {
        *code = "not_decimal";
        return NULL;
    }
    x = c->number ? x / c->factor : x * c->factor;
    char *out = arena_printf(a, "%.15g", x);
    *out_len = strlen(out);
    return out;
}

CONVEY(drop_prefix)
{
    UNUSED;
    size_t n = strlen(c->word[1]);
    bool has = len >= n && memcmp(in, c->word[1], n) == 0;
    *out_len = has ? len - n : len;
    return has ? in + n : in;
}

CONVEY(drop_suffix)
{
    UNUSED;
    size_t n = strlen(c->word[1]);
    bool has = len >= n && memcmp(in + len - n, c->word[1], n) == 0;
    *out_len = has ? len - n : len;
    return has ? arena_text(a, in, len - n) : in;
}

CONVEY(prefix)
{
    UNUSED;
    char *out = arena_printf(a, "%s%.*s", c->word[1], (int)len, in);
    *out_len = strlen(out);
    return out;
}

CONVEY(suffix)
{
    UNUSED;
    char *out = arena_printf(a, "%.*s%s", (int)len, in, c->word[1]);
    *out_len = strlen(out);
    return out;
}

CONVEY(pad)
{
    UNUSED;
    int zeros = c->number > (long)len ? (int)(c->number - (long)len) : 0;
    *out_len = len + (size_t)zeros;
    return zeros ? arena_printf(a, "%0*d%.*s", zeros, 0, (int)len, in) : in;
}

CONVEY(first)
{
    UNUSED;
    size_t n = 0;
    for (long left = c->number; left > 0 && n < len; left--)
        for (n++; n < len && ((unsigned char)in[n] & 0xC0) == 0x80;)
            n++;
    *out_len = n;
    return n < len ? arena_text(a, in, n) : in;
}

CONVEY(drop_last)
{
    UNUSED;
    for (long left = c->number; left > 0 && len; left--)
        for (len--; len && ((unsigned char)in[len] & 0xC0) == 0x80;)
            len--;
    *out_len = len;
    return arena_text(a, in, len);
}

CONVEY(part)
{
    UNUSED;
    size_t sign = strlen(c->word[2]);
    const char *from = in, *end = in + len, *next;
    long left = c->number - 1;
    for (; (next = memmem(from, (size_t)(end - from), c->word[2], sign)) && left; left--)
        from = next + sign;
    const char *to = next ? next : end;
    size_t n = left ? 0 : (size_t)(to - from);
    return text_plain(arena_text(a, from, n), n, a, out_len);
}

CONVEY(replace)
{
    UNUSED;
    size_t sign = strlen(c->word[1]);
    SCOPED(buffer_free) Buffer out = {0};
    const char *at = in, *end = in + len, *next;
    for (; (next = memmem(at, (size_t)(end - at), c->word[1], sign)); at = next + sign) {
        buffer_add(&out, at, (size_t)(next - at));
        buffer_text(&out, c->word[2]);
    }
    buffer_add(&out, at, (size_t)(end - at));
    *out_len = out.len;
    return arena_text(a, buffer_string(&out), out.len);
}

/* ---- reading them ---- */

typedef struct { Conversion *c; const Table *tables; size_t n_tables; Error *err; } Reading;
typedef Rc Judge(Reading *r);

static Rc number_word(Reading *r, const char *word, long most)
{
    char *end;
    r->c->number = strtol(word, &end, 10);
    bool good = *word && !*end && r->c->number >= 1 && r->c->number <= most;
    return good ? RC_OK : error_set(r->err, RC_FATAL, "'%s': write a number from 1 to %ld", word, most);
}

static Rc judge_number(Reading *r) { return number_word(r, r->c->word[1], PAD_MOST); }
static Rc judge_part(Reading *r)
{
    if (!*r->c->word[2])
        return error_set(r->err, RC_FATAL, "'%s' wants a sign between the parts", r->c->word[0]);
    return number_word(r, r->c->word[1], PART_MOST);
}

static Rc judge_word(Reading *r)
{
    return *r->c->word[1] ? RC_OK : error_set(r->err, RC_FATAL, "'%s' wants a text that is not empty", r->c->word[0]);
}

/* What replaces a single character must not make giants of long texts. */
static Rc judge_replace(Reading *r)
{
    if (strlen(r->c->word[2]) > REPLACEMENT_MOST)
        return error_set(r->err, RC_FATAL, "'%s' is longer than %d bytes", r->c->word[2], REPLACEMENT_MOST);
    return judge_word(r);
}

static Rc factor_read(Reading *r)
{
    char *end;
    r->c->factor = strtod(r->c->word[1], &end);
    bool good = *r->c->word[1] && !*end && isfinite(r->c->factor) && r->c->factor > 0;
    return good ? RC_OK : error_set(r->err, RC_FATAL, "'%s': write a number greater than 0", r->c->word[1]);
}

static Rc judge_multiply(Reading *r) { return factor_read(r); }
static Rc judge_divide(Reading *r) { r->c->number = 1; return factor_read(r); }

static Rc judge_table(Reading *r)
{
    for (size_t i = 0; i < r->n_tables; i++)
        if (strcmp(r->tables[i].name, r->c->word[1]) == 0) {
            r->c->table = &r->tables[i];
            return RC_OK;
        }
    return error_set(r->err, RC_FATAL, "there is no table '%s'", r->c->word[1]);
}

static size_t letters_of(const char *form, char c)
{
    const char *first = strchr(form, c);
    return first ? strspn(first, (char[]){ c, '\0' }) : 0;
}

/* A year of two digits is of one century or another: that is not for us to say. */
static Rc judge_date(Reading *r)
{
    const char *form = r->c->word[1], *star = strchr(form, '*');
    size_t d = letters_of(form, 'd'), m = letters_of(form, 'm'), y = letters_of(form, 'y'), all = 0;
    for (const char *s = form; *s; s++)
        all += *s == 'd' || *s == 'm' || *s == 'y';
    bool good = y == 4 && m >= 1 && m <= 2 && d <= 2 && all == d + m + y && (!star || !star[1]);
    return good ? RC_OK : error_set(r->err, RC_FATAL, "'%s' is not the form of a date: yyyy, mm or m, dd or d, once each, other signs as they stand, * for whatever follows", form);
}

static const struct { const char *name; int words; Convey *convey; Judge *judge; } conversions[] = {
    { "text",        0, keep,        NULL },
    { "upper",       0, upper,       NULL },
    { "lower",       0, lower,       NULL },
    { "digits",      0, digits,      NULL },
    { "date",        1, date,        judge_date },
    { "multiply",    1, scale,       judge_multiply },
    { "divide",      1, scale,       judge_divide },
    { "table",       1, look_up,     judge_table },
    { "first",       1, first,       judge_number },
    { "drop_last",   1, drop_last,   judge_number },
    { "pad",         1, pad,         judge_number },
    { "part",        2, part,        judge_part },
    { "prefix",      1, prefix,      judge_word },
    { "suffix",      1, suffix,      judge_word },
    { "drop_prefix", 1, drop_prefix, judge_word },
    { "drop_suffix", 1, drop_suffix, judge_word },
    { "replace",     2, replace,     judge_replace },
};

/* Words are divided by blanks; one that holds a blank, or nothing, stands in quotes of either kind. Returns how many there are, -1: a quote is not closed, or too many. */
static int words_read(const char *s, Arena *a, const char *word[WORDS])
{
    int n = 0;
    for (s += strspn(s, " "); *s; s += strspn(s, " ")) {
        char quote = *s == '"' || *s == '\'' ? *s++ : '\0';
        size_t len = quote ? strcspn(s, (char[]){ quote, '\0' }) : strcspn(s, " ");
        if (n == WORDS || (quote && !s[len]))
            return -1;
        word[n++] = arena_text(a, s, len);
        s += len + (quote != '\0');
    }
    return n;
}

Rc conversion_read(const char *text, const Table *tables, size_t n_tables, Arena *a, Conversion *out, Error *err)
{
    *out = (Conversion){0};
    Reading r = { out, tables, n_tables, err };
    int n = words_read(text, a, out->word);
    if (n < 1)
        return error_set(err, RC_FATAL, "'%s' is no conversion", text);
    for (size_t i = 0; i < sizeof conversions / sizeof *conversions; i++) {
        if (strcmp(conversions[i].name, out->word[0]) != 0)
            continue;
        if (conversions[i].words != n - 1)
            return error_set(err, RC_FATAL, "conversion '%s' wants %d words behind it", out->word[0], conversions[i].words);
        out->convey = conversions[i].convey;
        return conversions[i].judge ? conversions[i].judge(&r) : RC_OK;
    }
    return error_set(err, RC_FATAL, "there is no conversion '%s'", out->word[0]);
}
