#include "gateway/flow/keeper.h"
#include "gateway/base/log.h"
#include "gateway/flow/bell.h"
#include "gateway/model/metrics.h"
#include "persistence/marks.h"
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Two leaders: while one waits for its commit, the other prepares the next. */
enum { LEADERS = 2, AT_ONCE = 64 };

struct Keeper {
    pthread_mutex_t lock;
    Keeping        *first, **last;
    Desk           *desk[LEADERS];      /* connections of their own, so that few are busy and stay warm */
    bool            taken[LEADERS];
};

Keeper *keeper_new(const Gateway *g)
{
    Keeper *k = calloc(1, sizeof *k);
    if (!k)
        abort();
    pthread_mutex_init(&k->lock, NULL);
    k->last = &k->first;
    for (int i = 0; i < LEADERS; i++)
        k->desk[i] = desk_new(g);
    return k;
}

void keeper_free(Keeper **k)
{
    if (!*k)
        return;
    for (int i = 0; i < LEADERS; i++)
        desk_free(&(*k)->desk[i]);
    free(*k);
    *k = NULL;
}

static void repeat(Keeping *k)
{
    const Precedent *p = &k->k.precedent;
    *k->out = (Receipt){ .number = p->first_number, .json = p->receipt, .json_len = p->receipt_len, .repeat = true };
    memcpy(k->out->id, p->id, sizeof k->out->id);
    count_repeat(k->k.m->source);
    log_event(LOG_INFO, "repeat", "delivery", k->out->id, "feed", k->d->a.about.feed, NULL);
}

static void note_kept(const Keeping *k, Instant now)
{
    char number[24], bytes[24];
    snprintf(number, sizeof number, "%lld", (long long)k->out->number);
    snprintf(bytes, sizeof bytes, "%llu", (unsigned long long)k->d->a.kept_bytes);
    log_event(LOG_INFO, "kept", "delivery", k->out->id, "number", number, "party", k->d->who.bin, "feed", k->d->a.about.feed, "period", k->d->a.about.period,
              "bytes", bytes, NULL);
    count_kept(k->k.m->source, (int64_t)k->d->a.kept_bytes, now - k->k.m->first_byte);
}

/* Who was recognised from memory under an older state of access is looked up again, and may still deliver or not. */
static bool still_may(Desk *desk, Keeping *k, long long access)
{
    Sender *who = &k->d->who;
    if (!who->credential || who->access == access)
        return true;
    k->rc = sender_still(desk, who, access, &k->err) || claim_judge(desk, who, &k->d->a.about, &k->err) ? k->err.rc : RC_OK;
    return k->rc == RC_OK;
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

/* It is not to be kept: a repeat, or refused, which is for whoever asked to know. */
static Rc pass(Desk *desk, const Keeping *k, const Mark *mark, Error *err) { return k->rc ? RC_OK : mark_pass(desk->db, mark, err); }

/* Those that are new are in fresh, *fresh_n of them. */
static Rc keep_fresh(Desk *desk, Keeping *const *all, size_t n, Keeping **fresh, size_t *fresh_n, Error *err)
{
    Keep *keeps[AT_ONCE];
    size_t m = 0;
    long long access;
    bool ask_idle = *desk->g->config->answer_wait_ms > 0;
    for (size_t i = 0; i < n; i++)
        keeps[i] = &all[i]->k;
    if (inbox_precedents(desk->db, keeps, n, ask_idle, &access, err))
        return err->rc;
    Instant now = clock_now(&desk->g->clock);
    for (size_t i = 0; i < n; i++)
        if (still_may(desk, all[i], access) && is_new(all[i], now)) {
            fresh[m] = all[i];
            keeps[m++] = &all[i]->k;
        }
    *fresh_n = m;
    const Mark *mark = all[0]->k.m->mark;
    if (mark && m < n)                  /* the same again, where it comes by itself; of several, somebody else has kept some */
        return n == 1 ? pass(desk, all[0], mark, err) : mark_moved(mark, err);
    return !m ? RC_OK : mark ? inbox_keep_marked(desk->db, keeps, m, err) : inbox_keep(desk->db, keeps, m, err);
}

static Rc keep_all(Desk *desk, Keeping *const *all, size_t n, Error *err)
{
    Keeping *fresh[AT_ONCE];
    size_t m = 0;
    Rc rc = keep_fresh(desk, all, n, fresh, &m, err);
    if (rc || !m)
        inbox_undraw(desk->db);
    if (rc)
        return rc;
    Instant now = clock_now(&desk->g->clock);
    for (size_t i = 0; i < m; i++)
        if (fresh[i]->k.kept) {
            note_kept(fresh[i], now);
            bell_ring(desk->g->bell);
        } else
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

void keeper_keep_marked(Desk *desk, Keeping *const *all, size_t n)
{
    Error err = {0};
    for (size_t i = 0; i < n; i++)
        all[i]->rc = RC_OK;
    Rc rc = keep_all(desk, all, n, &err);
    for (size_t i = 0; rc && i < n; i++) {
        all[i]->rc = rc;
        all[i]->err = err;
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

static int free_place(const Keeper *keeper)
{
    for (int i = 0; i < LEADERS; i++)
        if (!keeper->taken[i])
            return i;
    return -1;
}

/* Under the lock. The turn is the caller's if there is something to keep and a place to do it; -1: somebody else will. */
static int may_lead(Keeper *keeper)
{
    int place = keeper->first ? free_place(keeper) : -1;
    if (place >= 0)
        keeper->taken[place] = true;
    return place;
}

/* Under the lock: a place has become free, and whoever waits longest leads on. */
static void pass_on(Keeper *keeper)
{
    Keeping *next = keeper->first;
    int place = may_lead(keeper);
    if (place < 0)
        return;
    next->place = place;
    sem_post(&next->woken);
}

/* One turn at a place, which is free again afterwards. Each of the others is woken once, by itself: waking all for each turn costs more than keeping does. */
static void lead(Keeper *keeper, Keeping *own)
{
    Keeping *all[AT_ONCE];
    int place = own->place;
    size_t n = gather(keeper, all);
    pthread_mutex_unlock(&keeper->lock);
    turn(keeper->desk[place], all, n);
    pthread_mutex_lock(&keeper->lock);
    keeper->taken[place] = false;
    own->place = -1;
    for (size_t i = 0; i < n; i++) {
        all[i]->done = true;
        if (all[i] != own)
            sem_post(&all[i]->woken);
    }
}

static void wait_turn(Keeper *keeper, Keeping *k)
{
    pthread_mutex_unlock(&keeper->lock);
    while (sem_wait(&k->woken))
        ;
    pthread_mutex_lock(&keeper->lock);
}

void keeper_keep(Keeper *keeper, Keeping *k)
{
    k->rc = RC_OK;
    k->done = false;
    k->next = NULL;
    sem_init(&k->woken, 0, 0);
    pthread_mutex_lock(&keeper->lock);
    *keeper->last = k;
    keeper->last = &k->next;
    k->place = may_lead(keeper);
    while (!k->done)
        if (k->place >= 0)
            lead(keeper, k);
        else
            wait_turn(keeper, k);
    if (k->place >= 0)                  /* asked to lead, but another's turn took us along first */
        keeper->taken[k->place] = false;
    pass_on(keeper);
    pthread_mutex_unlock(&keeper->lock);
    sem_destroy(&k->woken);
}
