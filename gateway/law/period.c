#include "gateway/law/period.h"
#include <stdio.h>
#include <string.h>

enum { YEAR_MONTHS = 12 };

static int64_t floored(int64_t a, int64_t by) { return a / by - (a % by < 0); }

/* Months since the year 0, of the period's first one. */
static int64_t first_month(Period p) { return p.no * (int64_t)p.length; }

static CivilDay month_begin(int64_t month)
{
    int64_t year = floored(month, YEAR_MONTHS);
    return calendar_days((int)year, (int)(month - YEAR_MONTHS * year) + 1, 1);
}

static bool all_digits(const char *s, size_t n) { return strspn(s, "0123456789") >= n; }

static int two(const char *s) { return 10 * (s[0] - '0') + (s[1] - '0'); }

bool period_read(const char *s, Period *out)
{
    size_t n = strnlen(s, 11);
    CivilDay day;
    if (n == 10 && civil_read(s, &day)) {
        *out = (Period){ DAILY, day };
        return true;
    }
    if (!all_digits(s, 4) || memcmp(s, "0000", 4) == 0)
        return false;
    int year = 100 * two(s) + two(s + 2);
    if (n == 4)
        *out = (Period){ YEARLY, year };
    else if (n == 7 && s[4] == '-' && all_digits(s + 5, 2) && two(s + 5) >= 1 && two(s + 5) <= YEAR_MONTHS)
        *out = (Period){ MONTHLY, YEAR_MONTHS * year + two(s + 5) - 1 };
    else if (n == 7 && memcmp(s + 4, "-Q", 2) == 0 && s[6] >= '1' && s[6] <= '4')
        *out = (Period){ QUARTERLY, 4 * year + s[6] - '1' };
    else if (n == 7 && memcmp(s + 4, "-H", 2) == 0 && s[6] >= '1' && s[6] <= '2')
        *out = (Period){ HALF_YEARLY, 2 * year + s[6] - '1' };
    else
        return false;
    return true;
}

char *period_text(Period p, char out[PERIOD_TEXT])
{
    if (p.length == DAILY)
        return civil_text(p.no, out);
    unsigned year = (unsigned)period_year(p) % 10000;
    unsigned of_year = (unsigned)(first_month(p) - (int64_t)YEAR_MONTHS * period_year(p)) / (unsigned)p.length % 100 + 1;
    switch (p.length) {
    case MONTHLY:     snprintf(out, PERIOD_TEXT, "%04u-%02u", year, of_year); break;
    case QUARTERLY:   snprintf(out, PERIOD_TEXT, "%04u-Q%u", year, of_year); break;
    case HALF_YEARLY: snprintf(out, PERIOD_TEXT, "%04u-H%u", year, of_year); break;
    default:          snprintf(out, PERIOD_TEXT, "%04u", year); break;
    }
    return out;
}

Period period_around(PeriodLength length, CivilDay day)
{
    int year, month, of_month;
    if (length == DAILY)
        return (Period){ DAILY, day };
    calendar_date(day, &year, &month, &of_month);
    return (Period){ length, floored(YEAR_MONTHS * (int64_t)year + month - 1, (int64_t)length) };
}

Period period_next(Period p) { return (Period){ p.length, p.no + 1 }; }

Period period_previous(Period p) { return (Period){ p.length, p.no - 1 }; }

CivilDay period_begin(Period p) { return p.length == DAILY ? p.no : month_begin(first_month(p)); }

CivilDay period_end(Period p) { return period_begin(period_next(p)) - 1; }

int period_year(Period p)
{
    int year, month, day;
    calendar_date(period_begin(p), &year, &month, &day);
    return year;
}
