#include "gateway/flow/turned_away.h"
#include "gateway/base/log.h"
#include "gateway/flow/door.h"
#include "persistence/inbox.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct { Instant minute; int party; char feed[FEED_SIZE]; int64_t n; } Attempts;

struct TurnedAway {
    pthread_mutex_t lock;
    Attempts        at[TURNED_AWAY_MOST];
    size_t          n;
    int64_t         lost;              /* found no place */
};

TurnedAway *turned_away_new(void)
{
    TurnedAway *t = calloc(1, sizeof *t);
    if (!t)
        abort();
    pthread_mutex_init(&t->lock, NULL);
    return t;
}

void turned_away_free(TurnedAway **t)
{
    if (*t)
        pthread_mutex_destroy(&(*t)->lock);
    free(*t);
    *t = NULL;
}

static void add(TurnedAway *t, const Attempts *a)
{
    size_t i = 0;
    while (i < t->n && (t->at[i].party != a->party || t->at[i].minute != a->minute || strcmp(t->at[i].feed, a->feed) != 0))
        i++;
    if (i < t->n)
        t->at[i].n += a->n;
    else if (t->n < TURNED_AWAY_MOST)
        t->at[t->n++] = *a;
    else
        t->lost += a->n;
}

void turned_away_note(TurnedAway *t, int party, const char *feed, Instant now)
{
    Attempts a = { .minute = now - now % 60000000, .party = party, .n = 1 };
    snprintf(a.feed, sizeof a.feed, "%s", feed);
    pthread_mutex_lock(&t->lock);
    add(t, &a);
    pthread_mutex_unlock(&t->lock);
}

/* After an outage the connection is known to be dead only once it was tried. */
static Rc write_one(Desk *d, const Attempts *a)
{
    Error first = {0}, err = {0};
    Rc rc = attempts_write(d->db, a->party, a->feed, a->minute, a->n, &first);
    return rc ? attempts_write(d->db, a->party, a->feed, a->minute, a->n, &err) : RC_OK;
}

void turned_away_write(Desk *d)
{
    TurnedAway *t = d->g->turned_away;
    Attempts a;
    char lost[24];
    pthread_mutex_lock(&t->lock);
    snprintf(lost, sizeof lost, "%lld", (long long)t->lost);
    t->lost = 0;
    size_t left = t->n;
    pthread_mutex_unlock(&t->lock);
    if (*lost != '0')
        log_event(LOG_WARNING, "turned_away_lost", "n", lost, NULL);
    for (; left; left--) {
        pthread_mutex_lock(&t->lock);
        a = t->at[--t->n];
        pthread_mutex_unlock(&t->lock);
        if (!write_one(d, &a))
            continue;
        pthread_mutex_lock(&t->lock);
        add(t, &a);
        pthread_mutex_unlock(&t->lock);
        return;
    }
}

void door_turned_away(const Gateway *g, const Sender *who, const Door *door, const char *feed, const Error *why)
{
    const char *said = door && door->feed ? door->feed->code : feed && feeds_find(g->feeds, feed) ? feed : "";
    if (why->rc == RC_RETRY && who->party > 0)
        turned_away_note(g->turned_away, who->party, said, clock_now(&g->clock));
}
