#include "adapters/http_inside.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LINGER_TICK_MS = 100 };

/* Returns false when this one is over: closed, too long or too much. */
static bool linger_read(Linger *l, unsigned i)
{
    char away[16 * 1024];
    for (;;) {
        ssize_t n = recv(l->at[i].fd, away, sizeof away, MSG_DONTWAIT);
        if (n < 0)
            return (errno == EAGAIN || errno == EINTR) && monotonic_ms() < l->at[i].until;
        if (!n || (size_t)n > l->at[i].left)
            return false;
        l->at[i].left -= (size_t)n;
    }
}

static void linger_round(Linger *l)
{
    for (unsigned i = 0; i < l->n;) {
        if (linger_read(l, i)) {
            i++;
            continue;
        }
        close(l->at[i].fd);
        l->at[i] = l->at[--l->n];
    }
}

static void *lingerer(void *linger)
{
    Linger *l = linger;
    struct pollfd fds[LINGER_MAX];
    for (;;) {
        pthread_mutex_lock(&l->lock);
        while (!l->n && !l->stopping)
            pthread_cond_wait(&l->wake, &l->lock);
        if (l->stopping) {
            pthread_mutex_unlock(&l->lock);
            return NULL;
        }
        linger_round(l);
        unsigned n = l->n;
        for (unsigned i = 0; i < n; i++)
            fds[i] = (struct pollfd){ .fd = l->at[i].fd, .events = POLLIN };
        pthread_mutex_unlock(&l->lock);
        if (n)
            (void)poll(fds, n, LINGER_TICK_MS);       /* only this thread closes them */
    }
}

void linger_start(Linger *l)
{
    pthread_mutex_init(&l->lock, NULL);
    pthread_cond_init(&l->wake, NULL);
    if (pthread_create(&l->thread, NULL, lingerer, l))
        abort();
}

void linger_add(Linger *l, int fd)
{
    int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (own < 0)
        return;
    pthread_mutex_lock(&l->lock);
    bool room = l->n < LINGER_MAX && !l->stopping;
    if (room) {
        l->at[l->n].fd = own;
        l->at[l->n].until = monotonic_ms() + HTTP_DRAIN_MS;
        l->at[l->n++].left = HTTP_DRAIN_BYTES;
        pthread_cond_signal(&l->wake);
    }
    pthread_mutex_unlock(&l->lock);
    if (!room)
        close(own);
}

void linger_stop(Linger *l)
{
    pthread_mutex_lock(&l->lock);
    l->stopping = true;
    pthread_cond_broadcast(&l->wake);
    pthread_mutex_unlock(&l->lock);
    pthread_join(l->thread, NULL);
    while (l->n)
        close(l->at[--l->n].fd);
    pthread_cond_destroy(&l->wake);
    pthread_mutex_destroy(&l->lock);
}
