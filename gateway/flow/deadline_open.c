#include "gateway/flow/deadline_inside.h"
#include "gateway/base/log.h"
#include "persistence/statements.h"
#include <stdio.h>
#include <string.h>

static const char *editions_of(Round *r, const Due *due)
{
    const char *all = "";
    for (size_t i = 0; i < due->n_editions; i++)
        all = arena_printf(r->a, "%s%s%s", all, i ? " " : "", due->edition[i]->id);
    return all;
}

Rc due_now(Round *r, const Reading *reading, Cause c, DueNow *out, Error *err)
{
    Due due = {0};
    *out = (DueNow){ .due_day = NO_DAY, .editions = "" };
    Rc rc = reading_due(reading, &r->by, c, &due, NULL, err);
    if (rc)
        return rc == RC_END ? RC_OK : rc;
    *out = (DueNow){ due.day, due.before, 0, editions_of(r, &due) };
    rc = reading_closes(reading, &r->by, due.day, &out->closes_at, err);
    return rc == RC_END ? RC_OK : rc;
}

static void put_instant(Json *j, const char *key, Instant at)
{
    char text[INSTANT_TEXT];
    json_key(j, key);
    json_text(j, at ? instant_text(at, text) : NULL);
}

static void put_day(Json *j, const char *key, CivilDay day)
{
    char text[CIVIL_TEXT];
    json_key(j, key);
    json_text(j, day == NO_DAY ? NULL : civil_text(day, text));
}

static void put_due(Json *j, const DueNow *due)
{
    put_day(j, "due_day", due->due_day);
    put_instant(j, "due_at", due->due_at);
    put_instant(j, "closes_at", due->closes_at);
    json_key(j, "editions");
    json_open(j, '[');
    for (const char *s = due->editions; *s; s += strspn(s, " ")) {
        size_t n = strcspn(s, " ");
        json_string(j, s, n);
        s += n;
    }
    json_close(j, ']');
}

static Rc put_period(Round *r, const Reading *reading, Period p, Json *j, Error *err)
{
    char name[PERIOD_TEXT];
    CivilDay end = period_end(p);
    Cause c = { end, almaty_over(r->g->zone, end) };
    DueNow due;
    if (due_now(r, reading, c, &due, err))
        return err->rc;
    json_open(j, '{');
    json_key(j, "occasion");
    json_text(j, period_text(p, name));
    put_day(j, "b", period_begin(p));
    put_day(j, "e", end);
    put_day(j, "cause", end);
    put_instant(j, "over", c.at);
    put_due(j, &due);
    json_close(j, '}');
    return RC_OK;
}

/* Periods that begin on days from … to, but none before the obligation was in force. A period in which it came into force is owed by whom a reading lets begin inside one. */
static Rc put_periods(Round *r, const Standing *s, CivilDay from, CivilDay to, Json *j, Error *err)
{
    Period p = period_around(s->o->recurs, s->since);
    if (period_begin(p) < s->since && !s->reading->begun_inside)
        p = period_next(p);
    for (; period_begin(p) <= to; p = period_next(p)) {
        Rc rc = period_begin(p) >= from || from <= s->since ? put_period(r, s->reading, p, j, err) : RC_OK;
        if (rc == RC_REJECT) {                          /* out of the calendar's years */
            log_event(LOG_WARNING, "duties_beyond_calendar", "obligation", s->o->id, "error", err->text, NULL);
            return RC_OK;
        }
        if (rc)
            return rc;
    }
    return RC_OK;
}

static void put_once(Round *r, const Standing *s, Json *j)
{
    DueNow none = { .due_day = NO_DAY, .editions = "" };
    json_open(j, '{');
    json_key(j, "occasion");
    json_text(j, "once");
    put_day(j, "b", s->since);
    json_key(j, "e");
    json_text(j, "infinity");
    put_day(j, "cause", s->since);
    put_instant(j, "over", almaty_at(r->g->zone, s->since, 0));
    put_due(j, &none);
    json_close(j, '}');
}

static const char *roles_of(Round *r, const Obligation *o)
{
    const char *all = "";
    for (size_t i = 0; i < o->n_roles; i++)
        all = arena_printf(r->a, "%s%s%s", all, i ? " " : "", o->roles[i]);
    return all;
}

DutyTerms terms_of(Round *r, const Standing *s)
{
    bool once = s->o->owed_by != OWED_BY_PERIOD;
    return (DutyTerms){ s->o->id, s->o->feed, roles_of(r, s->o), s->reading->id, s->reading->hash, s->provisional, once || s->reading->begun_inside, once || s->reading->ended_inside };
}

static bool by_calendar(const Obligation *o) { return o->debtor != DEBTOR_CLASS && (o->owed_by == OWED_BY_PERIOD || o->owed_by == OWED_ON_CHANGE || o->owed_by == OWED_BY_OTHER_ACT); }

static bool by_change(const Obligation *o) { return o->owed_by == OWED_ON_CHANGE || o->owed_by == OWED_BY_OTHER_ACT; }

/* What was delivered before a duty was there settles it too. */
static Rc settle_opened(Round *r, const Standing *s, Error *err)
{
    DutyProofs found;
    DutyTerms t = terms_of(r, s);
    if (by_change(s->o))
        return duties_met_before(r->db, &t, r->now, err);
    if (s->o->settled_by != SETTLED_BY_DELIVERY)
        return RC_OK;
    return duties_opened(r->db, s->o->id, r->now, r->a, &found, err) || settle_by_proofs(r, &found, err) ? err->rc : RC_OK;
}

static Rc open_some(Round *r, const Standing *s, CivilDay from, const char *parties, Error *err)
{
    SCOPED(buffer_free) Buffer periods = {0};
    Json j = { .to = &periods };
    DutyTerms t = terms_of(r, s);
    if (!by_calendar(s->o))
        return RC_OK;
    json_open(&j, '[');
    if (by_change(s->o))
        put_once(r, s, &j);
    else if (put_periods(r, s, from, r->horizon, &j, err))
        return err->rc;
    json_close(&j, ']');
    return duties_open(r->db, &t, buffer_string(&periods), parties, r->now, err) || settle_opened(r, s, err) ? err->rc : RC_OK;
}

/* ---- the law or the calendar is another ---- */

static Rc put_causes(Round *r, const Reading *reading, const Rows *causes, Json *j, Error *err)
{
    json_open(j, '[');
    for (int i = 0; i < rows_n(causes); i++) {
        Cause c = { rows_int(causes, i, 0), rows_int(causes, i, 1) };
        DueNow due;
        if (due_now(r, reading, c, &due, err))
            return err->rc;
        json_open(j, '{');
        put_day(j, "day", c.day);
        put_instant(j, "at", c.at);
        put_due(j, &due);
        json_close(j, '}');
    }
    json_close(j, ']');
    return RC_OK;
}

static Rc move_open(Round *r, const Standing *s, Error *err)
{
    SCOPED(rows_end) Rows causes = {0};
    SCOPED(buffer_free) Buffer json = {0};
    Json j = { .to = &json };
    DutyTerms t = terms_of(r, s);
    const char *why = arena_printf(r->a, "reading %s%s; calendar as known now", s->reading->id, s->provisional ? ", proposed" : ", approved");
    if (s->o->debtor == DEBTOR_CLASS && s->reading->form == DUE_NONE)
        return RC_OK;
    return duties_causes(r->db, s->o->id, true, &causes, err) || put_causes(r, s->reading, &causes, &j, err)
        || duties_move(r->db, &t, buffer_string(&json), why, r->now, err) ? err->rc : RC_OK;
}

/* What is closed stays as it was said; beside it stands what the editions of now would make of it. */
static Rc beside_closed(Round *r, const Standing *s, Error *err)
{
    SCOPED(rows_end) Rows causes = {0};
    SCOPED(buffer_free) Buffer json = {0};
    Json j = { .to = &json };
    const char *by = arena_printf(r->a, "calendar known at %s", instant_text(r->now, arena_alloc(r->a, INSTANT_TEXT)));
    return duties_causes(r->db, s->o->id, false, &causes, err) || put_causes(r, s->reading, &causes, &j, err)
        || counterfactuals_add(r->db, s->o->id, s->reading->hash, buffer_string(&json), by, r->now, err) ? err->rc : RC_OK;
}

static Rc open_one(Round *r, const Standing *s, Error *err)
{
    SCOPED(tx_end) Tx tx = {0};
    if (tx_begin(&tx, r->db, err) || duties_before(r->db, s->o->id, s->since, r->now, err) || open_some(r, s, s->since, NULL, err) || move_open(r, s, err) || beside_closed(r, s, err))
        return err->rc;
    return tx_commit(&tx, err);
}

static Rc gone_on(Round *r, Error *err)
{
    r->progress.law = r->fingerprint;
    r->progress.until = r->horizon;
    return duties_go_on(r->db, &r->progress, err);
}

Rc open_all(Round *r, Error *err)
{
    if (strcmp(r->progress.law, r->fingerprint) == 0)
        return RC_OK;
    for (size_t i = 0; i < r->law.n; i++) {
        const Standing *s = &r->law.at[i];
        if (s->in_force && (open_one(r, s, err) || (!s->provisional && say_finally(r, s, err))))
            return err->rc;
    }
    r->busy = true;
    return gone_on(r, err);
}

/* A new day brings the periods behind the horizon of yesterday. */
Rc open_ahead(Round *r, Error *err)
{
    if (r->progress.until != NO_DAY && r->horizon <= r->progress.until)
        return RC_OK;
    SCOPED(tx_end) Tx tx = {0};
    if (tx_begin(&tx, r->db, err))
        return err->rc;
    for (size_t i = 0; i < r->law.n; i++)
        if (r->law.at[i].in_force && r->law.at[i].o->owed_by == OWED_BY_PERIOD && open_some(r, &r->law.at[i], r->progress.until + 1, NULL, err))
            return err->rc;
    return gone_on(r, err) || tx_commit(&tx, err) ? err->rc : RC_OK;
}

Rc open_roles(Round *r, Error *err)
{
    SCOPED(tx_end) Tx tx = {0};
    const char *parties;
    if (tx_begin(&tx, r->db, err) || roles_changed(r->db, r->a, &parties, err))
        return err->rc;
    if (strcmp(parties, "{}") == 0)
        return RC_OK;
    for (size_t i = 0; i < r->law.n; i++)
        if (r->law.at[i].in_force && open_some(r, &r->law.at[i], r->law.at[i].since, parties, err))
            return err->rc;
    r->busy = true;
    return tx_commit(&tx, err);
}
