#include "adapters/http_inside.h"
#include "gateway/base/heap.h"
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

typedef struct { Exchange *x; Desk *d; } Turn;

static void state_end(Exchange *x, Desk *d)
{
    void *state = TAKE(x->state);
    if (state)
        x->state_end(state, d);
}

static Rc give(void *self, const char *bytes, size_t n, Error *err)
{
    Turn *t = self;
    (void)err;
    if (t->x->route->body)
        t->x->route->body(t->x, t->d, bytes, n);
    return t->x->answered ? RC_END : RC_OK;
}

static Rc bytes_plain(Exchange *x, Turn *t, Error *err)
{
    char limit[24];
    x->taken += x->in.len;
    if (x->taken <= x->server->settings->max_message)
        return give(t, x->in.at, x->in.len, err);
    snprintf(limit, sizeof limit, "%" PRIu64, x->server->settings->max_message);
    return error_refuse(err, "too_large", limit, NULL, NULL);
}

static Rc step_begin(Exchange *x, Desk *d)
{
    x->begun = true;
    if (x->coding != CODING_NONE && x->has_body)
        x->decoder = decoder_new(x->coding, x->server->settings->max_message);
    if (x->coding != CODING_NONE || exchange_header(x, "Content-Digest"))
        x->digest = digest_new();
    if (x->route->begin)
        x->route->begin(x, d);
    return x->answered ? RC_END : RC_OK;
}

static Rc step_bytes(Exchange *x, Desk *d, Error *err)
{
    Turn t = { x, d };
    if (!x->in.len)
        return RC_OK;
    if (x->digest)
        digest_add(x->digest, x->in.at, x->in.len);
    return x->decoder ? decoder_feed(x->decoder, x->in.at, x->in.len, give, &t, err) : bytes_plain(x, &t, err);
}

static Rc step_end(Exchange *x, Desk *d, Error *err)
{
    if (!x->whole)
        return RC_OK;
    buffer_free(&x->in);
    if (x->decoder && decoder_end(x->decoder, err))
        return err->rc;
    x->route->end(x, d);
    assert(x->answered || x->park_ms);
    return RC_OK;
}

static void job_work(Exchange *x, Desk *d)
{
    Error err = {0};
    Rc rc = RC_OK;
    if (!x->answered)
        rc = (x->begun ? RC_OK : step_begin(x, d));
    if (!rc && !x->answered)
        (void)((rc = step_bytes(x, d, &err)) || (rc = step_end(x, d, &err)));
    if (rc && rc != RC_END && !x->answered)
        exchange_refuse(x, d, &err);
    if (x->answered)
        buffer_free(&x->in);
    else
        buffer_clear(&x->in);
}

static void job_refuse(Exchange *x, Desk *d) { exchange_refuse(x, d, &x->refusal); }

static void job_parked(Exchange *x, Desk *d)
{
    x->park_ms = 0;
    x->route->parked(x, d, x->park_done);
    assert(x->answered);
}

static void job_stream(Exchange *x, Desk *d)
{
    Error err = {0};
    Answer *a = &x->answer;
    a->piece_len = 0;
    a->stream = a->next(x->state, d, &a->piece, &a->piece_len, &err);
    if (a->stream)
        a->piece_len = 0;
}

static void (*const jobs[])(Exchange *, Desk *) = {
    [JOB_WORK] = job_work, [JOB_REFUSE] = job_refuse, [JOB_PARKED] = job_parked, [JOB_STREAM] = job_stream,
};

/* The connection goes back to its event thread; from then on the exchange is not ours. */
static void give_back(Exchange *x)
{
    HttpServer *s = x->server;
    MHD_resume_connection(x->connection);
    pthread_mutex_lock(&s->lock);
    s->handed--;
    pthread_mutex_unlock(&s->lock);
}

void exchange_step(Exchange *x, Desk *d)
{
    if (x->job == JOB_DROP) {
        state_end(x, d);
        exchange_free(x);
        return;
    }
    jobs[x->job](x, d);
    if (x->answered && !x->answer.next) {
        state_end(x, d);
        heap_worked(x->seen);
    }
    if (x->park_ms && !x->answered)
        parking_add(&x->server->parking, x);
    else
        give_back(x);
}
