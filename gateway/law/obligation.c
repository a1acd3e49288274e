#include "gateway/law/obligation.h"
#include "gateway/law/almaty.h"
#include <string.h>

const char *const moment_names[MOMENTS] = {
    [MOMENT_SENDER_DATE] = "sender_date", [MOMENT_TRANSPORT] = "transport", [MOMENT_FIRST_BYTE] = "first_byte", [MOMENT_LAST_BYTE] = "last_byte", [MOMENT_COMMIT] = "commit",
};

const Obligation *obligation_find(const Obligations *all, const char *id)
{
    for (size_t i = 0; i < all->n; i++)
        if (strcmp(all->at[i].id, id) == 0)
            return &all->at[i];
    return NULL;
}

const Reading *reading_find(const Obligation *o, const char *id)
{
    for (size_t i = 0; i < o->n_readings; i++)
        if (strcmp(o->readings[i].id, id) == 0)
            return &o->readings[i];
    return NULL;
}

const Reading *reading_by_hash(const Obligation *o, const char *hash)
{
    for (size_t i = 0; i < o->n_readings; i++)
        if (strcmp(o->readings[i].hash, hash) == 0)
            return &o->readings[i];
    return NULL;
}

bool reading_owes(const Reading *r, Period p, CivilDay from, CivilDay to)
{
    CivilDay begin = period_begin(p), end = period_end(p);
    if (from > end || to < begin)
        return false;
    return (from <= begin || r->begun_inside) && (to >= end || r->ended_inside);
}

static Rc due_on_date(const Reading *r, const Counting *by, CivilDay day, Due *out, Steps *steps, Error *err)
{
    int year = period_year(period_around(YEARLY, day));
    Term none = { .unit = CALENDAR_DAYS, .moves = r->moves };
    return term_due(by, &none, calendar_days(year, (unsigned)r->date.month, (unsigned)r->date.day), out, steps, err);
}

Rc reading_due(const Reading *r, const Counting *by, Cause from, Due *out, Steps *steps, Error *err)
{
    switch (r->form) {
    case DUE_NOT_SET: case DUE_NONE: return RC_END;
    case DUE_ON_DATE: return due_on_date(r, by, from.day, out, steps, err);
    case DUE_AFTER_PERIOD: case DUE_AFTER_EVENT: break;
    }
    return r->term.unit == HOURS ? term_due_hours(by, &r->term, from.at, out, err) : term_due(by, &r->term, from.day, out, steps, err);
}

Rc reading_closes(const Reading *r, const Counting *by, CivilDay due_day, Instant *out, Error *err)
{
    Due due;
    if (!r->closes)
        return RC_END;
    if (term_due(by, &r->closing, due_day, &due, NULL, err))
        return err->rc;
    *out = due.before;
    return RC_OK;
}
