#include "gateway/flow/work.h"
#include "gateway/base/heap.h"
#include "gateway/base/log.h"
#include "gateway/flow/bell.h"
#include "gateway/flow/patience.h"
#include "gateway/flow/refusals.h"
#include "gateway/flow/turned_away.h"
#include "gateway/flow/settling.h"
#include "gateway/model/metrics.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Other processes' deliveries are seen at the next round, this one's at the ring of the bell. */
enum { IDLE_MS = 50 };

struct Work {
    const Gateway *g;
    Db            *db, *parts;
    Arena         *claimed;
    Settling      *s;
    Patience      *patience;
    Resting        resting;
    Arena         *owing;           /* of a claim whose attempt is still to be taken back */
    Claimed        owed;
    bool           owes;
};

Work *work_new(const Gateway *g)
{
    Work *w = calloc(1, sizeof *w);
    if (!w)
        abort();
    w->g = g;
    w->db = db_new(g->config->database);
    w->parts = db_new(g->config->database);
    w->claimed = arena_new();
    w->owing = arena_new();
    w->patience = patience_new();
    w->resting = (Resting){ patience_rests, w->patience };
    w->s = settling_new(g, w->db, w->parts);
    return w;
}

void work_free(Work **w)
{
    if (!*w)
        return;
    settling_free(&(*w)->s);
    arena_free(&(*w)->claimed);
    arena_free(&(*w)->owing);
    patience_free(&(*w)->patience);
    db_free(&(*w)->db);
    db_free(&(*w)->parts);
    free(*w);
    *w = NULL;
}

static void count_worked(const Settling *s, Instant now)
{
    size_t refused = 0;
    for (size_t i = 0; i < s->n_members; i++) {
        refused += s->member[i].refused_code != NULL;
        metric_time(&metrics[METRIC_WORK_SECONDS], 0, 0, now - s->member[i].e->committed);
    }
    metrics_count(METRIC_SETTLEMENTS, 0, refused < s->n_members);
    metrics_count(METRIC_WORKED, WORKED_SETTLED, (int64_t)(s->n_members - refused));
    metrics_count(METRIC_WORKED, WORKED_REFUSED, (int64_t)refused);
    for (unsigned o = OUTCOME_NEW; o <= OUTCOME_REFUSED; o++)
        metrics_count(METRIC_RECORDS, o, s->closed[o]);
}

static void worked(Work *w, const Claimed *c)
{
    const Settling *s = w->s;
    char records[24], envelopes[24];
    patience_worked(w->patience, c->lock);
    count_worked(s, clock_now(&w->g->clock));
    snprintf(records, sizeof records, "%u", s->seq);
    snprintf(envelopes, sizeof envelopes, "%zu", s->n_members);
    log_event(LOG_INFO, "worked", "delivery", s->c->at[0].id, "party", s->c->bin, "feed", s->c->feed, "deliveries", envelopes, "records", records, NULL);
    for (size_t i = 0; i < s->n_members; i++)
        if (s->member[i].refused_code)
            log_event(LOG_INFO, "refused_whole", "delivery", s->member[i].e->id, "code", s->member[i].refused_code, NULL);
}

/* The world was wrong, not the envelope: the attempt does not count towards setting it aside. When it cannot be taken back now, it is before anything else is done. */
static void uncount(Work *w, const Claimed *c)
{
    Error late = {0};
    if (!inbox_uncount(w->parts, c, &late))
        return;
    log_event(LOG_WARNING, "uncount_failed", "error", late.text, NULL);
    arena_reset(w->owing);
    w->owed = *c;
    w->owed.feed = arena_printf(w->owing, "%s", c->feed);
    w->owed.at = arena_alloc(w->owing, c->n * sizeof *c->at);
    for (size_t i = 0; i < c->n; i++)
        w->owed.at[i].number = c->at[i].number;
    w->owes = true;
}

static Rc repay(Work *w, Error *err)
{
    bool done;
    if (!w->owes)
        return RC_OK;
    if (inbox_uncount_late(w->db, &w->owed, &done, err))
        return err->rc;
    w->owes = !done;
    return RC_OK;
}

/* A settlement costs much the same for one small delivery as for a hundred. After a small one the worker rests as long as it took, so that under load the next one
   gathers more; one of many records is followed at once. */
static void gather_more(const Settling *s, Instant took)
{
    enum { MOST_US = 20000, FEW_RECORDS = 64 };
    if (s->seq < FEW_RECORDS && took < 2 * MOST_US)
        nanosleep(&(struct timespec){ 0, (took < MOST_US ? (long)took : MOST_US) * 1000 }, NULL);
}

/* Together they are too much for one settlement: those that fit go on, the others go back to the queue as they were. If not even the first fits among others,
   it is filled anew by itself. */
static Rc those_that_fit(Work *w, Claimed *c, Error *err)
{
    size_t fit = w->s->n_members;
    Claimed others = *c;
    others.at += fit ? fit : 1;
    others.n -= fit ? fit : 1;
    if (inbox_uncount(w->parts, &others, err))
        return err->rc;
    c->n -= others.n;
    if (fit)
        return RC_OK;
    settling_begin(w->s, c);
    return fill(w->s, err);
}

static Rc work_claimed(Work *w, Claimed *c, Error *err)
{
    settling_begin(w->s, c);
    Rc rc = fill(w->s, err);
    if (rc == RC_END)
        rc = those_that_fit(w, c, err);
    return rc ? rc : settle(w->s, err);
}

/* Only this party and feed rest; the next step may have others to work. */
static void failed(Work *w, const Claimed *c, Rc rc, const Error *err)
{
    char rest[24];
    snprintf(rest, sizeof rest, "%ld", patience_failed(w->patience, c->lock));
    metrics_count(METRIC_WORK_FAILURES, rc == RC_RETRY ? FAILURE_RETRY : FAILURE_FAULT, 1);
    log_event(LOG_WARNING, "delivery_failed", "delivery", c->at[0].id, "party", c->bin, "feed", c->feed, "again_ms", rest, "error", err->text, NULL);
    if (rc == RC_RETRY)
        uncount(w, c);
}

static size_t bytes_of(const Claimed *c)
{
    size_t sum = 0;
    for (size_t i = 0; i < c->n; i++)
        sum += c->at[i].kept_bytes;
    return sum;
}

Rc work_step(void *work, Error *err)
{
    Work *w = work;
    Claimed c;
    Instant begun = clock_now(&w->g->clock);
    arena_reset(w->claimed);
    Rc rc = repay(w, err) ? err->rc : inbox_claim(w->db, w->g->vault, w->claimed, &w->resting, &c, err);
    if (rc == RC_END) {
        heap_rest();
        bell_wait(w->g->bell, IDLE_MS);
    }
    if (rc)
        return rc;
    rc = work_claimed(w, &c, err);
    if (rc)
        failed(w, &c, rc, err);
    else
        worked(w, &c);
    inbox_release(w->db, &c);
    heap_worked(bytes_of(&c));
    gather_more(w->s, clock_now(&w->g->clock) - begun);
    return RC_OK;
}

Rc sweep_step(void *desk, Error *err)
{
    Desk *d = desk;
    int removed;
    refusals_write(d, false);
    turned_away_write(d);
    Instant age = (Instant)d->g->config->upload_hours * 3600 * 1000000;
    if (inbox_sweep(d->db, clock_now(&d->g->clock) - age, &removed, err))
        return err->rc;
    return RC_END;
}
