/* The conversions behind convert.h, and the three ways one of them can end. Only for transforms/convert*.c. */
#pragma once
#include "transforms/convert.h"
#include <string.h>

/* Every conversion has the parameters of Convert; not each of them needs all. */
#define CONVERT_UNUSED __attribute__((unused))
#define CONVERT_ARGS                                                                                                                                 \
    const Field *f CONVERT_UNUSED, const char *in, size_t len, Arena *a CONVERT_UNUSED, const char **out, size_t *out_len, const char **warning,     \
        Error *err CONVERT_UNUSED

Convert convert_text, convert_boolean, convert_date, convert_integer, convert_decimal, convert_level, convert_level_number;
Convert convert_iin, convert_bin, convert_iin_or_bin;
Convert convert_kato, convert_nkz, convert_oked, convert_programme_code, convert_code;

#define CONVERT_GIVE(text, n, why) (*out = (text), *out_len = (n), *warning = (why), RC_OK)
#define CONVERT_KEEP()             CONVERT_GIVE(in, len, NULL)

/* The value goes along as {1}, unless it is personal. */
Rc convert_refuse(const Field *f, const char *code, const char *value, Error *err);

static inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

static inline bool all_digits(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!is_digit(s[i]))
            return false;
    return true;
}
