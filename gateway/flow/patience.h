/* Who must rest: after a failure a (party, feed) is passed over for a while, longer with each failure in a row, so that others need not wait behind it. One thread. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

typedef struct Patience Patience;

Patience *patience_new (void);
void      patience_free(Patience **p);

/* It failed; returns for how many ms it rests now: 100, 200, … 10,000, until it has worked. */
long patience_failed(Patience *p, int64_t who);
void patience_worked(Patience *p, int64_t who);
bool patience_rests (void *patience, int64_t who);
