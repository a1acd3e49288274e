/* What a delivery is about, as far as its mapping says it. */
#include "transforms/mapping_inside.h"
#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* quarter, half: where a file name tells them outright; 0: by the month. */
typedef struct { int year, month, day, quarter, half; } Moment;

static void period_text(PeriodForm form, const Moment *m, char out[PERIOD_SIZE])
{
    unsigned year = (unsigned)m->year % 10000, month = (unsigned)m->month % 100, day = (unsigned)m->day % 100;
    unsigned quarter = m->quarter ? (unsigned)m->quarter : (month + 2) / 3, half = m->half ? (unsigned)m->half : (month + 5) / 6;
    switch (form) {
    case PERIOD_MONTH:     snprintf(out, PERIOD_SIZE, "%04u-%02u", year, month); break;
    case PERIOD_QUARTER:   snprintf(out, PERIOD_SIZE, "%04u-Q%u", year, quarter % 10); break;
    case PERIOD_HALF_YEAR: snprintf(out, PERIOD_SIZE, "%04u-H%u", year, half % 10); break;
    case PERIOD_YEAR:      snprintf(out, PERIOD_SIZE, "%04u", year); break;
    case PERIOD_DAY:       snprintf(out, PERIOD_SIZE, "%04u-%02u-%02u", year, month, day); break;
    }
}

static void months_back(Moment *m, int months)
{
    int all = m->year * 12 + m->month - 1 - months;
    m->year = all / 12;
    m->month = all % 12 + 1;
}

static int days_in(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    return days[month - 1] + (month == 2 && ((year % 4 == 0 && year % 100 != 0) || year % 400 == 0));
}

static void period_before(PeriodForm form, Moment *m)
{
    static const int months[] = { [PERIOD_MONTH] = 1, [PERIOD_QUARTER] = 3, [PERIOD_HALF_YEAR] = 6, [PERIOD_YEAR] = 12, [PERIOD_DAY] = 0 };
    if (m->quarter)
        m->month = m->quarter * 3;
    if (m->half)
        m->month = m->half * 6;
    m->quarter = m->half = 0;
    months_back(m, months[form]);
    if (form == PERIOD_DAY && --m->day == 0) {
        months_back(m, 1);
        m->day = days_in(m->year, m->month);
    }
}

/* ---- file names ---- */

static const struct { const char *mark; int digits; size_t at; } marks[] = {
    { "{yyyy}", 4, offsetof(Moment, year) }, { "{mm}", 2, offsetof(Moment, month) }, { "{dd}", 2, offsetof(Moment, day) },
    { "{q}", 1, offsetof(Moment, quarter) }, { "{h}", 1, offsetof(Moment, half) },
};

static bool number_take(const char **s, int digits, int *out)
{
    for (*out = 0; digits; digits--, (*s)++) {
        if (!isdigit((unsigned char)**s))
            return false;
        *out = *out * 10 + (**s - '0');
    }
    return true;
}

static bool name_fits(const char *pattern, const char *s, Moment *out, unsigned stars);

/* A * takes as few signs as will do. */
static bool star_fits(const char *pattern, const char *s, Moment *out, unsigned stars)
{
    for (; stars; s++) {
        if (name_fits(pattern, s, out, stars - 1))
            return true;
        if (!*s)
            return false;
    }
    return false;
}

static bool name_fits(const char *pattern, const char *s, Moment *out, unsigned stars)
{
    while (*pattern) {
        size_t mark = 0, n = sizeof marks / sizeof *marks;
        while (mark < n && strncmp(pattern, marks[mark].mark, strlen(marks[mark].mark)) != 0)
            mark++;
        if (mark < n) {
            if (!number_take(&s, marks[mark].digits, (int *)((char *)out + marks[mark].at)))
                return false;
            pattern += strlen(marks[mark].mark);
        } else if (*pattern == '*') {
            return star_fits(pattern + 1, s, out, stars);
        } else if (!*s || (*pattern != '?' && *pattern != *s)) {
            return false;
        } else {
            pattern++;
            s++;
        }
    }
    return !*s;
}

enum { STARS_MOST = 4 };

static bool file_moment(const char *pattern, const char *file, Moment *out)
{
    *out = (Moment){ .month = 1, .day = 1 };
    return file && name_fits(pattern, file, out, STARS_MOST) && out->month >= 1 && out->month <= 12;
}

static Rc period_take(const Mapping *m, const char *file, Instant sender_date, Instant received, char out[PERIOD_SIZE], Error *err)
{
    const YamlPeriod *p = m->y->period;
    Moment at = {0};
    Instant moment = p->from == PERIOD_OF_RECEIVED ? received : sender_date;
    if (p->value) {
        snprintf(out, PERIOD_SIZE, "%s", p->value);
        return RC_OK;
    }
    if (p->from == PERIOD_OF_FILE ? !file_moment(p->file, file, &at) : !moment)
        return error_refuse(err, "period_missing", NULL, NULL, NULL);
    if (p->from != PERIOD_OF_FILE) {
        Day d = instant_day(moment);
        at = (Moment){ .year = d.year, .month = d.month, .day = d.day };
    }
    if (p->take == TAKE_PREVIOUS)
        period_before(m->feed->period, &at);
    period_text(m->feed->period, &at, out);
    return period_valid(m->feed->period, out) ? RC_OK : error_refuse(err, "period_missing", NULL, NULL, NULL);
}

Rc mapping_claim(const Mapping *m, const Claim *said, const char *file, Instant sender_date, Instant received, Claim *out, Error *err)
{
    Claim c = {0};
    if (said && *said->feed && strcmp(said->feed, m->feed->code) != 0)
        return error_refuse(err, "disagree", "feed", said->feed, m->feed->code);
    snprintf(c.feed, sizeof c.feed, "%s", m->feed->code);
    snprintf(c.kind, sizeof c.kind, "%s", said && *said->kind ? said->kind : m->y->kind ? m->y->kind : "");
    snprintf(c.period, sizeof c.period, "%s", said ? said->period : "");
    if (!*c.period && m->y->period && period_take(m, file, sender_date, received, c.period, err))
        return err->rc;
    *out = c;
    return RC_OK;
}
