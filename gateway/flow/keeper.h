/* Keeping many at once: threads that want to keep an envelope at the same moment share one commit. The first to come leads: it keeps all that wait, while those who
   come meanwhile gather for the next turn. */
#pragma once
#include "gateway/flow/door.h"
#include <semaphore.h>

typedef struct Keeping Keeping;
struct Keeping {
    Door       *d;
    Keep        k;
    Receipt    *out;
    Rc          rc;                 /* RC_END: kept by nobody, another delivery with its message id was quicker */
    Error       err;
    bool        done;
    int         place;              /* where to lead from; -1: wait */
    sem_t       woken;
    Keeping    *next;
};

typedef struct Keeper Keeper;
Keeper *keeper_new (const Gateway *g);
void    keeper_free(Keeper **k);

/* Keeps what came from one partition of Kafka, in the order of its offsets, with the caller's own connection and in one commit, the mark with them. All have the same rc. */
void keeper_keep_marked(Desk *desk, Keeping *const *all, size_t n);

/* Returns when k's own envelope is decided; k->rc and k->err say how. */
void keeper_keep(Keeper *keeper, Keeping *k);
