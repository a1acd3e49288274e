/* The fetch source: brings deliveries from suppliers' systems, by schedule or by command. */
#pragma once
#include "gateway/flow/pull.h"
#include <stdatomic.h>

typedef struct Fetches Fetches;

Fetches *fetches_new (const Gateway *g, const atomic_bool *stopping);       /* a database connection of its own; stopping: what is under way is put back. NULL: never */
void     fetches_free(Fetches **f);                                         /* NULL-safe */

/* A station's step: the next attempt that is due. RC_END: none. */
Rc       fetches_step(void *fetches, Error *err);

/* One run by command, all its attempts. period NULL: by the pull's rule. RC_OK: *delivery is kept (repeat: was before); RC_REJECT: it ended otherwise, err->code says
   how; busy: another process is at it. */
typedef struct { char delivery[ID_SIZE]; int64_t number; bool repeat; int attempts; } Fetched;
Rc       fetch_once(Fetches *f, const Pull *p, const char *period, Fetched *out, Error *err) MUST_USE;
