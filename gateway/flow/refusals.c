#include "gateway/flow/refusals.h"
#include "gateway/base/log.h"
#include "persistence/audit.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SOURCES = 16 };
static const Instant minute = 60ll * 1000000;

typedef struct { char name[24]; Instant since; unsigned written, left_out; } Source;

struct Refusals {
    pthread_mutex_t lock;
    Source          at[SOURCES];       /* the last one stands for all that found no place */
    size_t          n;
};

Refusals *refusals_new(void)
{
    Refusals *r = calloc(1, sizeof *r);
    if (!r)
        abort();
    pthread_mutex_init(&r->lock, NULL);
    return r;
}

void refusals_free(Refusals **r)
{
    if (*r)
        pthread_mutex_destroy(&(*r)->lock);
    free(*r);
    *r = NULL;
}

void audit_quietly(Desk *d, const char *actor, const char *act, const char *subject, const char *detail)
{
    Error late = {0};
    if (audit_add(d->db, clock_now(&d->g->clock), actor, act, subject, detail, &late))
        log_event(LOG_WARNING, "audit_failed", "error", late.text, NULL);
}

static Source *source_of(Refusals *r, const char *name)
{
    size_t i = 0;
    while (i < r->n && strcmp(r->at[i].name, name))
        i++;
    if (i < r->n)
        return &r->at[i];
    if (r->n == SOURCES)
        return &r->at[SOURCES - 1];
    snprintf(r->at[r->n].name, sizeof r->at->name, "%s", name);
    return &r->at[r->n++];
}

static bool is_over(const Source *s, Instant now) { return now >= s->since + minute || now < s->since; }

/* Takes what is to be written of a source: its name and count, when there is one. */
static unsigned take_count(Source *s, char name[sizeof s->name])
{
    unsigned n = s->left_out;
    memcpy(name, s->name, sizeof s->name);
    s->left_out = 0;
    return n;
}

static void write_count(Desk *d, const char *source, unsigned n)
{
    char text[40];
    if (!n)
        return;
    snprintf(text, sizeof text, "%u more were left out", n);
    audit_quietly(d, "unknown", "refused", source, text);
}

void refusal_note(Desk *d, const char *source, const char *code)
{
    Refusals *r = d->g->refusals;
    Instant now = clock_now(&d->g->clock);
    char name[sizeof r->at->name];
    unsigned earlier = 0;
    pthread_mutex_lock(&r->lock);
    Source *s = source_of(r, source);
    if (is_over(s, now)) {
        earlier = take_count(s, name);
        s->since = now;
        s->written = 0;
    }
    bool writes = s->written < REFUSALS_A_MINUTE;
    s->written += writes;
    s->left_out += !writes;
    pthread_mutex_unlock(&r->lock);
    write_count(d, name, earlier);
    if (writes)
        audit_quietly(d, "unknown", "refused", source, code);
}

void refusals_write(Desk *d, bool all)
{
    Refusals *r = d->g->refusals;
    Instant now = clock_now(&d->g->clock);
    for (size_t i = 0; i < SOURCES; i++) {
        char name[sizeof r->at->name];
        unsigned n = 0;
        pthread_mutex_lock(&r->lock);
        if (i < r->n && (all || is_over(&r->at[i], now)))
            n = take_count(&r->at[i], name);
        pthread_mutex_unlock(&r->lock);
        write_count(d, name, n);
    }
}
