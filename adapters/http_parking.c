#include "adapters/http_inside.h"
#include <stdlib.h>
#include <time.h>

enum { ASK_AT_ONCE = 256, ASK_FIRST_MS = 5, ASK_LAST_MS = 20 };

typedef struct { Exchange *x[ASK_AT_ONCE]; const char *id[ASK_AT_ONCE]; bool done[ASK_AT_ONCE]; size_t n; } Round;

/* The first so many, taken off the queue: while the database is asked nobody else needs them. */
static bool round_take(Parking *p, Round *r)
{
    *r = (Round){0};
    pthread_mutex_lock(&p->lock);
    while (!p->queue.first && !p->stopping)
        pthread_cond_wait(&p->wake, &p->lock);
    for (Exchange *x; r->n < ASK_AT_ONCE && (x = queue_take(&p->queue)); r->n++) {
        r->x[r->n] = x;
        r->id[r->n] = x->delivery;
    }
    pthread_mutex_unlock(&p->lock);
    return r->n;
}

static bool round_over(Parking *p, Round *r)
{
    int64_t now = monotonic_ms();
    bool any = false;
    pthread_mutex_lock(&p->lock);
    for (size_t i = 0; i < r->n; i++) {
        Exchange *x = r->x[i];
        if (!r->done[i] && !p->hurry && now < x->park_until) {
            queue_add(&p->queue, x);
            continue;
        }
        any = true;
        metrics_count(METRIC_PARKED, 0, -1);
        x->park_done = r->done[i];
        x->job = JOB_PARKED;
        pool_push(&p->server->pool, x);
    }
    pthread_mutex_unlock(&p->lock);
    return any;
}

static void pause_ms(unsigned ms)
{
    struct timespec t = { 0, (long)ms * 1000000 };
    nanosleep(&t, NULL);
}

static void *waiter(void *parking)
{
    Parking *p = parking;
    Desk *desk = desk_new(p->server->g);
    Round *r = calloc(1, sizeof *r);
    if (!r)
        abort();
    unsigned ms = ASK_FIRST_MS;
    while (round_take(p, r)) {
        Error err = {0};
        if (deliveries_done(desk, r->id, r->n, r->done, &err))
            for (size_t i = 0; i < r->n; i++)
                r->done[i] = false;            /* the receipt alone will do */
        ms = round_over(p, r) ? ASK_FIRST_MS : ms + 1 > ASK_LAST_MS ? ASK_LAST_MS : ms + 1;
        pause_ms(ms);
    }
    free(r);
    desk_free(&desk);
    return NULL;
}

void parking_start(Parking *p, HttpServer *s)
{
    p->server = s;
    p->queue.last = &p->queue.first;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->wake, NULL);
    if (pthread_create(&p->thread, NULL, waiter, p))
        abort();
}

void parking_add(Parking *p, Exchange *x)
{
    x->park_until = monotonic_ms() + x->park_ms;
    metrics_count(METRIC_PARKED, 0, 1);
    pthread_mutex_lock(&p->lock);
    queue_add(&p->queue, x);
    pthread_cond_signal(&p->wake);
    pthread_mutex_unlock(&p->lock);
}

void parking_hurry(Parking *p)
{
    pthread_mutex_lock(&p->lock);
    p->hurry = true;
    pthread_mutex_unlock(&p->lock);
}

void parking_stop(Parking *p)
{
    pthread_mutex_lock(&p->lock);
    p->stopping = true;
    pthread_cond_broadcast(&p->wake);
    pthread_mutex_unlock(&p->lock);
    pthread_join(p->thread, NULL);
    pthread_cond_destroy(&p->wake);
    pthread_mutex_destroy(&p->lock);
}
