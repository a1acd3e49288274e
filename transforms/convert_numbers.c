/* Numbers are taken apart into digits and put together again, never through a double: what was exact stays exact. */
#include "transforms/convert_kinds.h"

enum { MOST_DIGITS = 19, DECIMAL_DIGITS = 18, INT64_DIGITS = 19, MOST_EXPONENT = 100, WRITTEN_SIZE = 48 };

/* 0.d1d2…dn × 10^point, d1 and dn not zero; n = 0 is zero. */
typedef struct {
    bool     negative;
    int      n, point;
    char     digit[MOST_DIGITS];
} Number;

/* Zeros behind the last digit wait: they count only when another digit follows. */
static bool number_push(Number *x, char c, int *zeros)
{
    if (c == '0') {
        *zeros += x->n > 0;
        return true;
    }
    if (x->n + *zeros >= MOST_DIGITS)
        return false;
    for (; *zeros; --*zeros)
        x->digit[x->n++] = '0';
    x->digit[x->n++] = c;
    return true;
}

static bool exponent_read(const char *s, int *exponent)
{
    bool negative = *s == '-';
    s += *s == '-' || *s == '+';
    int e = 0;
    const char *first = s;
    for (; is_digit(*s); s++)
        if ((e = e * 10 + (*s - '0')) > MOST_EXPONENT)
            return false;
    *exponent = negative ? -e : e;
    return s > first && !*s;
}

static bool whole_read(const char **s, Number *x, int *zeros)
{
    const char *first = *s;
    for (; is_digit(**s); ++*s) {
        if (!number_push(x, **s, zeros))
            return false;
        x->point += x->n > 0;
    }
    return *s > first && (*first != '0' || *s == first + 1);
}

static bool fraction_read(const char **s, Number *x, int *zeros)
{
    const char *first = *s;
    for (; is_digit(**s); ++*s) {
        if (!number_push(x, **s, zeros))
            return false;
        x->point -= x->n == 0;
    }
    return *s > first;
}

/* Sign, digits, fraction, exponent (JSON numbers may come as 1e+15). */
static bool number_read(const char *s, const char *points, Number *x)
{
    int zeros = 0, exponent = 0;
    x->n = x->point = 0;
    x->negative = *s == '-';
    s += *s == '-' || *s == '+';
    if (!whole_read(&s, x, &zeros))
        return false;
    if (*s && strchr(points, *s) && (s++, !fraction_read(&s, x, &zeros)))
        return false;
    if ((*s == 'e' || *s == 'E') ? !exponent_read(s + 1, &exponent) : *s != '\0')
        return false;
    x->point = x->n ? x->point + exponent : 0;
    x->negative &= x->n > 0;
    return true;
}

static size_t number_write(const Number *x, char *to)
{
    char *p = to;
    if (x->negative)
        *p++ = '-';
    if (x->point <= 0)
        *p++ = '0';
    for (int i = 0; i < x->point; i++)
        *p++ = i < x->n ? x->digit[i] : '0';
    if (x->n > x->point)
        *p++ = '.';
    for (int i = x->point; i < x->n; i++)
        *p++ = i < 0 ? '0' : x->digit[i];
    return (size_t)(p - to);
}

static const char *number_text(const Number *x, const char *in, size_t *len, Arena *a)
{
    char written[WRITTEN_SIZE];
    size_t n = number_write(x, written);
    if (n == *len && !memcmp(written, in, n))
        return in;
    return arena_text(a, written, *len = n);
}

static bool fits_int64(const Number *x)
{
    if (x->n > x->point || x->point > INT64_DIGITS)
        return x->n == 0;
    if (x->point < INT64_DIGITS)
        return true;
    char digits[INT64_DIGITS];
    for (int i = 0; i < INT64_DIGITS; i++)
        digits[i] = i < x->n ? x->digit[i] : '0';
    return memcmp(digits, x->negative ? "9223372036854775808" : "9223372036854775807", INT64_DIGITS) <= 0;
}

/* A comma is no decimal point here: "1,000" may well mean a thousand. */
Rc convert_integer(CONVERT_ARGS)
{
    Number x;
    if (!number_read(in, ".", &x) || !fits_int64(&x))
        return convert_refuse(f, "not_integer", in, err);
    const char *text = number_text(&x, in, &len, a);
    return CONVERT_GIVE(text, len, NULL);
}

static bool fits_decimal(const Number *x)
{
    int whole = x->point > 0 ? x->point : 0, fraction = x->n > x->point ? x->n - x->point : 0;
    return whole + fraction <= DECIMAL_DIGITS;
}

Rc convert_decimal(CONVERT_ARGS)
{
    Number x;
    if (!number_read(in, ".,", &x) || !fits_decimal(&x))
        return convert_refuse(f, "not_decimal", in, err);
    const char *text = number_text(&x, in, &len, a);
    return CONVERT_GIVE(text, len, NULL);
}

Rc convert_level(CONVERT_ARGS)
{
    if (len != 1 || in[0] < '1' || in[0] > '8')
        return convert_refuse(f, "bad_level", in, err);
    return CONVERT_KEEP();
}

Rc convert_level_number(CONVERT_ARGS)
{
    Number x;
    if (!number_read(in, ".", &x) || x.negative || x.n != 1 || x.point != 1 || x.digit[0] > '8')
        return convert_refuse(f, "bad_level", in, err);
    const char *text = number_text(&x, in, &len, a);
    return CONVERT_GIVE(text, len, NULL);
}
