#include "gateway/flow/deadline_inside.h"
#include "gateway/base/log.h"
#include "persistence/events.h"
#include "persistence/statements.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SETTLEMENTS_AT_ONCE = 500 };

const Standing *standing_of(const Round *r, const char *obligation)
{
    for (size_t i = 0; i < r->law.n; i++)
        if (strcmp(r->law.at[i].o->id, obligation) == 0)
            return &r->law.at[i];
    return NULL;
}

const Reading *duty_reading(const Standing *s, const Duty *d)
{
    if (strcmp(s->reading->hash, d->hash) == 0)
        return s->reading;
    const Reading *r = reading_by_hash(s->o, d->hash);
    return r ? r : s->reading;
}

/* The moment that a reading lets decide; where that is not known, the last byte's, which is our own. */
static Instant moment_of(const Reading *r, const Proof *p, const char **name)
{
    Moment m = p->moment[r->decides] ? r->decides : MOMENT_LAST_BYTE;
    *name = moment_names[m];
    return p->moment[m];
}

/* ---- one statement, and beside it what other readings would say ---- */

static Rc beside(Round *r, const Standing *s, const Duty *d, const Proof *p, int64_t statement, Error *err)
{
    for (size_t i = 0; i < s->o->n_readings; i++) {
        const Reading *other = &s->o->readings[i];
        const char *name;
        DueNow due;
        if (strcmp(other->hash, d->hash) == 0 || due_now(r, other, (Cause){ d->cause_day, d->cause_at }, &due, err) || !due.due_at) {
            if (err->rc)
                return err->rc;
            continue;
        }
        Instant at = p ? moment_of(other, p, &name) : 0;
        const char *verdict = at ? at < due.due_at ? "in_time" : "late" : r->now >= due.due_at ? "overdue" : "open";
        if (counterfactual_add(r->db, statement, arena_printf(r->a, "reading %s", other->id), verdict, due.due_day, due.due_at, r->now, err))
            return err->rc;
    }
    return RC_OK;
}

static Rc say(Round *r, const Standing *s, const Duty *d, const char *verdict, const Proof *p, const char *detail, Error *err)
{
    char tz[ZONE_VERSION];
    int64_t id;
    Statement st = { .duty = d, .verdict = verdict, .tz = zone_version(tz), .proof = p, .detail = detail };
    if (p)
        st.moment_at = moment_of(duty_reading(s, d), p, &st.moment);
    r->busy = true;
    return statement_add(r->db, &st, r->now, &id, err) || beside(r, s, d, p, id, err) ? err->rc : RC_OK;
}

static Rc say_late(Round *r, const Standing *s, Duty *d, const Proof *p, Instant at, Error *err)
{
    if (strcmp(d->state, "open") == 0 && say(r, s, d, "overdue", NULL, NULL, err))
        return err->rc;
    return say(r, s, d, "late", p, arena_printf(r->a, "{\"late_seconds\": %" PRId64 "}", (at - d->due_at) / 1000000), err);
}

static Rc met(Round *r, Duty *d, const Proof *p, Error *err)
{
    d->state = "met";
    const char *detail = arena_printf(r->a, "{\"%s\": \"%s\"}", p->event ? "event" : "delivery", p->id);
    return duty_note(r->db, d->id, "delivered", detail, r->now, err) || duty_settle(r->db, d, r->now, err) ? err->rc : RC_OK;
}

static Rc settle_one(Round *r, DutyProof *f, Error *err)
{
    const Standing *s = standing_of(r, f->duty.obligation);
    const char *name;
    if (!s)
        return RC_OK;
    if (!f->duty.due_at)
        return met(r, &f->duty, &f->proof, err);
    Instant at = moment_of(duty_reading(s, &f->duty), &f->proof, &name);
    return at < f->duty.due_at ? say(r, s, &f->duty, "in_time", &f->proof, NULL, err) : say_late(r, s, &f->duty, &f->proof, at, err);
}

Rc settle_by_proofs(Round *r, DutyProofs *found, Error *err)
{
    for (size_t i = 0; i < found->n; i++)
        if (settle_one(r, &found->at[i], err))
            return err->rc;
    return RC_OK;
}

/* ---- what came ---- */

static Rc follow(Round *r, int64_t upto, Error *err)
{
    for (size_t i = 0; i < r->law.n; i++) {
        const Standing *s = &r->law.at[i];
        DutyTerms t = terms_of(r, s);
        bool hop = s->o->owed_by == OWED_BY_DELIVERY, change = s->o->owed_by == OWED_ON_CHANGE || s->o->owed_by == OWED_BY_OTHER_ACT;
        if (!s->in_force || !(hop || change))
            continue;
        if ((hop ? duties_hop : duties_met)(r->db, &t, r->progress.ordinal, upto, r->now, err))
            return err->rc;
    }
    return RC_OK;
}

Rc settle_by_deliveries(Round *r, Error *err)
{
    SCOPED(tx_end) Tx tx = {0};
    int64_t upto;
    DutyProofs found;
    if (settlements_behind(r->db, r->progress.ordinal, SETTLEMENTS_AT_ONCE, &upto, err) || upto == r->progress.ordinal)
        return err->rc;
    if (tx_begin(&tx, r->db, err) || follow(r, upto, err)
        || duties_delivered(r->db, obligations_settled_by(r, SETTLED_BY_DELIVERY, NULL), r->progress.ordinal, upto, r->a, &found, err) || settle_by_proofs(r, &found, err))
        return err->rc;
    r->progress.ordinal = upto;
    r->busy = true;
    return duties_go_on(r->db, &r->progress, err) || tx_commit(&tx, err) ? err->rc : RC_OK;
}

/* ---- what did not come ---- */

/* When the gateway was not there in the last minute, nobody could have delivered. The policy, with its ground, says what follows from that. */
static Rc outage(Round *r, Duty *d, Instant last, Instant next, bool *extended, Error *err)
{
    char from[INSTANT_TEXT], to[INSTANT_TEXT];
    const Config *c = r->g->config;
    CivilDay day;
    *extended = strcmp(c->outage, "extend") == 0;
    const char *detail = arena_printf(r->a, "{\"last_heartbeat\": \"%s\", \"next_heartbeat\": \"%s\", \"policy\": \"%s\"}", instant_text(last, from), instant_text(next, to), c->outage);
    log_event(LOG_WARNING, "absent_at_due", "obligation", d->obligation, "from", from, "to", to, NULL);
    if (duty_note(r->db, d->id, "outage", detail, r->now, err) || !*extended)
        return err->rc;
    if (working_day_from(&r->by, r->today + 1, &day, err))
        return err->rc;
    d->due_day = day;
    d->due_at = almaty_over(r->g->zone, day);
    d->extended = true;
    SCOPED(buffer_free) Buffer why = {0};
    Json j = { .to = &why };
    json_open(&j, '{');
    json_put_text(&j, "to", instant_text(d->due_at, to));
    json_put_text(&j, "ground", c->outage_ground);
    json_close(&j, '}');
    return duty_note(r->db, d->id, "extended", buffer_string(&why), r->now, err) || duty_settle(r->db, d, r->now, err) ? err->rc : RC_OK;
}

/* A verdict does not wait for ever for a source that is not read; the duty says what was not. */
static Rc source_outage(Round *r, const Duty *d, const char *unread, Error *err)
{
    log_event(LOG_WARNING, "source_outage", "obligation", d->obligation, "feed", d->feed, NULL);
    return duty_note(r->db, d->id, "source_outage", arena_printf(r->a, "{\"unread\": %s}", unread), r->now, err);
}

static Rc over(Round *r, DutyProof *f, Error *err)
{
    Duty *d = &f->duty;
    const Standing *s = standing_of(r, d->obligation);
    Instant last, next;
    bool there, extended = false;
    if (!s)
        return RC_OK;
    if (d->held)
        return duty_hold(r->db, d->id, d->held, err);
    if (f->unread && source_outage(r, d, f->unread, err))
        return err->rc;
    if (!d->extended && d->feed) {
        if (heartbeats_around(r->db, d->due_at, &there, &last, &next, err) || (!there && outage(r, d, last, next, &extended, err)))
            return err->rc;
    }
    return extended ? RC_OK : say(r, s, d, "overdue", NULL, NULL, err);
}

static Rc over_page(Round *r, Duty *after, bool *more, Error *err)
{
    SCOPED(tx_end) Tx tx = {0};
    DutyProofs found;
    if (tx_begin(&tx, r->db, err) || duties_over(r->db, r->now, after, r->a, &found, err))
        return err->rc;
    for (size_t i = 0; i < found.n; i++) {
        *after = found.at[i].duty;
        if (over(r, &found.at[i], err))
            return err->rc;
    }
    *more = found.n == DUTIES_AT_ONCE;
    return tx_commit(&tx, err);
}

Rc say_overdue(Round *r, Error *err)
{
    Duty after = {0};
    bool more = true;
    if (events_wait(r->db, err))
        return err->rc;
    while (more)
        if (over_page(r, &after, &more, err))
            return err->rc;
    return RC_OK;
}

Rc say_missing(Round *r, Error *err)
{
    SCOPED(tx_end) Tx tx = {0};
    DutyProofs found;
    if (tx_begin(&tx, r->db, err) || duties_closing(r->db, r->now, r->a, &found, err))
        return err->rc;
    for (size_t i = 0; i < found.n; i++) {
        const Standing *s = standing_of(r, found.at[i].duty.obligation);
        if (s && say(r, s, &found.at[i].duty, "missing", NULL, NULL, err))
            return err->rc;
    }
    return tx_commit(&tx, err);
}

/* ---- a reading was approved ---- */

/* That another reading goes is an event of the duty; that it was closed and is open again too. */
static Rc note_reading(Round *r, const Standing *s, const Duty *d, Instant was, bool reopened, Error *err)
{
    SCOPED(buffer_free) Buffer detail = {0};
    Json j = { .to = &detail };
    char from[INSTANT_TEXT], to[INSTANT_TEXT];
    json_open(&j, '{');
    json_put_text(&j, "from", was ? instant_text(was, from) : NULL);
    json_put_text(&j, "to", d->due_at ? instant_text(d->due_at, to) : NULL);
    json_put_text(&j, "why", arena_printf(r->a, "reading %s, approved", s->reading->id));
    json_close(&j, '}');
    return duty_note(r->db, d->id, "moved", buffer_string(&detail), r->now, err) || (reopened && duty_note(r->db, d->id, "reopened", buffer_string(&detail), r->now, err)) ? err->rc : RC_OK;
}

/* The duty under the approved reading; what that makes of it is said anew, finally. */
static Rc finally(Round *r, const Standing *s, DutyProof *f, Error *err)
{
    Duty *d = &f->duty;
    DueNow due;
    const char *name, *was = d->state;
    Instant due_was = d->due_at;
    if (due_now(r, s->reading, (Cause){ d->cause_day, d->cause_at }, &due, err))
        return err->rc;
    if (!d->extended) {
        d->due_day = due.due_day;
        d->due_at = due.due_at;
        d->closes_at = due.closes_at;
        d->editions = due.editions;
    }
    d->reading = s->reading->id;
    d->hash = s->reading->hash;
    d->provisional = false;
    Instant at = f->proof.id[0] ? moment_of(s->reading, &f->proof, &name) : 0;
    bool over = d->due_at && r->now >= d->due_at;
    if (!d->due_at && at)
        return note_reading(r, s, d, due_was, false, err) || met(r, d, &f->proof, err) ? err->rc : RC_OK;
    d->state = !at && !over ? "open" : d->state;
    if (duty_settle(r->db, d, r->now, err) || note_reading(r, s, d, due_was, strcmp(d->state, "open") == 0 && strcmp(was, "open") != 0, err))
        return err->rc;
    if (strcmp(d->state, "open") == 0)
        return RC_OK;
    if (!at)
        return say(r, s, d, "overdue", NULL, NULL, err);
    return at < d->due_at ? say(r, s, d, "in_time", &f->proof, NULL, err) : say_late(r, s, d, &f->proof, at, err);
}

Rc say_finally(Round *r, const Standing *s, Error *err)
{
    for (size_t n = DUTIES_AT_ONCE; n == DUTIES_AT_ONCE;) {
        SCOPED(tx_end) Tx tx = {0};
        DutyProofs found;
        if (tx_begin(&tx, r->db, err) || duties_provisional(r->db, s->o->id, r->a, &found, err))
            return err->rc;
        for (size_t i = 0; i < found.n; i++)
            if (finally(r, s, &found.at[i], err))
                return err->rc;
        n = found.n;
        if (tx_commit(&tx, err))
            return err->rc;
    }
    return RC_OK;
}
