#include "adapters/http_inside.h"
#include <stdlib.h>

void queue_add(Queue *q, Exchange *x)
{
    x->next = NULL;
    *q->last = x;
    q->last = &x->next;
}

Exchange *queue_take(Queue *q)
{
    Exchange *x = q->first;
    if (x && !(q->first = x->next))
        q->last = &q->first;
    return x;
}

static Exchange *pool_pop(Pool *p)
{
    Exchange *x;
    pthread_mutex_lock(&p->lock);
    while (!(x = queue_take(&p->queue)) && !p->stopping)
        pthread_cond_wait(&p->wake, &p->lock);
    pthread_mutex_unlock(&p->lock);
    return x;
}

static void *worker(void *pool)
{
    Pool *p = pool;
    Desk *desk = desk_new(p->server->g);
    for (Exchange *x; (x = pool_pop(p));)
        exchange_step(x, desk);
    desk_free(&desk);
    return NULL;
}

void pool_push(Pool *p, Exchange *x)
{
    pthread_mutex_lock(&p->lock);
    queue_add(&p->queue, x);
    pthread_cond_signal(&p->wake);
    pthread_mutex_unlock(&p->lock);
}

void pool_start(Pool *p, HttpServer *s, unsigned threads)
{
    p->server = s;
    p->n = threads ? threads : 1;
    p->queue.last = &p->queue.first;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->wake, NULL);
    p->thread = calloc(p->n, sizeof *p->thread);
    for (unsigned i = 0; i < p->n; i++)
        if (!p->thread || pthread_create(&p->thread[i], NULL, worker, p))
            abort();
}

void pool_stop(Pool *p)
{
    pthread_mutex_lock(&p->lock);
    p->stopping = true;
    pthread_cond_broadcast(&p->wake);
    pthread_mutex_unlock(&p->lock);
    for (unsigned i = 0; i < p->n; i++)
        pthread_join(p->thread[i], NULL);
    free(p->thread);
    pthread_cond_destroy(&p->wake);
    pthread_mutex_destroy(&p->lock);
}
