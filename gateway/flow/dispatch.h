/* Dispatch: the station that sends what is to be published. One route is served by one of all processes at a time, parcels in the order of settlements, so every
   receiver sees the versions of a record in their order. What was delivered is remembered as it goes; after a crash some of it comes once more, under the same ids. */
#pragma once
#include "gateway/flow/gateway.h"

typedef struct Dispatch Dispatch;

bool      dispatch_needed(const Gateway *g);                                 /* is there anything that may have to be sent? */

Dispatch *dispatch_new (const Gateway *g, const atomic_bool *stopping);      /* a database connection of its own */
void      dispatch_free(Dispatch **d);                                       /* NULL-safe */
Rc        dispatch_step(void *dispatch, Error *err);                         /* a station's step: the next parcel. RC_END: none */
