#include "gateway/base/clock.h"
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>

static const int64_t second = 1000000;
enum { DAY_SECONDS = 86400 };

static Instant system_now(void *self)
{
    (void)self;
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (Instant)t.tv_sec * second + t.tv_nsec / 1000;
}

static bool system_synchronised(void *self)
{
    (void)self;
    struct timex t = { .modes = 0 };
    return adjtimex(&t) != -1 && !(t.status & STA_UNSYNC);
}

const Clock system_clock = { system_now, system_synchronised, NULL };

Instant clock_now(const Clock *c) { return c->now(c->self); }

bool clock_synchronised(const Clock *c) { return c->synchronised(c->self); }

int64_t monotonic_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * second + t.tv_nsec / 1000;
}

int64_t monotonic_ms(void) { return monotonic_us() / 1000; }

/* The Gregorian calendar in eras of 400 years (146,097 days), each year beginning on 1 March so that leap days come last. */
int64_t calendar_days(int year, int month, int day)
{
    int64_t y = month > 2 ? year : year - 1;
    int64_t era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
    int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

void calendar_date(int64_t days, int *year, int *month, int *day)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097, of_era = days - era * 146097;
    int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * y + y / 4 - y / 100), m = (5 * of_year + 2) / 153;
    *day   = (int)(of_year - (153 * m + 2) / 5 + 1);
    *month = (int)(m < 10 ? m + 3 : m - 9);
    *year  = (int)(y + era * 400 + (*month <= 2));
}

char *instant_text(Instant at, char out[INSTANT_TEXT])
{
    out[0] = '\0';
    if (!at)
        return out;
    int64_t day_length = DAY_SECONDS * second, days = at / day_length - (at % day_length < 0), rest = at - days * day_length;
    int year, month, day;
    unsigned s = (unsigned)(rest / second);
    calendar_date(days, &year, &month, &day);
    snprintf(out, INSTANT_TEXT, "%04d-%02u-%02uT%02u:%02u:%02u.%06uZ", year, (unsigned)month % 100, (unsigned)day % 100,
             s / 3600 % 100, s / 60 % 60, s % 60, (unsigned)(rest % second));
    return out;
}

/* 2024-02-29T18:00Z: from then on Almaty is five hours ahead, not six. */
Day instant_day(Instant at)
{
    static const int64_t moved = 1709229600;
    int64_t local = at / second - (at % second < 0);
    local += (local >= moved ? 5 : 6) * 3600;
    Day d;
    calendar_date(local / DAY_SECONDS - (local % DAY_SECONDS < 0), &d.year, &d.month, &d.day);
    return d;
}

typedef struct { int year, month, day, hour, minute, sec, micro; } Moment;

/* Exactly n digits; -1 if they are not. */
static int digits(const char **s, int n)
{
    int value = 0;
    for (; n; n--, (*s)++) {
        if (**s < '0' || **s > '9')
            return -1;
        value = value * 10 + (**s - '0');
    }
    return value;
}

static bool letter(const char **s, const char *any)
{
    if (!**s || !strchr(any, **s))
        return false;
    (*s)++;
    return true;
}

/* Digits behind the sixth say nothing that we keep. */
static bool fraction(const char **s, int *micro)
{
    int n = 0;
    for (; **s >= '0' && **s <= '9'; (*s)++, n++)
        if (n < 6)
            *micro = *micro * 10 + (**s - '0');
    for (int i = n; i < 6; i++)
        *micro *= 10;
    return n > 0;
}

static bool moment_read(const char **s, Moment *m)
{
    *m = (Moment){0};
    return (m->year = digits(s, 4)) > 0 && letter(s, "-") && (m->month = digits(s, 2)) > 0 && letter(s, "-")
        && (m->day = digits(s, 2)) > 0 && letter(s, "Tt") && (m->hour = digits(s, 2)) >= 0 && letter(s, ":")
        && (m->minute = digits(s, 2)) >= 0 && letter(s, ":") && (m->sec = digits(s, 2)) >= 0
        && (!letter(s, ".") || fraction(s, &m->micro));
}

static bool moment_exists(const Moment *m)
{
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    if (m->month > 12 || m->minute > 59 || m->sec > 59 || m->hour > 24)
        return false;
    bool leap = m->year % 4 == 0 && (m->year % 100 != 0 || m->year % 400 == 0);
    if (m->day > lengths[m->month - 1] + (leap && m->month == 2))
        return false;
    return m->hour < 24 || (!m->minute && !m->sec && !m->micro);       /* xs:dateTime: 24:00:00 ends the day */
}

static int almaty_offset(const Moment *m) { return (m->year > 2024 || (m->year == 2024 && m->month >= 3) ? 5 : 6) * 3600; }

static bool zone_read(const char *s, const Moment *m, int *offset, bool *zoned)
{
    *zoned = *s != '\0';
    *offset = *zoned ? 0 : almaty_offset(m);
    if (!*zoned)
        return true;
    if (letter(&s, "Zz"))
        return *s == '\0';
    int sign = *s == '-' ? -1 : 1, hours, minutes;
    if (!letter(&s, "+-") || (hours = digits(&s, 2)) < 0 || !letter(&s, ":") || (minutes = digits(&s, 2)) < 0)
        return false;
    *offset = sign * (hours * 3600 + minutes * 60);
    return hours <= 23 && minutes <= 59 && *s == '\0';
}

bool instant_read(const char *s, Instant *out, bool *zoned)
{
    Moment m;
    int offset;
    bool named;
    if (!moment_read(&s, &m) || !moment_exists(&m) || !zone_read(s, &m, &offset, &named))
        return false;
    int64_t seconds = calendar_days(m.year, m.month, m.day) * DAY_SECONDS + m.hour * 3600 + m.minute * 60 + m.sec - offset;
    *out = seconds * second + m.micro;
    *zoned = named;
    return true;
}
