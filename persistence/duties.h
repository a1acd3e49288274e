/* Duties: opened, moved, cancelled, and found when there is something to say of them. What is said (statements) is statements.h. */
#pragma once
#include "gateway/model/duty.h"
#include "persistence/db.h"

/* Under which reading duties of one obligation stand, and who owes. */
typedef struct {
    const char *obligation, *feed, *roles;           /* roles: with spaces between; feed NULL: no delivery settles it */
    const char *reading, *hash;
    bool        provisional, begun_inside, ended_inside;
} DutyTerms;

/* Periods as JSON: [{"occasion", "b", "e": its first and last day, "cause": the day it is counted from, "over": the instant after it, "due_day", "due_at", "closes_at", "editions": […]}, …]. parties: an int[]
   as text, NULL: all. Opens what is owed and not there, cancels what is open and not owed any more, and opens again what was cancelled and is owed. */
Rc duties_open(Db *db, const DutyTerms *t, const char *periods, const char *parties, Instant now, Error *err) MUST_USE;

/* Cancels open duties that come from days before this one. */
Rc duties_before(Db *db, const char *obligation, int64_t day, Instant now, Error *err) MUST_USE;

/* One duty of each debtor that an event or delivery calls for. party 0: of every holder of the roles on that day; subject of a person: party -1. Found already: nothing happens. */
typedef struct { const char *occasion, *subject; int party; int64_t day; Instant at; int64_t due_day; Instant due_at, closes_at; const char *editions; } DutyCause;
Rc duties_begin(Db *db, const DutyTerms *t, const DutyCause *c, Instant now, Error *err) MUST_USE;

/* Of an obligation without dates ("once, then on change"): each delivery of these settlements is one that was met, the first of a debtor also the duty "once". */
Rc duties_met(Db *db, const DutyTerms *t, int64_t after, int64_t upto, Instant now, Error *err) MUST_USE;
/* The same of deliveries kept before the duty was opened. */
Rc duties_met_before(Db *db, const DutyTerms *t, Instant now, Error *err) MUST_USE;
/* A second hop: each delivery of these settlements is one duty of every holder of the roles. No term. */
Rc duties_hop(Db *db, const DutyTerms *t, int64_t after, int64_t upto, Instant now, Error *err) MUST_USE;

/* The causes of an obligation's duties that are open, or closed; day, instant, how many duties; of open ones those are not counted whose due moment a person set. */
Rc duties_causes(Db *db, const char *obligation, bool open, Rows *out, Error *err) MUST_USE;
/* What these causes lead to now, JSON: [{"day", "at", "due_day", "due_at", "closes_at", "editions"}, …]: open duties that stood otherwise are moved, with an event each; a due moment that a person set stays. */
Rc duties_move(Db *db, const DutyTerms *t, const char *causes, const char *why, Instant now, Error *err) MUST_USE;

/* Does this party owe a delivery of the feed that has not come, for this period, NULL: for any? */
Rc duty_owed(Db *db, int party, const char *feed, const char *period, bool *owed, Error *err) MUST_USE;

/* Those that wait for a delivery that is there: of these settlements; or opened at `opened`. obligations: with spaces between. All lock what they find; texts live in a. */
Rc duties_delivered(Db *db, const char *obligations, int64_t after, int64_t upto, Arena *a, DutyProofs *out, Error *err) MUST_USE;
Rc duties_opened   (Db *db, const char *obligation, Instant opened, Arena *a, DutyProofs *out, Error *err) MUST_USE;
/* Those an event settles, among the duties of obligations (with spaces between): of the same party and subject, for the event's period, or else the oldest not settled. */
Rc duties_of_event (Db *db, const char *obligations, const char *event, Arena *a, DutyProofs *out, Error *err) MUST_USE;
/* Open ones whose time was over at `now`, behind (due_at, id) of *after, in order, with what holds a verdict up. */
enum { DUTIES_AT_ONCE = 200 };
Rc duties_over     (Db *db, Instant now, const Duty *after, Arena *a, DutyProofs *out, Error *err) MUST_USE;
Rc duties_closing  (Db *db, Instant now, Arena *a, DutyProofs *out, Error *err) MUST_USE;
/* Those with a provisional verdict, and what that rested on. */
Rc duties_provisional(Db *db, const char *obligation, Arena *a, DutyProofs *out, Error *err) MUST_USE;
Rc duty_find       (Db *db, int64_t id, bool lock, Arena *a, Duty *out, Error *err) MUST_USE;      /* RC_REJECT not_found */

/* An event as it was reported. party 0: it concerns all, or, with a subject, a person. */
typedef struct { const char *type, *subject, *replaces, *ground; int party; int64_t day; Instant at; } Reported;
Rc reported_read(Db *db, const char *id, Arena *a, Reported *out, Error *err) MUST_USE;              /* RC_REJECT not_found */

/* Cancels the open duty that began with an event. */
Rc duties_replace(Db *db, const char *event, const char *why, Instant now, Error *err) MUST_USE;
/* Duties that began with `by` in the place of one that began with `event` say so: old and new due instant, and why. */
Rc duties_replaced(Db *db, const char *event, const char *by, const char *why, Instant now, Error *err) MUST_USE;

Rc duty_note  (Db *db, int64_t duty, const char *kind, const char *detail, Instant now, Error *err) MUST_USE;     /* an event of the duty; detail: JSON */
Rc duty_hold  (Db *db, int64_t duty, const char *why, Error *err) MUST_USE;                                       /* why NULL: it is held no more */
Rc duty_settle(Db *db, const Duty *d, Instant now, Error *err) MUST_USE;                                          /* state, terms and due moment as in d */

/* When the gateway was last there before a moment and first from then on (0: never), by the heartbeats. *there: in the minute before it. */
Rc heartbeats_around(Db *db, Instant at, bool *there, Instant *last, Instant *next, Error *err) MUST_USE;

/* How far duties are. */
typedef struct { int64_t ordinal; const char *law; int64_t until; } DutyProgress;      /* until NO_DAY: nothing was opened */
Rc duties_progress(Db *db, Arena *a, DutyProgress *out, Error *err) MUST_USE;
Rc duties_go_on   (Db *db, const DutyProgress *p, Error *err) MUST_USE;
Rc settlements_behind(Db *db, int64_t after, int most, int64_t *upto, Error *err) MUST_USE;      /* upto = after: none */

/* Takes parties whose roles changed (as an int[] text, "{}": none) or events that were reported (ids with spaces between) off their queue. */
Rc roles_changed(Db *db, Arena *a, const char **parties, Error *err) MUST_USE;
Rc events_take  (Db *db, Arena *a, const char **ids, Error *err) MUST_USE;
