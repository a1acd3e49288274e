/* Letters: what is told over the broker beside publications. The protocol of each delivery that is closed goes to its supplier's topic, a reference to each message that is part of no
   delivery to the administrator's. */
#pragma once
#include "gateway/flow/gateway.h"
#include "gateway/flow/settling.h"

typedef struct Letters Letters;

bool letters_any(const Gateway *g);             /* does the configuration want some? */

enum { LETTER_KINDS = 2 };
size_t letters_routes(const Gateway *g, const char *out[LETTER_KINDS]);      /* the routes of those that it wants; how many */

/* Within the closing transaction. */
Rc letters_write(Settling *s, Instant now, Error *err) MUST_USE;

/* desk is borrowed. */
Letters *letters_new (Desk *desk, const atomic_bool *stopping);
void     letters_free(Letters **l);             /* NULL-safe */
/* Sends some of those that are due. RC_END: none are, or another process sends them. */
Rc       letters_step(Letters *l, Error *err) MUST_USE;
