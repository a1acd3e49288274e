/* Refusals of senders nobody knows: anyone may cause them, so they may not fill the audit. Each source (token, password, rest, …) gets a few rows a minute;
   the others are counted, and the count is a row of its own. What a known sender is refused is always written. */
#pragma once
#include "gateway/flow/gateway.h"

enum { REFUSALS_A_MINUTE = 20 };

Refusals *refusals_new (void);
void      refusals_free(Refusals **r);                           /* NULL-safe */

/* Never fails the caller: what cannot be written is logged. Any thread, each with its own desk. */
void refusal_note  (Desk *d, const char *source, const char *code);
/* Writes the counts of minutes that are over; all: of the present one too, the process ends. */
void refusals_write(Desk *d, bool all);

void audit_quietly(Desk *d, const char *actor, const char *act, const char *subject, const char *detail);
