#include "adapters/http_inside.h"
#include "gateway/base/log.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

void strangers_start(Strangers *s)
{
    pthread_mutex_init(&s->lock, NULL);
    s->ring.next = s->ring.previous = &s->ring;
}

void strangers_stop(Strangers *s) { pthread_mutex_destroy(&s->lock); }

static void ring_leave(Strangers *s, Stranger *one)
{
    if (!one->next)
        return;
    one->previous->next = one->next;
    one->next->previous = one->previous;
    one->next = one->previous = NULL;
    s->held -= one->held;
    one->held = 0;
}

static void ring_join(Strangers *s, Stranger *one)
{
    one->previous = s->ring.previous;
    one->next = &s->ring;
    one->previous->next = one;
    s->ring.previous = one;
}

static Stranger *longest_here(const Strangers *s, bool holding)
{
    for (Stranger *one = s->ring.next; one != &s->ring; one = one->next)
        if (!holding || one->held)
            return one;
    return NULL;
}

/* The connection's own thread sees the end and closes; until then the descriptor is good, for notify waits for our lock. */
static void send_away(Strangers *s, Stranger *one)
{
    ring_leave(s, one);
    one->sent_away = true;
    s->leaving++;
    metrics_count(METRIC_CROWDED, 0, 1);
    s->unreported++;
    (void)shutdown(one->fd, SHUT_RDWR);
}

static void make_room(Strangers *s)
{
    Stranger *one;
    while (s->connections - s->leaving > STRANGERS_MOST && (one = longest_here(s, false)))
        send_away(s, one);
    while (s->held > STRANGERS_HOLD && (one = longest_here(s, true)))
        send_away(s, one);
}

/* Called without the lock. */
static void report(Strangers *s)
{
    enum { EACH_MS = 10000 };
    char n[16];
    int64_t now = monotonic_ms();
    pthread_mutex_lock(&s->lock);
    bool due = s->unreported && now >= s->reported + EACH_MS;
    snprintf(n, sizeof n, "%u", s->unreported);
    if (due) {
        s->reported = now;
        s->unreported = 0;
    }
    pthread_mutex_unlock(&s->lock);
    if (due)
        log_event(LOG_WARNING, "crowded", "sent_away", n, NULL);
}

static Stranger *stranger_new(struct MHD_Connection *c)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
    Stranger *one = calloc(1, sizeof *one);
    if (!one)
        abort();
    one->fd = info ? info->connect_fd : -1;
    return one;
}

void strangers_notify(void *strangers, struct MHD_Connection *c, void **slot, enum MHD_ConnectionNotificationCode what)
{
    Strangers *s = strangers;
    Stranger *one = what == MHD_CONNECTION_NOTIFY_STARTED ? stranger_new(c) : *slot;
    pthread_mutex_lock(&s->lock);
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        *slot = one;
        s->connections++;
        metrics_count(METRIC_CONNECTIONS, 0, 1);
        metrics_count(METRIC_CONNECTIONS_OPEN, 0, 1);
        ring_join(s, one);
        make_room(s);
    } else {
        ring_leave(s, one);
        s->connections--;
        metrics_count(METRIC_CONNECTIONS_OPEN, 0, -1);
        s->leaving -= one->sent_away;
        free(one);
    }
    pthread_mutex_unlock(&s->lock);
    report(s);
}

Stranger *stranger_of(struct MHD_Connection *c)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

void stranger_holds(Strangers *s, Stranger *one, size_t bytes)
{
    pthread_mutex_lock(&s->lock);
    bool grows = one->next && bytes > one->held;
    if (one->next) {
        s->held += bytes - one->held;
        one->held = bytes;
    }
    if (grows)
        make_room(s);
    pthread_mutex_unlock(&s->lock);
    if (grows)
        report(s);
}

void stranger_known(Strangers *s, Stranger *one)
{
    pthread_mutex_lock(&s->lock);
    ring_leave(s, one);
    pthread_mutex_unlock(&s->lock);
}

void stranger_again(Strangers *s, Stranger *one)
{
    pthread_mutex_lock(&s->lock);
    if (!one->sent_away) {
        ring_leave(s, one);
        ring_join(s, one);
    }
    pthread_mutex_unlock(&s->lock);
}
