/* One round of the station of duties. Internal to gateway/flow/deadline*.c. */
#pragma once
#include "gateway/flow/law_state.h"
#include "gateway/law/almaty.h"
#include "persistence/duties.h"

typedef struct {
    Desk         *desk;
    const Gateway *g;
    Db           *db;
    Arena        *a;                           /* of this round */
    Instant       now;
    CivilDay      today, horizon;              /* duties are opened up to the horizon */
    LawState      law;
    const char   *fingerprint;                 /* of the law and of the calendar editions known now */
    Counting      by;
    DutyProgress  progress;
    bool          busy;                        /* something was done */
} Round;

const Standing *standing_of(const Round *r, const char *obligation);           /* NULL: not in the register any more */
const Reading  *duty_reading(const Standing *s, const Duty *d);                /* under which it stands */
DutyTerms       terms_of(Round *r, const Standing *s);

/* Due moment of a cause, as texts and numbers; RC_OK also where there is none (due_day NO_DAY). RC_REJECT: out of the calendar's years. */
typedef struct { int64_t due_day; Instant due_at, closes_at; const char *editions; } DueNow;
Rc due_now(Round *r, const Reading *reading, Cause c, DueNow *out, Error *err) MUST_USE;

/* deadline_open.c: everything after the law or calendar changed, new periods, changed roles, events. */
Rc open_all   (Round *r, Error *err) MUST_USE;
Rc open_ahead (Round *r, Error *err) MUST_USE;
Rc open_roles (Round *r, Error *err) MUST_USE;
Rc take_events(Round *r, Error *err) MUST_USE;

/* deadline_say.c: what came settles duties; what did not come is said. */
Rc settle_by_proofs(Round *r, DutyProofs *found, Error *err) MUST_USE;
Rc settle_by_deliveries(Round *r, Error *err) MUST_USE;
Rc say_overdue(Round *r, Error *err) MUST_USE;
Rc say_missing(Round *r, Error *err) MUST_USE;
Rc say_finally(Round *r, const Standing *s, Error *err) MUST_USE;              /* final statements where the standing reading is approved */

/* Obligations of a kind, their ids with spaces between. */
const char *obligations_settled_by(const Round *r, SettledBy how, const char *feed_or_event);
