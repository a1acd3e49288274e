/* Deliveries of known senders that we were too busy to take, counted by party, feed and minute until the sweep writes them (nqs.turned_away): attempts, which stand on the duty. */
#pragma once
#include "gateway/flow/gateway.h"

enum { TURNED_AWAY_MOST = 1024 };

TurnedAway *turned_away_new (void);
void        turned_away_free(TurnedAway **t);                    /* NULL-safe */
/* Never fails the caller, and asks no database. feed "": it was not said yet. Any thread. */
void        turned_away_note (TurnedAway *t, int party, const char *feed, Instant now);
/* What cannot be written now stays for the next time. */
void        turned_away_write(Desk *d);
