/* ThreadSanitizer knows POSIX threads only, and dies in one that C11's thrd_create began, as librdkafka's are. A program this is a part of (preset tsan) has the former
   for the latter, its libraries too: glibc has the same structures for both. */
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <threads.h>
#include <errno.h>

_Static_assert(sizeof(mtx_t) == sizeof(pthread_mutex_t) && sizeof(cnd_t) == sizeof(pthread_cond_t) && sizeof(thrd_t) == sizeof(pthread_t), "other structures");

typedef struct { thrd_start_t run; void *self; } Start;

static int said(int error) { return error == 0 ? thrd_success : error == EBUSY ? thrd_busy : error == ETIMEDOUT ? thrd_timedout : error == ENOMEM ? thrd_nomem : thrd_error; }

static void *start(void *what)
{
    Start s = *(Start *)what;
    free(what);
    return (void *)(intptr_t)s.run(s.self);
}

int thrd_create(thrd_t *out, thrd_start_t run, void *self)
{
    Start *s = malloc(sizeof *s);
    if (!s)
        return thrd_nomem;
    *s = (Start){ run, self };
    int error = pthread_create(out, NULL, start, s);
    if (error)
        free(s);
    return said(error);
}

int thrd_join(thrd_t t, int *result)
{
    void *end = NULL;
    int error = pthread_join(t, &end);
    if (!error && result)
        *result = (int)(intptr_t)end;
    return said(error);
}

int thrd_detach(thrd_t t) { return said(pthread_detach(t)); }
int mtx_init(mtx_t *m, int type)
{
    pthread_mutexattr_t a;
    pthread_mutexattr_init(&a);
    pthread_mutexattr_settype(&a, type & mtx_recursive ? PTHREAD_MUTEX_RECURSIVE : PTHREAD_MUTEX_NORMAL);
    int error = pthread_mutex_init((pthread_mutex_t *)m, &a);
    pthread_mutexattr_destroy(&a);
    return said(error);
}
int mtx_lock(mtx_t *m) { return said(pthread_mutex_lock((pthread_mutex_t *)m)); }
int mtx_trylock(mtx_t *m) { return said(pthread_mutex_trylock((pthread_mutex_t *)m)); }
int mtx_unlock(mtx_t *m) { return said(pthread_mutex_unlock((pthread_mutex_t *)m)); }
void mtx_destroy(mtx_t *m) { pthread_mutex_destroy((pthread_mutex_t *)m); }
int cnd_init(cnd_t *c) { return said(pthread_cond_init((pthread_cond_t *)c, NULL)); }
int cnd_signal(cnd_t *c) { return said(pthread_cond_signal((pthread_cond_t *)c)); }
int cnd_broadcast(cnd_t *c) { return said(pthread_cond_broadcast((pthread_cond_t *)c)); }
int cnd_wait(cnd_t *c, mtx_t *m) { return said(pthread_cond_wait((pthread_cond_t *)c, (pthread_mutex_t *)m)); }
int cnd_timedwait(cnd_t *c, mtx_t *m, const struct timespec *until) { return said(pthread_cond_timedwait((pthread_cond_t *)c, (pthread_mutex_t *)m, until)); }
void cnd_destroy(cnd_t *c) { pthread_cond_destroy((pthread_cond_t *)c); }
void call_once(once_flag *flag, void (*run)(void)) { pthread_once((pthread_once_t *)flag, run); }
