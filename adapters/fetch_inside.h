/* Inside the fetch source: one attempt of one run. */
#pragma once
#include "adapters/fetch_http.h"

typedef struct {
    const Gateway *g;
    Desk          *desk;
    FetchHttp     *http;
    const Pull    *p;
    FetchRun       run;
    Sender         who;
    Opening        o;
    Door          *door;                /* open once there is something to keep */
    Instant        first_byte, sender_date;
    unsigned       pages, status;
    uint64_t       bytes;
} Attempt;

/* Push the whole delivery through the door; door_keep is left to the caller. RC_REJECT: fetch_… when the source failed, else a refusal of the door; RC_RETRY, RC_FATAL: of
   the door. */
Rc fetch_rest(Attempt *a, Error *err) MUST_USE;
Rc fetch_soap(Attempt *a, Error *err) MUST_USE;
