#include "transforms/convert_kinds.h"

enum { DATE_LENGTH = 10, FIRST_YEAR = 1900, LAST_YEAR = 2199 };

static int two(const char *s)
{
    return is_digit(s[0]) && is_digit(s[1]) ? (s[0] - '0') * 10 + (s[1] - '0') : -1;
}

static bool day_exists(int year, int month, int day)
{
    static const signed char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    if (year < FIRST_YEAR || year > LAST_YEAR || month < 1 || month > 12)
        return false;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day >= 1 && day <= days[month - 1] + (month == 2 && leap);
}

static bool year_month_day(const char *year, const char *month, const char *day)
{
    int century = two(year), rest = two(year + 2);
    return century >= 0 && rest >= 0 && day_exists(century * 100 + rest, two(month), two(day));
}

static bool up_to(const char *s, int most)
{
    int n = two(s);
    return n >= 0 && n <= most;
}

/* Z, +05, +0500, +05:00. */
static bool zone_valid(const char *s, size_t len)
{
    if (len == 0 || (len == 1 && *s == 'Z'))
        return true;
    if ((*s != '+' && *s != '-') || len < 3 || !up_to(s + 1, 14))
        return false;
    return len == 3 || (len == 5 && up_to(s + 3, 59)) || (len == 6 && s[3] == ':' && up_to(s + 4, 59));
}

/* hh:mm, hh:mm:ss, hh:mm:ss.fff, each with a zone or without. */
static bool time_valid(const char *s, size_t len)
{
    if (len < 5 || !up_to(s, 23) || s[2] != ':' || !up_to(s + 3, 59))
        return false;
    if (s[5] != ':')
        return zone_valid(s + 5, len - 5);
    if (len < 8 || !up_to(s + 6, 59))
        return false;
    size_t at = 8;
    if (s[at] == '.' || s[at] == ',') {
        size_t first = ++at;
        while (is_digit(s[at]))
            at++;
        if (at == first)
            return false;
    }
    return zone_valid(s + at, len - at);
}

static const char *turned(const char *in, Arena *a)
{
    char iso[DATE_LENGTH] = { in[6], in[7], in[8], in[9], '-', in[3], in[4], '-', in[0], in[1] };
    return arena_text(a, iso, DATE_LENGTH);
}

Rc convert_date(CONVERT_ARGS)
{
    if (len >= DATE_LENGTH && in[4] == '-' && in[7] == '-' && year_month_day(in, in + 5, in + 8)) {
        if (len == DATE_LENGTH)
            return CONVERT_KEEP();
        if (in[DATE_LENGTH] == 'T' && time_valid(in + DATE_LENGTH + 1, len - DATE_LENGTH - 1))
            return CONVERT_GIVE(arena_text(a, in, DATE_LENGTH), DATE_LENGTH, NULL);
    }
    if (len == DATE_LENGTH && in[2] == '.' && in[5] == '.' && year_month_day(in + 6, in + 3, in))
        return CONVERT_GIVE(turned(in, a), DATE_LENGTH, NULL);
    return convert_refuse(f, "not_date", in, err);
}
