/* The station of notices: once a day what there is to tell of duties is written down for each recipient and channel, then handed over until it is taken or given up. One process at a time does. */
#pragma once
#include "gateway/flow/channel.h"
#include "gateway/flow/gateway.h"

typedef struct Notices Notices;
Notices *notices_new (const Gateway *g, const atomic_bool *stopping);      /* needs notice_settings */
void     notices_free(Notices **n);                                        /* NULL-safe */
Rc       notices_step(void *notices, Error *err);                          /* a step of gateway/flow/station.h */

/* Writes down what there is to tell today, before its hour; the station hands it over. RC_REJECT notices_told: it was told already. */
Rc       notices_tell(Notices *n, Error *err) MUST_USE;

/* RC_FATAL: what gateway.yaml says of notices is wrong. */
Rc       notices_check(const Config *c, Error *err) MUST_USE;
