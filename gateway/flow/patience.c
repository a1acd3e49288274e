#include "gateway/flow/patience.h"
#include "gateway/base/clock.h"
#include <stdlib.h>

/* More than fail at once are not remembered: the oldest makes room, and is tried too early. */
enum { REMEMBERED = 64, FIRST_MS = 100, LAST_MS = 10 * 1000 };

typedef struct { int64_t who, until; long rest; } Rest;

struct Patience { Rest rest[REMEMBERED]; };

Patience *patience_new(void)
{
    Patience *p = calloc(1, sizeof *p);
    if (!p)
        abort();
    return p;
}

void patience_free(Patience **p)
{
    free(*p);
    *p = NULL;
}

static Rest *find(Patience *p, int64_t who)
{
    for (int i = 0; i < REMEMBERED; i++)
        if (p->rest[i].rest && p->rest[i].who == who)
            return &p->rest[i];
    return NULL;
}

static Rest *oldest(Patience *p)
{
    Rest *r = p->rest;
    for (int i = 1; i < REMEMBERED; i++)
        if (p->rest[i].until < r->until)
            r = &p->rest[i];
    return r;
}

long patience_failed(Patience *p, int64_t who)
{
    Rest *r = find(p, who);
    long rest = r ? r->rest * 2 : FIRST_MS;
    if (!r)
        r = oldest(p);
    *r = (Rest){ who, monotonic_ms() + (rest < LAST_MS ? rest : LAST_MS), rest < LAST_MS ? rest : LAST_MS };
    return r->rest;
}

void patience_worked(Patience *p, int64_t who)
{
    Rest *r = find(p, who);
    if (r)
        *r = (Rest){0};
}

bool patience_rests(void *patience, int64_t who)
{
    const Rest *r = find(patience, who);
    return r && monotonic_ms() < r->until;
}
