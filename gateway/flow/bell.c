#include "gateway/flow/bell.h"
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

struct Bell {
    pthread_mutex_t lock;
    pthread_cond_t  rung;
    unsigned        waiting;        /* rings nobody has answered yet, no more than there may be listeners */
};

enum { RINGS_MOST = 8 };

Bell *bell_new(void)
{
    Bell *b = calloc(1, sizeof *b);
    if (!b)
        abort();
    pthread_mutex_init(&b->lock, NULL);
    pthread_cond_init(&b->rung, NULL);
    return b;
}

void bell_free(Bell **b)
{
    free(*b);
    *b = NULL;
}

void bell_ring(Bell *b)
{
    pthread_mutex_lock(&b->lock);
    b->waiting += b->waiting < RINGS_MOST;
    pthread_cond_signal(&b->rung);
    pthread_mutex_unlock(&b->lock);
}

void bell_wait(Bell *b, long ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += ms % 1000 * 1000000;
    until.tv_sec += ms / 1000 + until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&b->lock);
    bool late = false;
    while (!b->waiting && !late)
        late = pthread_cond_clockwait(&b->rung, &b->lock, CLOCK_MONOTONIC, &until) == ETIMEDOUT;
    b->waiting -= b->waiting > 0;
    pthread_mutex_unlock(&b->lock);
}
