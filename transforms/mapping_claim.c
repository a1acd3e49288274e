/* What a delivery is about, as far as its mapping says it. */
#include "gateway/model/period.h"
#include "transforms/mapping_inside.h"
#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* quarter, half: where a file name tells them outright; 0: by the month. */
typedef struct { int year, month, day, quarter, half; } Moment;

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
    if (!file || !name_fits(pattern, file, out, STARS_MOST))
        return false;
    if (out->quarter)
        out->month = out->quarter * 3;
    if (out->half)
        out->month = out->half * 6;
    return out->month >= 1 && out->month <= 12;
}

/* False: there is no such day. */
static bool day_of(const Moment *m, int64_t *out)
{
    int year, month, day;
    *out = calendar_days(m->year, m->month, m->day);
    calendar_date(*out, &year, &month, &day);
    return year == m->year && month == m->month && day == m->day;
}

static Rc period_take(const Mapping *m, const char *file, Instant sender_date, Instant received, char out[PERIOD_SIZE], Error *err)
{
    const YamlPeriod *p = m->y->period;
    Moment at = {0};
    int64_t day;
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
    if (!day_of(&at, &day))
        return error_refuse(err, "period_missing", NULL, NULL, NULL);
    period_of_day(m->feed->period, day, p->take == TAKE_PREVIOUS, out);
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
