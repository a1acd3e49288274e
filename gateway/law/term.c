#include "gateway/law/term.h"
#include "gateway/law/almaty.h"
#include <assert.h>

static const Instant hour = INT64_C(3600000000), second = 1000000;

/* Behind the year 9999 days and instants cannot be written. */
static Rc in_time(CivilDay day, Error *err)
{
    return day < calendar_days(9999, 12, 31) ? RC_OK : error_set(err, RC_REJECT, "the term leads out of the year 9999");
}

/* A walk over days, which mostly stays in one edition. */
typedef struct { const Counting *by; Due *due; Steps *steps; const Edition *edition; } Walk;

static void tell(Walk *w, StepKind kind, CivilDay day, unsigned n, const Edition *edition)
{
    Steps *s = w->steps;
    if (!s)
        return;
    if (s->n == s->size) {
        s->size = s->size ? 2 * s->size : 32;
        Step *more = arena_alloc(s->a, s->size * sizeof *more);
        for (size_t i = 0; i < s->n; i++)
            more[i] = s->at[i];
        s->at = more;
    }
    s->at[s->n++] = (Step){ kind, day, n, edition };
}

static Rc works(Walk *w, CivilDay day, bool *yes, Error *err)
{
    if (w->edition && day >= w->edition->first && day <= w->edition->last) {
        *yes = edition_works(w->edition, day);
        return RC_OK;
    }
    if (calendar_works(w->by->calendar, day, w->by->known_at, yes, &w->edition, err))
        return err->rc;
    if (w->due) {
        assert(w->due->n_editions < DUE_EDITIONS);
        w->due->edition[w->due->n_editions++] = w->edition;
    }
    return RC_OK;
}

static Rc count_working(Walk *w, unsigned most, CivilDay *day, Error *err)
{
    bool yes;
    for (unsigned n = 0; n < most;) {
        if (works(w, ++*day, &yes, err))
            return err->rc;
        n += yes;
        tell(w, yes ? STEP_COUNTED : STEP_SKIPPED, *day, yes ? n : 0, w->edition);
    }
    return RC_OK;
}

static void count_calendar(Walk *w, unsigned most, CivilDay *day)
{
    for (unsigned n = 1; w->steps && n <= most; n++)
        tell(w, STEP_COUNTED, *day + n, n, NULL);
    *day += most;
}

static Rc move(Walk *w, CivilDay *day, Error *err)
{
    for (bool yes = false; !yes; *day += !yes) {
        if (works(w, *day, &yes, err))
            return err->rc;
        if (!yes)
            tell(w, STEP_SKIPPED, *day, 0, w->edition);
    }
    return RC_OK;
}

Rc term_due(const Counting *by, const Term *t, CivilDay event, Due *out, Steps *steps, Error *err)
{
    Due due = { .day = event };
    Walk w = { by, &due, steps, NULL };
    if (t->unit == HOURS || t->n > TERM_MOST)
        return error_set(err, RC_REJECT, "a term of %u %s does not begin with a day", t->n, t->unit == HOURS ? "hours" : "days");
    tell(&w, STEP_EVENT, event, t->n, NULL);
    if (t->unit == CALENDAR_DAYS)
        count_calendar(&w, t->n, &due.day);
    else if (count_working(&w, t->n, &due.day, err))
        return err->rc;
    if (in_time(due.day, err) || (t->moves && move(&w, &due.day, err)))
        return err->rc;
    tell(&w, STEP_DUE, due.day, 0, w.edition);
    due.before = almaty_over(by->zone, due.day);
    *out = due;
    return RC_OK;
}

Rc term_due_hours(const Counting *by, const Term *t, Instant event, Due *out, Error *err)
{
    if (t->unit != HOURS || t->n > 24 * TERM_MOST)
        return error_set(err, RC_REJECT, "a term of %u days begins with a day, not with an instant", t->n);
    Instant before = event + t->n * hour;
    if (in_time(before / second / 86400 + 1, err))
        return err->rc;
    *out = (Due){ .before = before, .day = almaty_day(by->zone, before - 1) };
    return RC_OK;
}

Rc working_day_from(const Counting *by, CivilDay day, CivilDay *out, Error *err)
{
    Walk w = { by, NULL, NULL, NULL };
    if (move(&w, &day, err))
        return err->rc;
    *out = day;
    return RC_OK;
}

Rc working_day_to(const Counting *by, CivilDay day, CivilDay *out, Error *err)
{
    Walk w = { by, NULL, NULL, NULL };
    for (bool yes = false; !yes; day -= !yes)
        if (works(&w, day, &yes, err))
            return err->rc;
    *out = day;
    return RC_OK;
}
