#include "gateway/law/civil.h"
#include <string.h>

enum { WEEK = 7, SATURDAY = 5, OF_EPOCH = 3 };          /* 1970-01-01 was a Thursday */

static const char *const weekdays[] = { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday" };
static const char *const months[] = { "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December" };

/* Exactly n digits; -1: they are not. */
static int number(const char *s, int n)
{
    int value = 0;
    for (int i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9')
            return -1;
        value = 10 * value + (s[i] - '0');
    }
    return value;
}

int civil_month_days(int year, int month)
{
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return lengths[month - 1] + (leap && month == 2);
}

bool civil_there(int year, int month, int day)
{
    return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= civil_month_days(year, month);
}

bool civil_read(const char *s, CivilDay *out)
{
    if (strnlen(s, 11) != 10 || s[4] != '-' || s[7] != '-')
        return false;
    int year = number(s, 4), month = number(s + 5, 2), day = number(s + 8, 2);
    if (!civil_there(year, month, day))
        return false;
    *out = calendar_days(year, month, day);
    return true;
}

static void digits(char *to, int value, int n)
{
    for (int i = n - 1; i >= 0; i--, value /= 10)
        to[i] = (char)('0' + value % 10);
}

char *civil_text(CivilDay civil, char out[CIVIL_TEXT])
{
    int year, month, day;
    calendar_date(civil, &year, &month, &day);
    memcpy(out, "0000-00-00", 11);
    digits(out, year, 4);
    digits(out + 5, month, 2);
    digits(out + 8, day, 2);
    return out;
}

int civil_weekday(CivilDay day)
{
    int64_t of_week = (day + OF_EPOCH) % WEEK;
    return (int)(of_week < 0 ? of_week + WEEK : of_week);
}

bool civil_weekend(CivilDay day) { return civil_weekday(day) >= SATURDAY; }

const char *civil_weekday_name(CivilDay day) { return weekdays[civil_weekday(day)]; }

int civil_month_named(const char *s, size_t n)
{
    for (int i = 0; i < 12; i++)
        if (strlen(months[i]) == n && memcmp(months[i], s, n) == 0)
            return i + 1;
    return 0;
}
