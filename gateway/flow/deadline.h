/* The station of duties: opens them ahead, keeps them right when roles, readings or calendars change, settles them by what came, and says what was established. One process at a time does. */
#pragma once
#include "gateway/flow/gateway.h"

typedef struct Deadline Deadline;
Deadline *deadline_new (const Gateway *g);
void      deadline_free(Deadline **d);
Rc        deadline_step(void *deadline, Error *err);          /* a step of gateway/flow/station.h */

/* RC_FATAL: what gateway.yaml says of duties is wrong. */
Rc        deadline_check(const Config *c, Error *err) MUST_USE;

/* Which open duties another calendar would make due on another day, as both are known at a moment (not before now); those that a person or the policy extended stay. By obligation and the day they are counted from. */
typedef struct { const char *obligation; int64_t cause, from, to, duties; } DutyMove;
typedef void DutyMoveSink(void *self, const DutyMove *m);
Rc deadline_moves(Desk *d, const Calendar *with, Instant known_at, DutyMoveSink *sink, void *self, Error *err) MUST_USE;

/* By a person, with a name and a ground; audited. RC_REJECT: not_found; duty_closed {state}; bad_parameter. */
Rc duty_waive (Desk *d, int64_t duty, const char *by, const char *ground, Error *err) MUST_USE;
Rc duty_extend(Desk *d, int64_t duty, int64_t day, const char *by, const char *ground, Error *err) MUST_USE;       /* due at the end of that day */
