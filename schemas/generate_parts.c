#include "schemas/generate_parts.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEAP_OF_CENTURY "(0[48]|[2468][048]|[13579][26])"
#define YEAR "(19|20|21)[0-9][0-9]"
#define PERIOD_YEAR_PATTERN "(199[0-9]|2[01][0-9][0-9])"
#define MONTH_OF_31 "(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])"
#define MONTH_OF_30 "(0[469]|11)-(0[1-9]|[12][0-9]|30)"
#define FEBRUARY "02-(0[1-9]|1[0-9]|2[0-8])"

const char day_pattern[] = YEAR "-(" MONTH_OF_31 "|" MONTH_OF_30 "|" FEBRUARY ")|((19|20|21)" LEAP_OF_CENTURY "|2000)-02-29";

static const char *const periods[] = {
    [PERIOD_MONTH]     = PERIOD_YEAR_PATTERN "-(0[1-9]|1[0-2])",
    [PERIOD_QUARTER]   = PERIOD_YEAR_PATTERN "-Q[1-4]",
    [PERIOD_HALF_YEAR] = PERIOD_YEAR_PATTERN "-H[12]",
    [PERIOD_YEAR]      = PERIOD_YEAR_PATTERN,
    [PERIOD_DAY]       = PERIOD_YEAR_PATTERN "-(" MONTH_OF_31 "|" MONTH_OF_30 "|" FEBRUARY ")|(199[26]|(20|21)" LEAP_OF_CENTURY "|2000)-02-29",
};

const char *period_pattern(PeriodForm form) { return periods[form]; }

bool feed_withdraws(const Feed *feed) { return feed->kinds & ~(unsigned)(KIND_LIST | KIND_NIL); }

/* Canonical spellings of the checks of transforms/convert.h; what they compute stays theirs. */
static const struct { const char *check, *pattern; } checks[] = {
    { "iin", "[0-9]{12}" },
    { "bin", "[0-9]{12}" },
    { "iin-or-bin", "[0-9]{12}" },
    { "kato", "[0-9]{9}" },
    { "nkz", "([1-9]|\u0425)([0-9]{0,3}|[0-9]{3}-[0-9])" },
    { "oked", "[0-9]{5}" },
    { "programme-code", "[678][BDM][0-9]{5}([0-9]{2})?" },
    { "level", "[1-8]" },
};

const char *field_pattern(const Field *f)
{
    if (f->pattern || !f->check || f->type != TYPE_TEXT)
        return f->pattern;
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        if (strcmp(checks[i].check, f->check) == 0)
            return checks[i].pattern;
    return NULL;
}

unsigned text_least(const Field *f) { return f->required && !f->min_length ? 1 : f->min_length; }

TextForm text_form(const Field *f)
{
    static const TextForm by_length[] = { TEXT_ANY, TEXT_VISIBLE, TEXT_VISIBLE_TWO };
    if (f->n_codes)
        return TEXT_ANY;
    unsigned least = text_least(f);
    return field_pattern(f) || least > 2 ? TEXT_COLLAPSED : by_length[least];
}

/* Decimals have 18 digits. */
static const char *const level_bounds[] = { "1", "8" };
static const char *const integer_bounds[] = { "-9223372036854775808", "9223372036854775807" };
static const char *const decimal_bounds[] = { "-999999999999999999", "999999999999999999" };

const char *field_bound(const Field *f, Bound bound, char out[BOUND_TEXT])
{
    bool least = bound == BOUND_LEAST, given = least ? f->has_minimum : f->has_maximum;
    double x = least ? f->minimum : f->maximum;
    const char *const *usual = f->type == TYPE_DECIMAL ? decimal_bounds : f->check ? level_bounds : integer_bounds;
    double edge = strtod(usual[bound], NULL);
    if (!given || (least ? x <= edge : x >= edge))
        snprintf(out, BOUND_TEXT, "%s", usual[bound]);
    else if (f->type == TYPE_INTEGER || x == floor(x))
        snprintf(out, BOUND_TEXT, "%.0f", least ? ceil(x) : floor(x));
    else
        snprintf(out, BOUND_TEXT, "%.15g", x);
    return out;
}

void pattern_write(Buffer *out, const char *pattern, const char *escapable)
{
    for (const char *p = pattern; *p; p++)
        if (*p != '\\' || strchr(escapable, p[1]))
            buffer_char(out, *p);
}

void codes_write(const Field *f, const char *before, const char *between, Buffer *out)
{
    for (size_t i = 0; i < f->n_codes; i++) {
        const Code *c = &f->codes[i];
        buffer_print(out, "%s%s", i ? between : before, c->value);
        if (c->label_kk && c->label_ru)
            buffer_print(out, " (%s / %s)", c->label_kk, c->label_ru);
    }
}
