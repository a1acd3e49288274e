#include "gateway/flow/schedule.h"
#include "gateway/model/period.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HOUR = 3600, DAY = 86400, WEEK_DAYS = 7, MONDAY = 4 };        /* 1970-01-05 was a Monday */
static const Instant second = 1000000;

static bool time_read(const char *s, int *minute)
{
    int hour, of_hour;
    if (strlen(s) != 5 || s[2] != ':' || strspn(s, "0123456789") != 2 || strspn(s + 3, "0123456789") != 2)
        return false;
    hour = (s[0] - '0') * 10 + s[1] - '0';
    of_hour = (s[3] - '0') * 10 + s[4] - '0';
    *minute = hour * 60 + of_hour;
    return hour < 24 && of_hour < 60;
}

static bool week_day_read(const char *s, size_t n, int *day)
{
    static const char names[] = "montuewedthufrisatsun";
    for (int i = 0; i < WEEK_DAYS; i++)
        if (n == 3 && memcmp(names + 3 * i, s, 3) == 0) {
            *day = i;
            return true;
        }
    return false;
}

static bool month_day_read(const char *s, size_t n, int *day)
{
    if (n < 1 || n > 2 || strspn(s, "0123456789") < n || *s == '0')
        return false;
    *day = (int)strtol(s, NULL, 10);
    return *day <= 31;
}

bool schedule_read(const char *text, Schedule *out)
{
    Schedule s = {0};
    const char *word = strchr(text, ' '), *last = strrchr(text, ' ');
    if (strcmp(text, "hourly") == 0) {
        *out = s;
        return true;
    }
    if (!word || !time_read(last + 1, &s.minute))
        return false;
    size_t first = (size_t)(word - text), middle = last > word ? (size_t)(last - word - 1) : 0;
    if (first == 5 && memcmp(text, "daily", first) == 0 && last == word)
        s.every = EVERY_DAY;
    else if (first == 6 && memcmp(text, "weekly", first) == 0 && week_day_read(word + 1, middle, &s.day))
        s.every = EVERY_WEEK;
    else if (first == 7 && memcmp(text, "monthly", first) == 0 && month_day_read(word + 1, middle, &s.day))
        s.every = EVERY_MONTH;
    else
        return false;
    *out = s;
    return true;
}

static int64_t floored(int64_t a, int64_t by) { return a / by - (a % by < 0); }

static int month_days(int64_t month)
{
    int year = (int)floored(month, 12), of_year = (int)(month - 12 * (int64_t)year) + 1;
    return (int)(of_year == 12 ? calendar_days(year + 1, 1, 1) - calendar_days(year, 12, 1) : calendar_days(year, of_year + 1, 1) - calendar_days(year, of_year, 1));
}

/* Moments are numbered: the hour, day, week or month they fall into. */
static Instant moment(const Schedule *s, const Zone *z, int64_t no)
{
    int64_t day = no;
    if (s->every == EVERY_HOUR)
        return no * HOUR * second;
    if (s->every == EVERY_WEEK)
        day = no * WEEK_DAYS + MONDAY + s->day;
    if (s->every == EVERY_MONTH) {
        int year = (int)floored(no, 12), most = month_days(no);
        day = calendar_days(year, (int)(no - 12 * (int64_t)year) + 1, s->day < most ? s->day : most);
    }
    return zone_utc(z, day * DAY + s->minute * 60) * second;
}

static int64_t number_of(const Schedule *s, const Zone *z, Instant at)
{
    int64_t utc = floored(at, second), day = floored(zone_wall(z, utc), DAY);
    int year, month, of_month;
    switch (s->every) {
    case EVERY_HOUR: return floored(utc, HOUR);
    case EVERY_WEEK: return floored(day - MONDAY, WEEK_DAYS);
    case EVERY_MONTH:
        calendar_date(day, &year, &month, &of_month);
        return 12 * (int64_t)year + month - 1;
    default: return day;
    }
}

Instant schedule_next(const Schedule *s, const Zone *z, Instant after)
{
    int64_t no = number_of(s, z, after) - 1;
    while (moment(s, z, no) <= after)
        no++;
    return moment(s, z, no);
}

Instant schedule_last(const Schedule *s, const Zone *z, Instant at)
{
    int64_t no = number_of(s, z, at) + 1;
    while (moment(s, z, no) > at)
        no--;
    return moment(s, z, no);
}

bool period_by_rule(const char *rule, PeriodForm form, const Zone *z, Instant at, char out[PERIOD_SIZE])
{
    bool previous = strcmp(rule, "previous") == 0;
    if (previous || strcmp(rule, "current") == 0) {
        period_of_day(form, floored(zone_wall(z, floored(at, second)), DAY), previous, out);
        return true;
    }
    if (!period_valid(form, rule))
        return false;
    snprintf(out, PERIOD_SIZE, "%s", rule);
    return true;
}
