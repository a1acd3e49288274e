#include "gateway/law/holidays.h"
#include <stdlib.h>

typedef struct { const HolidayLaw *law; CivilDay first, last; Instant known_at; HolidayYear *out; } Making;

static bool kept(const Holiday *h, CivilDay day, Instant known_at)
{
    bool begun = day >= h->from && known_at >= h->known_since;
    bool ended = day > h->to && known_at >= h->end_known_since;
    return begun && !ended;
}

static void put(Making *m, const Holiday *h, CivilDay day, bool estimate)
{
    if (day < m->first || day > m->last || !kept(h, day, m->known_at))
        return;
    size_t i = (size_t)(day - m->first);
    dayset_put(&m->out->off, (int64_t)i, true);
    m->out->why[i].holiday = h;
    m->out->why[i].of = day;
    m->out->why[i].estimate = estimate;
}

static void put_dates(Making *m, const Holiday *h)
{
    bool there = false;
    for (size_t i = 0; i < h->n_dates; i++) {
        there |= h->dates[i] >= m->first && h->dates[i] <= m->last;
        put(m, h, h->dates[i], i >= h->n_dates - h->n_estimates);
    }
    m->out->complete &= there || !h->n_dates;
}

static void put_days(Making *m, int year)
{
    for (const Holiday *h = m->law->at; h < m->law->at + m->law->n; h++) {
        put_dates(m, h);
        for (size_t i = 0; i < h->n_days; i++)
            if (civil_there(year, h->days[i].month, h->days[i].day))
                put(m, h, calendar_days(year, h->days[i].month, h->days[i].day), false);
    }
}

/* In the order of days, so that of two holidays on one weekend the first moves to the nearer day. */
static void shift(Making *m)
{
    for (CivilDay day = m->first; day <= m->last; day++) {
        const Holiday *h = m->out->why[day - m->first].holiday;
        if (!h || !h->shifts || m->out->why[day - m->first].of != day || !civil_weekend(day))
            continue;
        CivilDay to = day;
        while (to <= m->last && dayset_has(&m->out->off, to - m->first))
            to++;
        if (to <= m->last) {
            dayset_put(&m->out->off, to - m->first, true);
            m->out->why[to - m->first].holiday = h;
            m->out->why[to - m->first].of = day;
        }
    }
}

void holidays_year(const HolidayLaw *law, int year, Instant known_at, HolidayYear *out)
{
    Making m = { law, calendar_days(year, 1, 1), calendar_days(year, 12, 31), known_at, out };
    *out = (HolidayYear){ .complete = true };
    for (CivilDay day = m.first; day <= m.last; day++)
        dayset_put(&out->off, day - m.first, civil_weekend(day));
    put_days(&m, year);
    shift(&m);
}

static int by_moment(const void *a, const void *b)
{
    const Instant *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

size_t holidays_moments(const HolidayLaw *law, Instant *out, size_t most)
{
    size_t n = 0, different = 0;
    for (const Holiday *h = law->at; h < law->at + law->n; h++) {
        const Instant moments[] = { h->known_since, h->end_known_since };
        for (size_t i = 0; i < 2; i++)
            if (moments[i] && n < most)
                out[n++] = moments[i];
    }
    qsort(out, n, sizeof *out, by_moment);
    for (size_t i = 0; i < n; i++)
        if (!different || out[different - 1] != out[i])
            out[different++] = out[i];
    return different;
}
