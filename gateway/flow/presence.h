/* That this process is there: a heartbeat each minute, signed by the key of the installation, and since when its oldest delivery on its way in has been coming. */
#pragma once
#include "gateway/flow/gateway.h"

/* Doors that are open now, in the order in which they were opened. Guards itself. */
typedef struct DoorPlace { struct DoorPlace *before, *behind; Instant since; } DoorPlace;
typedef struct Presence Presence;
Presence *presence_new(void);
void      presence_free(Presence **p);
void      presence_in (Presence *p, DoorPlace *d, Instant now);
void      presence_out(Presence *p, DoorPlace *d);
Instant   presence_oldest(Presence *p);                /* 0: none is open */

/* Writes what is due to be written: each minute, and every few seconds. */
Rc presence_tell(Desk *d, Error *err) MUST_USE;
/* The process is there no more. */
Rc presence_end (Desk *d, Error *err) MUST_USE;
