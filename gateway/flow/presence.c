#include "gateway/flow/presence.h"
#include "persistence/presence.h"
#include "persistence/vault.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { TELL_SECONDS = 5 };

struct Presence {
    pthread_mutex_t lock;
    DoorPlace       doors;                             /* a ring; behind: the oldest */
    char            process[ID_SIZE];
    Instant         minute, told;                      /* of the station's thread alone */
};

Presence *presence_new(void)
{
    Presence *p = calloc(1, sizeof *p);
    if (!p)
        abort();
    pthread_mutex_init(&p->lock, NULL);
    p->doors.before = p->doors.behind = &p->doors;
    random_uuid(p->process);
    return p;
}

void presence_free(Presence **p)
{
    if (!*p)
        return;
    pthread_mutex_destroy(&(*p)->lock);
    free(*p);
    *p = NULL;
}

void presence_in(Presence *p, DoorPlace *d, Instant now)
{
    pthread_mutex_lock(&p->lock);
    *d = (DoorPlace){ p->doors.before, &p->doors, now };
    d->before->behind = d;
    p->doors.before = d;
    pthread_mutex_unlock(&p->lock);
}

void presence_out(Presence *p, DoorPlace *d)
{
    pthread_mutex_lock(&p->lock);
    d->before->behind = d->behind;
    d->behind->before = d->before;
    pthread_mutex_unlock(&p->lock);
}

Instant presence_oldest(Presence *p)
{
    pthread_mutex_lock(&p->lock);
    Instant since = p->doors.behind == &p->doors ? 0 : p->doors.behind->since;
    pthread_mutex_unlock(&p->lock);
    return since;
}

static Rc heartbeat(Desk *d, Presence *p, Instant minute, Instant now, Error *err)
{
    char text[256], at[INSTANT_TEXT], of[INSTANT_TEXT];
    unsigned char signature[64];
    int n = snprintf(text, sizeof text, HEARTBEAT_TEXT, instant_text(minute, of), p->process, instant_text(now, at));
    vault_sign(d->g->vault, text, (size_t)n, signature);
    return heartbeat_write(d->db, minute, p->process, now, signature, err);
}

Rc presence_tell(Desk *d, Error *err)
{
    Presence *p = d->g->presence;
    Instant now = clock_now(&d->g->clock), minute = now - now % 60000000;
    if (minute != p->minute && heartbeat(d, p, minute, now, err))
        return err->rc;
    p->minute = minute;
    bool soon = now >= p->told && now < p->told + TELL_SECONDS * 1000000ll;
    if (soon)
        return RC_OK;
    /* The oldest is asked first: what opens meanwhile began after `now`. */
    if (process_write(d->db, p->process, now, presence_oldest(p), err))
        return err->rc;
    p->told = now;
    return RC_OK;
}

Rc presence_end(Desk *d, Error *err) { return process_end(d->db, d->g->presence->process, err); }
