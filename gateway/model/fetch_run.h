/* A run of a fetch: all attempts to get one delivery from a supplier's system, until one ends it. */
#pragma once
#include "gateway/model/envelope.h"

typedef struct {
    int64_t id;
    int     attempt;                    /* 1, 2, … */
    char    period[PERIOD_SIZE];
} FetchRun;

/* How an attempt ended, and the run with it unless there is to be another. */
typedef struct {
    const char *state;                  /* kept, repeat, refused, failed; waiting: another attempt at `again` */
    const char *code;                   /* why not; NULL: nothing to say */
    const char *delivery;               /* NULL: none */
    Instant     again;
    uint64_t    bytes;
    unsigned    pages, http_status;
} FetchReport;
