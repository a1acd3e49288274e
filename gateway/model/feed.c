#include "gateway/model/feed.h"
#include <stdio.h>
#include <string.h>

const char *feed_title(const Feed *f, const char *lang)
{
    return strcmp(lang, "kk") == 0 && f->title_kk ? f->title_kk : strcmp(lang, "ru") == 0 && f->title_ru ? f->title_ru : f->title;
}

const Feed *feeds_find(const Feeds *feeds, const char *code)
{
    for (size_t i = 0; i < feeds->n; i++)
        if (strcmp(feeds->at[i].code, code) == 0)
            return &feeds->at[i];
    return NULL;
}

const Field *field_find(const Field *fields, size_t n, const char *name, size_t len)
{
    for (size_t i = 0; i < n; i++)
        if (strncmp(fields[i].name, name, len) == 0 && fields[i].name[len] == '\0')
            return &fields[i];
    return NULL;
}

static const struct { const char *name; Kind kind; } kinds[] = {
    { "list", KIND_LIST }, { "changes", KIND_CHANGES }, { "facts", KIND_FACTS }, { "edition", KIND_EDITION }, { "nil", KIND_NIL },
};

Kind kind_read(const char *word)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, word) == 0)
            return kinds[i].kind;
    return 0;
}

const char *kind_name(Kind kind)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].kind == kind)
            return kinds[i].name;
    return "unknown";
}

/* A sample shows the form: 9 stands for any digit when a period is held against it. */
static const struct { const char *name, *sample, *shape; } forms[] = {
    [PERIOD_MONTH]     = { "month",     "2026-10",    "9999-99" },
    [PERIOD_QUARTER]   = { "quarter",   "2026-Q4",    "9999-Q9" },
    [PERIOD_HALF_YEAR] = { "half-year", "2026-H2",    "9999-H9" },
    [PERIOD_YEAR]      = { "year",      "2026",       "9999" },
    [PERIOD_DAY]       = { "day",       "2026-10-05", "9999-99-99" },
};

const char *period_form_name(PeriodForm form)   { return forms[form].name; }
const char *period_form_sample(PeriodForm form) { return forms[form].sample; }

static bool shaped(const char *s, const char *shape)
{
    for (; *shape; s++, shape++)
        if (*shape == '9' ? *s < '0' || *s > '9' : *s != *shape)
            return false;
    return *s == '\0';
}

static int days_in(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

static bool day_valid(int year, int month, int day)
{
    return month >= 1 && month <= 12 && day >= 1 && day <= days_in(year, month);
}

static int number_at(const char *s, int digits)
{
    int n = 0;
    while (digits-- > 0)
        n = n * 10 + *s++ - '0';
    return n;
}

bool period_valid(PeriodForm form, const char *period)
{
    if (!shaped(period, forms[form].shape))
        return false;
    int year = number_at(period, 4);
    if (year < 1990 || year > 2199)
        return false;
    switch (form) {
    case PERIOD_MONTH:     return day_valid(year, number_at(period + 5, 2), 1);
    case PERIOD_QUARTER:   return period[6] >= '1' && period[6] <= '4';
    case PERIOD_HALF_YEAR: return period[6] == '1' || period[6] == '2';
    case PERIOD_YEAR:      return true;
    case PERIOD_DAY:       return day_valid(year, number_at(period + 5, 2), number_at(period + 8, 2));
    }
    return false;
}
