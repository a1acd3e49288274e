/* Duties for people and programs. Who may see what is decided in flow/query. */
#pragma once
#include "gateway/model/duty.h"
#include "persistence/db.h"

typedef struct {
    int         party;                     /* 0: all */
    bool        final_only;                /* without those that only a proposed reading makes */
    const char *bin, *feed, *period, *state, *obligation;      /* NULL: any */
    const char *due_before;                /* NULL: whenever; with it: open ones only */
    const char *as_known_at;               /* NULL: now */
    const char *after_due;  int64_t after_id;      /* behind this one, in the order of due moments; NULL: from the first */
    unsigned    limit;
} DutiesAsked;

/* Columns: the duty as a JSON object; its due moment as a text to go on from; id; then what the object has, DUTY_CELLS texts. In the order of due moments, those without one last. */
#define DUTY_CELL_NAMES "duty", "party", "name", "feed", "period", "obligation", "due_day", "due", "state", "provisional", "extended", "held", "said_at"
enum { DUTY_CELLS = 13, DUTY_CELLS_FROM = 3 };
Rc report_duties(Db *db, const DutiesAsked *asked, Rows *out, Error *err) MUST_USE;
/* A day of a party's calendar. stamp: of the last change, as RFC 5545 writes it; sequence: how often its day moved or it was cancelled or opened again. */
typedef struct { int64_t id, due_day; const char *state, *feed, *occasion, *obligation, *stamp; int sequence; } DutyDay;
typedef struct { DutyDay *at; size_t n; } DutyDays;
/* Those of approved readings that have a day, due since, in order; at most 5,000. */
Rc report_due_days(Db *db, int party, Instant since, Arena *a, DutyDays *out, Error *err) MUST_USE;

/* Members events, statements (each with its counterfactuals), deliveries, attempts, sent of a JSON object, as texts of lists; final_only as above. sent: which publications' receivers took the
   delivery that is to be handed over, and when first; NULL: the duty is not about one. */
typedef struct { const char *events, *statements, *deliveries, *attempts, *sent; } DutyHistory;
Rc report_duty(Db *db, const Duty *d, bool final_only, Arena *a, DutyHistory *out, Error *err) MUST_USE;
