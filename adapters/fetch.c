#include "adapters/fetch.h"
#include "adapters/fetch_inside.h"
#include "gateway/base/log.h"
#include "gateway/model/metrics.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const Instant second = 1000000;
enum { LONGEST_PAUSE = 3600, NAME_MOST = 128 };

struct Fetches {
    const Gateway     *g;
    Desk              *desk;
    FetchHttp         *http;
    const atomic_bool *stopping;
    const Pull        *pulls;
    size_t             n, next;
    int64_t            ours;            /* a run whose attempt the database interrupted: the next one is not counted against it; 0: none */
};

Fetches *fetches_new(const Gateway *g, const atomic_bool *stopping)
{
    Fetches *f = calloc(1, sizeof *f);
    if (!f)
        abort();
    *f = (Fetches){ .g = g, .desk = desk_new(g), .http = fetch_http_new(stopping), .stopping = stopping };
    f->pulls = pulls(g, &f->n);
    return f;
}

void fetches_free(Fetches **f)
{
    if (!*f)
        return;
    fetch_http_free(&(*f)->http);
    desk_free(&(*f)->desk);
    free(*f);
    *f = NULL;
}

static Instant now_of(const Fetches *f) { return clock_now(door_settings(f->g)->clock); }
static bool is_stopping(const Fetches *f) { return f->stopping && atomic_load(f->stopping); }

static void attempt_end(Attempt *a) { door_drop(a->desk, &a->door); }

static Rc attempt_begin(Attempt *a, Error *err)
{
    char lang[3];
    Rc rc = sender_by_source(a->desk, a->p->party, "fetch", &a->who, lang, err);
    if (rc)
        return rc == RC_END ? error_refuse(err, "fetch_party", a->p->party, NULL, NULL) : rc;
    a->o = (Opening){ .mapping = a->p->mapping, .service = a->p->soap ? a->p->soap->service : NULL };
    snprintf(a->o.claim.feed, sizeof a->o.claim.feed, "%s", a->p->feed);
    snprintf(a->o.claim.period, sizeof a->o.claim.period, "%s", a->run.period);
    snprintf(a->o.claim.kind, sizeof a->o.claim.kind, "%s", a->p->kind);
    a->first_byte = clock_now(door_settings(a->g)->clock);
    return fetch_http_headers(a->http, a->p, err);
}

/* No message id: the same content as that of the latest delivery is a repeat, whichever run brings it. What a crash leaves undecided is found by the id that
   is written down before. */
static Rc attempt_keep(Attempt *a, Receipt *r, Error *err)
{
    Meta m = { .source = "fetch", .sender_date = a->sender_date, .first_byte = a->first_byte, .last_byte = clock_now(door_settings(a->g)->clock) };
    return run_intend(a->desk, &a->run, door_id(a->door), err) || door_keep(a->desk, a->door, &m, r, err) ? err->rc : RC_OK;
}

static Rc attempt(Attempt *a, Receipt *r, Error *err)
{
    if (attempt_begin(a, err))
        return err->rc;
    return (a->p->source == PULL_REST ? fetch_rest : fetch_soap)(a, err) || attempt_keep(a, r, err) ? err->rc : RC_OK;
}

/* What may be otherwise next time. What the door refuses it will refuse again. */
static bool may_pass(const Attempt *a, const Error *err)
{
    static const char *const lasting[] = { "fetch_redirect", "fetch_too_large", "fetch_too_many_pages", "fetch_secret", "fetch_party" };
    if (strncmp(err->code, "fetch_", 6))
        return false;
    if (strcmp(err->code, "fetch_http") == 0)
        return a->status >= 500 || a->status == 408 || a->status == 425 || a->status == 429;
    for (size_t i = 0; i < sizeof lasting / sizeof *lasting; i++)
        if (strcmp(err->code, lasting[i]) == 0)
            return false;
    return true;
}

static int64_t pause_seconds(const Pull *p, int attempts)
{
    int64_t s = p->retry_seconds;
    for (int i = 1; i < attempts && s < LONGEST_PAUSE; i++)
        s *= 2;
    return s < LONGEST_PAUSE ? s : LONGEST_PAUSE;
}

static void note(const Attempt *a, const FetchReport *r)
{
    char run[24], attempts[16], pages[16], bytes[24], status[16];
    bool good = !r->code;
    snprintf(run, sizeof run, "%" PRId64, a->run.id);
    snprintf(attempts, sizeof attempts, "%d", a->run.attempt);
    snprintf(pages, sizeof pages, "%u", r->pages);
    snprintf(bytes, sizeof bytes, "%" PRIu64, r->bytes);
    snprintf(status, sizeof status, "%u", r->http_status);
    log_event(good ? LOG_INFO : LOG_WARNING, "fetched", "fetch", a->p->name, "run", run, "state", r->state, "attempt", attempts, "pages", pages, "bytes", bytes, "status", status,
              good ? "delivery" : "code", good ? r->delivery : r->code, NULL);
}

/* Stopped on the way: the run waits for whoever comes next. */
static void put_back(FetchReport *r, Instant now)
{
    r->state = "waiting";
    r->again = now;
}

static Rc conclude(Fetches *f, Attempt *a, Rc rc, const Receipt *got, const Error *why, Fetched *out, Error *err)
{
    FetchReport r = { .state = "failed", .code = rc ? why->code : NULL, .bytes = a->bytes, .pages = a->pages, .http_status = a->status };
    if (rc == RC_OK) {
        r.state = got->repeat ? "repeat" : "kept";
        r.delivery = got->id;
        *out = (Fetched){ .number = got->number, .repeat = got->repeat, .attempts = a->run.attempt };
        memcpy(out->delivery, got->id, sizeof out->delivery);
    } else if (strcmp(why->code, "fetch_stopped") == 0) {
        put_back(&r, now_of(f));
    } else if (strncmp(why->code, "fetch_", 6)) {
        r.state = "refused";
        count_refused("fetch", why);
        door_refused(a->desk, &a->who, "fetch", why);
    } else if (may_pass(a, why) && a->run.attempt < (int)a->p->attempts) {
        r.state = "waiting";
        r.again = now_of(f) + pause_seconds(a->p, a->run.attempt) * second;
    }
    note(a, &r);
    return run_report(a->desk, &a->run, &r, err);
}

/* One attempt of a run that has begun. RC_OK: it is recorded how it ended; *why: 0 or the refusal. */
static Rc attempt_run(Fetches *f, const Pull *p, const FetchRun *run, Fetched *out, Error *why, Error *err)
{
    SCOPED(attempt_end) Attempt a = { .g = f->g, .desk = f->desk, .http = f->http, .p = p, .run = *run };
    Receipt r;
    *why = (Error){0};
    Rc rc = attempt(&a, &r, why);
    if (rc == RC_RETRY) {                  /* ours, not the source's: the run is found running, and goes on */
        f->ours = run->id;
        count_refused("fetch", why);
        *err = *why;
        return rc;
    }
    if (rc == RC_FATAL) {
        log_event(LOG_ERROR, "fetch_failed", "fetch", p->name, "error", why->text, NULL);
        error_refuse(why, "internal", NULL, NULL, NULL);
        rc = RC_REJECT;
    }
    why->rc = rc;
    return conclude(f, &a, rc, &r, why, out, err);
}

/* Attempts that ended without a word count too: a run may not take the process with it for ever. */
static Rc exhausted(Fetches *f, const Pull *p, const FetchRun *run, Error *err)
{
    Attempt a = { .p = p, .run = *run };
    FetchReport r = { .state = "failed", .code = "fetch_interrupted" };
    note(&a, &r);
    return run_report(f->desk, run, &r, err);
}

static Rc pull_work(Fetches *f, const Pull *p, Error *err)
{
    FetchRun run;
    Fetched out;
    Error why;
    Rc rc = run_tidy(f->desk, p, err);
    Instant due = pull_due(f->g, p, now_of(f));
    if (!rc)
        rc = run_due(f->desk, p, due, err);
    if (rc == RC_OK || rc == RC_END)
        rc = run_take(f->desk, p, &run, err);
    if (rc)
        return rc;
    bool counted = f->ours != run.id;
    f->ours = 0;
    if (run.attempt > (int)p->attempts && counted)
        return exhausted(f, p, &run, err);
    return attempt_run(f, p, &run, &out, &why, err);
}

static void lock_name(const Pull *p, char out[NAME_MOST]) { snprintf(out, NAME_MOST, "fetch %.100s", p->name); }

/* Under its lock. RC_END: nothing is due, or another process is at it. */
static Rc pull_step(Fetches *f, const Pull *p, Error *err)
{
    char lock[NAME_MOST];
    bool held;
    Error late;
    lock_name(p, lock);
    if (desk_hold(f->desk, lock, &held, err))
        return err->rc;
    if (!held)
        return RC_END;
    Rc rc = pull_work(f, p, err);
    Rc released = desk_release(f->desk, lock, rc ? &late : err);
    return rc ? rc : released;
}

Rc fetches_step(void *fetches, Error *err)
{
    Fetches *f = fetches;
    for (size_t tried = 0; tried < f->n && !is_stopping(f); tried++) {
        const Pull *p = &f->pulls[f->next];
        f->next = (f->next + 1) % f->n;
        Rc rc = p->schedule ? pull_step(f, p, err) : RC_END;
        if (rc != RC_END)
            return rc;
    }
    return RC_END;
}

static void wait_seconds(const Fetches *f, int64_t seconds)
{
    for (int64_t i = 0; i < 10 * seconds && !is_stopping(f); i++)
        nanosleep(&(struct timespec){ 0, 100 * 1000 * 1000 }, NULL);
}

static Rc attempts(Fetches *f, const Pull *p, FetchRun *run, Fetched *out, Error *err)
{
    Error why;
    for (;;) {
        if (attempt_run(f, p, run, out, &why, err))
            return err->rc;
        if (why.rc == RC_OK)
            return RC_OK;
        Attempt last = { .status = (unsigned)strtoul(why.arg[0], NULL, 10) };        /* of fetch_http */
        if (!may_pass(&last, &why) || run->attempt >= (int)p->attempts) {
            *err = why;
            return why.rc;
        }
        wait_seconds(f, pause_seconds(p, run->attempt));
        if (run_again(f->desk, run, err))
            return err->rc;
    }
}

Rc fetch_once(Fetches *f, const Pull *p, const char *period, Fetched *out, Error *err)
{
    char lock[NAME_MOST], about[PERIOD_SIZE];
    bool held;
    FetchRun run;
    Error late;
    lock_name(p, lock);
    if (pull_period(f->g, p, period, now_of(f), about, err) || desk_hold(f->desk, lock, &held, err))
        return err->rc;
    if (!held)
        return error_refuse(err, "fetch_busy", p->name, NULL, NULL);
    Rc rc = run_tidy(f->desk, p, err);
    if (!rc)
        rc = run_new(f->desk, p, about, &run, err);
    if (!rc)
        rc = attempts(f, p, &run, out, err);
    Rc released = desk_release(f->desk, lock, &late);
    (void)released;                        /* the lock ends with the process too */
    return rc;
}
