#include "gateway/flow/deadline_inside.h"
#include "schemas/obligations.h"
#include <string.h>

/* A duty for whom the event names; for all who hold the role, where it names nobody; for the person it is about. */
static Rc begin(Round *r, const Standing *s, const char *id, const Reported *e, Error *err)
{
    DutyTerms t = terms_of(r, s);
    DueNow due;
    if (due_now(r, s->reading, (Cause){ e->day, e->at }, &due, err))
        return err->rc;
    bool person = s->o->debtor == DEBTOR_CLASS;
    DutyCause c = { arena_printf(r->a, "event:%s", id), e->subject, person ? -1 : e->party, e->day, e->at, due.due_day, due.due_at, due.closes_at, due.editions };
    return duties_begin(r->db, &t, &c, r->now, err);
}

const char *obligations_settled_by(const Round *r, SettledBy how, const char *event)
{
    const char *all = "";
    for (size_t i = 0; i < r->law.n; i++) {
        const Obligation *o = r->law.at[i].o;
        if (o->settled_by == how && (!event || strcmp(o->event, event) == 0))
            all = arena_printf(r->a, "%s%s%s", all, *all ? " " : "", o->id);
    }
    return all;
}

static Rc settle_by_event(Round *r, const char *id, const Reported *e, Error *err)
{
    bool handed_over = strcmp(e->type, EVENT_HANDED_OVER) == 0;
    const char *obligations = handed_over ? obligations_settled_by(r, SETTLED_BY_HANDOVER, NULL) : obligations_settled_by(r, SETTLED_BY_EVENT, e->type);
    DutyProofs found;
    if (!*obligations)
        return RC_OK;
    return duties_of_event(r->db, obligations, id, r->a, &found, err) || settle_by_proofs(r, &found, err) ? err->rc : RC_OK;
}

static Rc take_event(Round *r, const char *id, Error *err)
{
    Reported e;
    if (reported_read(r->db, id, r->a, &e, err))
        return err->rc;
    if (e.replaces && duties_replace(r->db, e.replaces, arena_printf(r->a, "goes on as %s%s%s", e.type, *e.ground ? ": " : "", e.ground), r->now, err))
        return err->rc;
    for (size_t i = 0; i < r->law.n; i++) {
        const Standing *s = &r->law.at[i];
        bool starts = s->in_force && e.day >= s->since && s->o->owed_by == OWED_BY_EVENT && strcmp(s->o->starts, e.type) == 0;
        if (starts && begin(r, s, id, &e, err))
            return err->rc;
    }
    if (e.replaces && duties_replaced(r->db, e.replaces, id, e.ground, r->now, err))
        return err->rc;
    return settle_by_event(r, id, &e, err);
}

Rc take_events(Round *r, Error *err)
{
    SCOPED(tx_end) Tx tx = {0};
    const char *ids;
    if (tx_begin(&tx, r->db, err) || events_take(r->db, r->a, &ids, err))
        return err->rc;
    for (const char *s = ids; *s; s += strspn(s, " ")) {
        size_t n = strcspn(s, " ");
        if (take_event(r, arena_text(r->a, s, n), err))
            return err->rc;
        r->busy = true;
        s += n;
    }
    return tx_commit(&tx, err);
}
