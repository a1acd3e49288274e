#include "gateway/law/calendar.h"
#include <stdio.h>
#include <string.h>

enum { MOMENTS = 16 };

typedef struct { const Edition **at; size_t n; } Year;

struct Calendar {
    const HolidayLaw *law;
    Year             *years;        /* from law->first to law->last */
};

static Year *year_of(const Calendar *c, int year) { return year < c->law->first || year > c->law->last ? NULL : &c->years[year - c->law->first]; }

static const Edition *computed(Arena *a, const HolidayLaw *law, int year, Instant since)
{
    HolidayYear days;
    char text[INSTANT_TEXT];
    Edition *e = arena_alloc(a, sizeof *e);
    Day day = instant_day(since);
    holidays_year(law, year, since, &days);
    snprintf(text, sizeof text, "-%04u-%02u-%02u", (unsigned)day.year % 10000, (unsigned)day.month % 100, (unsigned)day.day % 100);
    *e = (Edition){
        .id = arena_printf(a, "kz-%d/computed%s", year, since ? text : ""), .act = law->act, .source = "", .year = year, .known_since = since,
        .provisional = true, .computed = true, .first = calendar_days(year, 1, 1), .last = calendar_days(year, 12, 31), .off = days.off,
    };
    return e;
}

/* Every year has one that was known always; an edition hides them all from its own moment on. */
static void compute(Calendar *c, Arena *a, size_t room)
{
    Instant moments[MOMENTS];
    size_t n = holidays_moments(c->law, moments, MOMENTS);
    for (int year = c->law->first; year <= c->law->last; year++) {
        Year *y = year_of(c, year);
        y->at = arena_alloc(a, (n + 1 + room) * sizeof *y->at);
        y->at[y->n++] = computed(a, c->law, year, 0);
        for (size_t i = 0; i < n; i++) {
            const Edition *e = computed(a, c->law, year, moments[i]);
            if (memcmp(&e->off, &y->at[y->n - 1]->off, sizeof e->off))
                y->at[y->n++] = e;
        }
    }
}

static Rc put(Calendar *c, const Edition *e, Error *err)
{
    Year *y = year_of(c, e->year);
    if (!y)
        return error_set(err, RC_FATAL, "edition %s: the calendar has the years %d to %d", e->id, c->law->first, c->law->last);
    size_t i = y->n;
    for (; i && !y->at[i - 1]->computed && y->at[i - 1]->known_since > e->known_since; i--)
        y->at[i] = y->at[i - 1];
    if (i && !y->at[i - 1]->computed && y->at[i - 1]->known_since == e->known_since)
        return error_set(err, RC_FATAL, "edition %s of %s: known since the same moment as %s of %s", e->id, e->source, y->at[i - 1]->id, y->at[i - 1]->source);
    y->at[i] = e;
    y->n++;
    return RC_OK;
}

Rc calendar_new(Arena *a, const HolidayLaw *law, const Edition *const *editions, size_t n, Calendar **out, Error *err)
{
    Calendar *c = arena_alloc(a, sizeof *c);
    c->law = law;
    c->years = arena_alloc(a, (size_t)(law->last - law->first + 1) * sizeof *c->years);
    compute(c, a, n);
    for (size_t i = 0; i < n; i++) {
        for (size_t before = 0; before < i; before++)
            if (strcmp(editions[before]->id, editions[i]->id) == 0)
                return error_set(err, RC_FATAL, "edition %s of %s: stands in %s already", editions[i]->id, editions[i]->source, editions[before]->source);
        if (put(c, editions[i], err))
            return err->rc;
    }
    *out = c;
    return RC_OK;
}

const Edition *calendar_edition(const Calendar *c, int year, Instant known_at)
{
    const Year *y = year_of(c, year);
    if (!y)
        return NULL;
    size_t i = y->n - 1;
    while (i && (known_at < y->at[i]->known_since))
        i--;
    return y->at[i];
}

size_t calendar_editions(const Calendar *c, int year, const Edition *const **out)
{
    const Year *y = year_of(c, year);
    *out = y ? y->at : NULL;
    return y ? y->n : 0;
}

int calendar_first_year(const Calendar *c) { return c->law->first; }

int calendar_last_year(const Calendar *c) { return c->law->last; }

const HolidayLaw *calendar_law(const Calendar *c) { return c->law; }

Rc calendar_works(const Calendar *c, CivilDay day, Instant known_at, bool *works, const Edition **by, Error *err)
{
    int year, month, of_month;
    calendar_date(day, &year, &month, &of_month);
    const Edition *e = calendar_edition(c, year, known_at);
    if (!e)
        return error_set(err, RC_REJECT, "%d: the calendar has the years %d to %d", year, c->law->first, c->law->last);
    *works = edition_works(e, day);
    *by = e;
    return RC_OK;
}
