#include "gateway/flow/dispatch.h"
#include "gateway/base/log.h"
#include "gateway/flow/events.h"
#include "gateway/flow/letters.h"
#include "gateway/law/timetable.h"
#include "persistence/audit.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_PAUSE = 3600, LONGEST_ASKED = 86400, LATE_SECONDS = 60, NAME_MOST = 160 };

struct Dispatch {
    const Gateway     *g;
    Desk              *desk;
    const atomic_bool *stopping;
    size_t             next;
    void              *sink[PUBLICATIONS_MOST];      /* opened at first need */
    Instant            due[PUBLICATIONS_MOST];       /* when a schedule is to be looked at again */
    Letters           *letters;
};

/* One parcel being sent. */
typedef struct {
    Dispatch          *d;
    const Publication *p;
    void              *sink;
    OutboxRow         *row;
    EventReader        events;
    EventSlice         now;                          /* of it */
    size_t             tried;                        /* by the last put */
    bool               by_sink;                      /* whose error it is */
} Sending;

bool dispatch_needed(const Gateway *g) { return g->publications.n || letters_any(g); }

Dispatch *dispatch_new(const Gateway *g, const atomic_bool *stopping)
{
    Dispatch *d = calloc(1, sizeof *d);
    if (!d)
        abort();
    *d = (Dispatch){ .g = g, .desk = desk_new(g), .stopping = stopping };
    d->letters = letters_new(d->desk, stopping);
    return d;
}

void dispatch_free(Dispatch **d)
{
    if (!*d)
        return;
    for (size_t i = 0; i < (*d)->g->publications.n; i++)
        if ((*d)->sink[i])
            (*d)->g->publications.at[i].kind->close((*d)->sink[i]);
    letters_free(&(*d)->letters);
    desk_free(&(*d)->desk);
    free(*d);
    *d = NULL;
}

static Instant now_of(const Dispatch *d) { return clock_now(&d->g->clock); }

static bool is_stopping(const Dispatch *d) { return d->stopping && atomic_load(d->stopping); }

static void *sink_of(Dispatch *d, const Publication *p)
{
    size_t i = (size_t)(p - d->g->publications.at);
    if (!d->sink[i])
        d->sink[i] = p->kind->open(&(SinkUse){ d->g, p->name, p->feed->code, p->settings, d->stopping });
    return d->sink[i];
}

/* ---- sending ---- */

/* No success for so many attempts is as good as a refusal. */
static Rc sink_failed(Sending *s, Rc rc, Error *err)
{
    unsigned most = s->p->entry->attempts;
    s->by_sink = true;
    if (rc == RC_RETRY && most && s->row->attempts + 1 >= (int)most)
        return err->rc = RC_REJECT;
    return rc;
}

static void took(Sending *s, size_t upto)
{
    const EventMark *m = &s->now.marks[upto - 1];
    s->row->after = m->at;
    s->row->events = s->row->snapshot ? m->records : s->row->events + (int64_t)s->tried;
    memcpy(s->row->digest, m->digest, sizeof m->digest);
}

/* Of changes only those the receiver will not have are given up; half a snapshot is none. */
static Rc give_up(Sending *s, size_t upto, Error *why, Error *err)
{
    char n[24];
    snprintf(n, sizeof n, "%zu", s->tried);
    log_event(LOG_WARNING, "given_up", "publication", s->p->name, "events", n, "error", why->text, NULL);
    return outbox_give_up_part(s->d->desk->db, s->p->name, s->row, s->now.marks[upto - 1].at, (int64_t)s->tried, now_of(s->d), why->text, err);
}

static Rc some_send(Sending *s, size_t *at, Error *err)
{
    EventSlice *r = &s->now;
    Error why = {0};
    s->tried = r->n - *at;
    Rc rc = s->p->kind->put(s->sink, r->events + *at, r->n - *at, &s->tried, &why);
    size_t upto = *at + s->tried;
    if (rc)
        rc = sink_failed(s, rc, &why);
    bool part = !s->p->kind->whole && !s->row->snapshot;
    if (rc && !(rc == RC_REJECT && part)) {
        *err = why;
        return rc;
    }
    s->by_sink = false;
    *at = upto;
    if (rc)
        return give_up(s, upto, &why, err);
    took(s, upto);
    s->tried = 0;
    return !s->p->kind->whole ? outbox_progress(s->d->desk->db, s->row, err) : RC_OK;
}

static Rc slice_send(Sending *s, Error *err)
{
    for (size_t at = 0; at < s->now.n;) {
        if (is_stopping(s->d))
            return RC_END;
        if (some_send(s, &at, err))
            return err->rc;
        s->row->attempts = s->p->kind->whole ? s->row->attempts : 0;
    }
    s->row->after = s->now.last;
    return RC_OK;
}

/* While a slice is on its way the next one is read. */
static Rc slices_send(Sending *s, Error *err)
{
    EventSlice next = {0};
    Rc rc = events_next(&s->events, &s->now, err);
    while (!rc) {
        if (s->p->kind->ahead && s->now.n)
            s->p->kind->ahead(s->sink, s->now.events, s->now.n);
        Error later = {0};
        Rc more = events_next(&s->events, &next, &later);
        if ((rc = slice_send(s, err)))
            return rc == RC_END ? RC_RETRY : rc;                /* to stop is not to be done */
        if (more && more != RC_END)
            *err = later;
        s->now = next;
        rc = more;
    }
    return rc;
}

static Rc all_send(Sending *s, Error *err)
{
    char at[INSTANT_TEXT], snapshot[24];
    Parcel parcel = { .publication = s->p->name, .feed = s->p->feed->code, .ordinal = s->row->ordinal, .at = instant_text(s->row->at, at) };
    snprintf(snapshot, sizeof snapshot, "%" PRId64, s->row->id);
    parcel.snapshot = s->row->snapshot ? snapshot : NULL;
    Rc rc = s->p->kind->begin ? s->p->kind->begin(s->sink, &parcel, err) : RC_OK;
    if (rc)
        return sink_failed(s, rc, err);
    rc = slices_send(s, err);
    if (rc != RC_END)
        return rc;
    rc = s->p->kind->end ? s->p->kind->end(s->sink, err) : RC_OK;
    return rc ? sink_failed(s, rc, err) : RC_OK;
}

/* ---- what came of it ---- */

/* A receiver may ask for more patience than we have, within reason. */
static Instant again_at(const Sending *s, const Error *why)
{
    int64_t seconds = s->p->entry->retry_seconds, asked = why->wait_seconds < LONGEST_ASKED ? why->wait_seconds : LONGEST_ASKED;
    for (int i = 0; i < s->row->attempts && seconds < LONGEST_PAUSE; i++)
        seconds *= 2;
    seconds = seconds < LONGEST_PAUSE ? seconds : LONGEST_PAUSE;
    return now_of(s->d) + (seconds > asked ? seconds : asked) * 1000000;
}

static void note(const Sending *s, LogLevel level, const char *state, const char *why)
{
    char settlement[24], events[24], attempts[16];
    snprintf(settlement, sizeof settlement, "%" PRId64, s->row->ordinal);
    snprintf(events, sizeof events, "%" PRId64, s->row->events);
    snprintf(attempts, sizeof attempts, "%d", s->row->attempts + 1);
    log_event(level, "published", "publication", s->p->name, "state", state, "settlement", settlement, "subject", s->row->snapshot ? "snapshot" : "changes", "events", events,
              "attempt", attempts, why ? "error" : NULL, why, NULL);
}

static Rc conclude(Sending *s, Rc rc, Error *why, Error *err)
{
    Db *db = s->d->desk->db;
    if (rc == RC_OK) {
        note(s, s->row->events ? LOG_INFO : LOG_DEBUG, "sent", NULL);
        return outbox_sent(db, s->p->name, s->row, now_of(s->d), err);
    }
    if (s->p->kind->drop)
        s->p->kind->drop(s->sink);
    if (is_stopping(s->d) && rc != RC_FATAL)
        return RC_OK;
    if (!s->by_sink && rc == RC_RETRY) {                /* the database: nothing can be written down either */
        *err = *why;
        return rc;
    }
    /* A fault of ours holds up this route, where people see it, and not the process. */
    note(s, rc == RC_FATAL ? LOG_ERROR : LOG_WARNING, rc == RC_REJECT ? "given_up" : "again", why->text);
    return rc == RC_REJECT ? outbox_give_up(db, s->row, s->row->events + (int64_t)s->tried, why->text, err) : outbox_later(db, s->row, again_at(s, why), why->text, err);
}

static void from_the_beginning(OutboxRow *row)
{
    row->after = (Position){0};
    row->events = 0;
    memset(row->digest, 0, sizeof row->digest);
}

static Rc parcel_send(Dispatch *d, const Publication *p, OutboxRow *row, Error *err)
{
    Sending s = { .d = d, .p = p, .sink = sink_of(d, p), .row = row };
    Error why = {0};
    if (p->personal && audit_add(d->desk->db, now_of(d), p->name, "publish", "records", p->feed->code, err))
        return err->rc;
    if (p->kind->whole && !row->until.key)
        from_the_beginning(row);
    OutboxRow first = *row;
    events_begin(&s.events, d->desk, p, &first);
    Rc rc = all_send(&s, &why);
    rc = conclude(&s, rc, &why, err);
    events_end(&s.events);
    return rc;
}

/* Under the route's lock. It is gone with the connection, so whatever the database cannot do ends the step. */
static Rc route_work(Dispatch *d, const Publication *p, Error *err)
{
    SCOPED(arena_free) Arena *a = arena_new();
    OutboxRow row;
    Rc rc = outbox_head(d->desk->db, p->name, now_of(d), a, &row, err);
    return rc ? rc : parcel_send(d, p, &row, err);
}

static Rc route_step(Dispatch *d, const Publication *p, Error *err)
{
    SCOPED(arena_free) Arena *a = arena_new();
    char lock[NAME_MOST];
    OutboxRow row;
    bool held;
    Error late;
    snprintf(lock, sizeof lock, "dispatch %.100s", p->name);
    Rc rc = outbox_head(d->desk->db, p->name, now_of(d), a, &row, err);
    if (rc)
        return rc;
    if (desk_hold(d->desk, lock, &held, err))
        return err->rc;
    if (!held)
        return RC_END;
    rc = route_work(d, p, err);
    Rc released = desk_release(d->desk, lock, rc ? &late : err);
    return rc ? rc : released;
}

/* What was due while nobody was there is made good once: the last of it. Every process looks, the database lets one make it. */
static Rc schedule_make(Dispatch *d, const Publication *p, const Counting *by, Instant now, Error *err)
{
    Occasion o;
    char period[PERIOD_TEXT], at[INSTANT_TEXT];
    bool made;
    if (timetable_last(p->timetable, by, now, &o, err))
        return err->rc;
    OutboxOccasion occasion = { o.at, period_text(o.about, period), now - o.at > LATE_SECONDS * 1000000ll };
    if (outbox_due(d->desk->db, p->name, p->feed->code, &occasion, now, &made, err))
        return err->rc;
    if (made)
        log_event(occasion.late ? LOG_WARNING : LOG_INFO, "publication_due", "publication", p->name, "due", instant_text(o.at, at), "period", period, "late",
                  occasion.late ? "yes" : "no", NULL);
    return RC_OK;
}

static Rc schedule_step(Dispatch *d, const Publication *p, Error *err)
{
    Instant now = now_of(d), *due = &d->due[p - d->g->publications.at];
    Counting by = { d->g->calendar, d->g->zone, now };
    Occasion next;
    if (!p->timetable || now < *due)
        return RC_OK;
    Rc rc = schedule_make(d, p, &by, now, err);
    if (!rc)
        rc = timetable_next(p->timetable, &by, now, &next, err);
    if (rc == RC_REJECT) {                              /* out of the calendar's years */
        log_event(LOG_ERROR, "publication_due", "publication", p->name, "error", err->text, NULL);
        next.at = INT64_MAX;
        rc = RC_OK;
    }
    *due = rc ? *due : next.at;
    return rc;
}

Rc dispatch_step(void *dispatch, Error *err)
{
    Dispatch *d = dispatch;
    for (size_t i = 0; i < d->g->publications.n; i++)
        if (schedule_step(d, &d->g->publications.at[i], err))
            return err->rc;
    for (size_t tried = 0, turns = d->g->publications.n + 1; tried < turns; tried++) {
        size_t turn = d->next;
        d->next = (turn + 1) % turns;
        Rc rc = turn < d->g->publications.n ? route_step(d, &d->g->publications.at[turn], err) : letters_step(d->letters, err);
        if (rc != RC_END)
            return rc;
    }
    return RC_END;
}
