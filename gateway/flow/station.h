/* A station: a step repeated until the process stops. */
#pragma once
#include "gateway/base/error.h"
#include <stdatomic.h>
#include <stdbool.h>

typedef struct {
    const char *name;
    Rc        (*step)(void *self, Error *err);   /* one piece of work; RC_END when there is none */
    void       *self;
    long        idle_ms;                         /* how long to rest when there is none */
} Station;

/* Returns when *stopping is set, or sets it on RC_FATAL. Logs failures, once each. */
void station_run(const Station *s, atomic_bool *stopping);
