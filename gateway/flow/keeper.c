#include "gateway/flow/keeper.h"
#include "gateway/base/log.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Two leaders: while one waits for its commit, the other prepares the next. */
enum { LEADERS = 2, AT_ONCE = 64 };

struct Keeper {
    pthread_mutex_t lock;
    pthread_cond_t  decided;
    Keeping        *first, **last;
    unsigned        leaders;
};

Keeper *keeper_new(void)
{
    Keeper *k = calloc(1, sizeof *k);
    if (!k)
        abort();
    pthread_mutex_init(&k->lock, NULL);
    pthread_cond_init(&k->decided, NULL);
    k->last = &k->first;
    return k;
}

void keeper_free(Keeper **k)
{
    free(*k);
    *k = NULL;
}

static void repeat(Keeping *k)
{
    const Precedent *p = &k->k.precedent;
    *k->out = (Receipt){ .number = p->first_number, .json = p->receipt, .json_len = p->receipt_len, .repeat = true };
    memcpy(k->out->id, p->id, sizeof k->out->id);
    log_event(LOG_INFO, "repeat", "delivery", k->out->id, "feed", k->d->a.about.feed, NULL);
}

static void note_kept(const Keeping *k)
{
    char number[24], bytes[24];
    snprintf(number, sizeof number, "%lld", (long long)k->out->number);
    snprintf(bytes, sizeof bytes, "%llu", (unsigned long long)k->d->a.kept_bytes);
    log_event(LOG_INFO, "kept", "delivery", k->out->id, "number", number, "party", k->d->who.bin, "feed", k->d->a.about.feed, "period", k->d->a.about.period,
              "bytes", bytes, NULL);
}

/* Decides what the precedent alone decides; true: this one is to be kept. */
static bool is_new(Keeping *k, Instant now)
{
    const Precedent *p = &k->k.precedent;
    if (p->repeat) {
        repeat(k);
        return false;
    }
    if (p->other_content) {
        k->rc = error_refuse(&k->err, "repeat_other_content", k->k.m->message_id, NULL, NULL);
        return false;
    }
    k->k.committed = now;
    receipt_write(k->d, k->k.m, p->number, now, k->out);
    k->k.receipt = k->out->json;
    k->k.receipt_len = k->out->json_len;
    k->out->repeat = false;
    k->out->wait_ms = p->idle ? *k->d->g->config->answer_wait_ms : 0;
    return true;
}

static Rc keep_all(Desk *desk, Keeping *const *all, size_t n, Error *err)
{
    Keep *keeps[AT_ONCE];
    Keeping *fresh[AT_ONCE];
    size_t m = 0;
    bool ask_idle = *desk->g->config->answer_wait_ms > 0;
    for (size_t i = 0; i < n; i++)
        keeps[i] = &all[i]->k;
    if (inbox_precedents(desk->db, keeps, n, ask_idle, err))
        return err->rc;
    Instant now = clock_now(&desk->g->clock);
    for (size_t i = 0; i < n; i++)
        if (is_new(all[i], now)) {
            fresh[m] = all[i];
            keeps[m++] = &all[i]->k;
        }
    if (m && inbox_keep(desk->db, keeps, m, err))
        return err->rc;
    for (size_t i = 0; i < m; i++)
        if (fresh[i]->k.kept)
            note_kept(fresh[i]);
        else
            fresh[i]->rc = RC_END;
    return RC_OK;
}

/* What one of them brought must not be the others' misfortune: after an error that is not the world's each is tried alone. */
static void turn(Desk *desk, Keeping *const *all, size_t n)
{
    Error err = {0};
    Rc rc = keep_all(desk, all, n, &err);
    if (rc == RC_OK)
        return;
    for (size_t i = 0; i < n; i++) {
        if (rc == RC_FATAL && n > 1)
            turn(desk, &all[i], 1);
        else {
            all[i]->rc = rc;
            all[i]->err = err;
        }
    }
}

static size_t gather(Keeper *keeper, Keeping **out)
{
    size_t n = 0;
    while (n < AT_ONCE && keeper->first) {
        out[n++] = keeper->first;
        keeper->first = keeper->first->next;
    }
    if (!keeper->first)
        keeper->last = &keeper->first;
    return n;
}

static void lead(Keeper *keeper, Desk *desk)
{
    Keeping *all[AT_ONCE];
    size_t n = gather(keeper, all);
    keeper->leaders++;
    pthread_mutex_unlock(&keeper->lock);
    turn(desk, all, n);
    pthread_mutex_lock(&keeper->lock);
    keeper->leaders--;
    for (size_t i = 0; i < n; i++)
        all[i]->done = true;
    pthread_cond_broadcast(&keeper->decided);
}

void keeper_keep(Keeper *keeper, Desk *desk, Keeping *k)
{
    k->rc = RC_OK;
    k->done = false;
    k->next = NULL;
    pthread_mutex_lock(&keeper->lock);
    *keeper->last = k;
    keeper->last = &k->next;
    while (!k->done) {
        if (keeper->first && keeper->leaders < LEADERS)
            lead(keeper, desk);
        else
            pthread_cond_wait(&keeper->decided, &keeper->lock);
    }
    pthread_mutex_unlock(&keeper->lock);
}
