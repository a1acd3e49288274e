/* Work: turns the oldest envelopes of one (party, feed) into canonical rows, findings and outcomes, all or nothing. */
#pragma once
#include "gateway/flow/gateway.h"

typedef struct Work Work;

Work *work_new (const Gateway *g);           /* one a thread; two connections of its own */
void  work_free(Work **w);

/* RC_END: nothing waits. RC_RETRY: nothing can be worked now. RC_OK: one claim was worked, or failed and was logged: then its party and feed rest, others do not. */
Rc    work_step(void *work, Error *err);

/* Removes uploads that never ended. */
Rc    sweep_step(void *desk, Error *err);
