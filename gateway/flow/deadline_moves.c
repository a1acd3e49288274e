#include "gateway/flow/deadline_inside.h"
#include "gateway/flow/deadline.h"

/* RC_END: there is no term, or it leads out of the calendar's years. */
static Rc day_by(const Standing *s, const Counting *by, Cause c, CivilDay *out)
{
    Due due;
    Error err;
    if (reading_due(s->reading, by, c, &due, NULL, &err))
        return RC_END;
    *out = due.day;
    return RC_OK;
}

static Rc moves_of(Desk *d, const Standing *s, const Counting *now, const Counting *then, DutyMoveSink *sink, void *self, Error *err)
{
    SCOPED(rows_end) Rows causes = {0};
    if (duties_causes(d->db, s->o->id, true, &causes, err))
        return err->rc;
    for (int i = 0; i < rows_n(&causes); i++) {
        Cause c = { rows_int(&causes, i, 0), rows_instant(&causes, i, 1) };
        DutyMove m = { .obligation = s->o->id, .cause = c.day, .duties = rows_int(&causes, i, 2) };
        if (day_by(s, now, c, &m.from) == RC_OK && day_by(s, then, c, &m.to) == RC_OK && m.from != m.to && m.duties)
            sink(self, &m);
    }
    return RC_OK;
}

Rc deadline_moves(Desk *d, const Calendar *with, Instant known_at, DutyMoveSink *sink, void *self, Error *err)
{
    SCOPED(arena_free) Arena *a = arena_new();
    Instant at = clock_now(&d->g->clock);
    at = at > known_at ? at : known_at;
    const Counting now = { d->g->calendar, d->g->zone, at }, then = { with, d->g->zone, at };
    LawState law;
    if (law_state_load(d, a, &law, err))
        return err->rc;
    for (size_t i = 0; i < law.n; i++)
        if (law.at[i].in_force && moves_of(d, &law.at[i], &now, &then, sink, self, err))
            return err->rc;
    return RC_OK;
}
