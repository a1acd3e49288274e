#include "gateway/law/timetable.h"
#include "gateway/law/almaty.h"

enum { SLACK = 60 };                           /* days: more than any month, or run of days off, by which an occasion stands off its period */

/* The day of the occasion that a period has. *there: false where it has none. */
static Rc day_of(const Timetable *t, const Counting *by, Period p, CivilDay *day, bool *there, Error *err)
{
    const Edition *edition;
    Due due = { .day = 0 };
    Term term = t->form == ON_DATE ? (Term){ CALENDAR_DAYS, 0, true } : t->term;
    CivilDay event = t->form == ON_DATE ? calendar_days(period_year(p), t->date.month, t->date.day) : period_end(p);
    *there = true;
    switch (t->form) {
    case EACH_DAY:         *day = p.no; return RC_OK;
    case EACH_WORKING_DAY: *day = p.no; return calendar_works(by->calendar, *day, by->known_at, there, &edition, err);
    case ON_FIRST_DAY:     *day = period_begin(p); return t->working ? working_day_from(by, *day, day, err) : RC_OK;
    case ON_LAST_DAY:      *day = period_end(p); return t->working ? working_day_to(by, *day, day, err) : RC_OK;
    default:               break;
    }
    if (term_due(by, &term, event, &due, NULL, err))
        return err->rc;
    *day = due.day;
    return RC_OK;
}

static Rc occasion(const Timetable *t, const Counting *by, Period p, Occasion *out, bool *there, Error *err)
{
    CivilDay day;
    if (day_of(t, by, p, &day, there, err))
        return err->rc;
    *out = (Occasion){ almaty_at(by->zone, day, t->minute), t->form == ON_FIRST_DAY ? period_previous(p) : p };
    return RC_OK;
}

/* The longest that an occasion may come behind the end of its period. */
static CivilDay delay(const Timetable *t) { return t->form == AFTER_END ? 2 * (CivilDay)t->term.n + SLACK : SLACK; }

Rc timetable_next(const Timetable *t, const Counting *by, Instant after, Occasion *out, Error *err)
{
    CivilDay first = calendar_days(calendar_first_year(by->calendar), 1, 1), from = almaty_day(by->zone, after) - delay(t);
    Period p = period_around(t->length, from < first ? first : from);
    for (bool there = false;; p = period_next(p)) {
        Occasion o;
        if (occasion(t, by, p, &o, &there, err))
            return err->rc;
        if (there && o.at > after) {
            *out = o;
            return RC_OK;
        }
    }
}

Rc timetable_last(const Timetable *t, const Counting *by, Instant at, Occasion *out, Error *err)
{
    Period p = period_around(t->length, almaty_day(by->zone, at));
    for (bool there = false;; p = period_previous(p)) {
        Occasion o;
        if (occasion(t, by, p, &o, &there, err))
            return err->rc;
        if (there && o.at <= at) {
            *out = o;
            return RC_OK;
        }
    }
}
