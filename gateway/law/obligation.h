/* The register of obligations: norms of the acts as data, quoted, with the readings that close what the acts leave open; and what a reading says of one debtor
   and one cause. Pure and read-only; the register itself is schemas/law/obligations.yaml. */
#pragma once
#include "gateway/law/period.h"
#include "gateway/law/term.h"

/* Who owes: the one party of a role; the holders of each of several roles, separately; every holder of a role; or a class of persons, known by references only. */
typedef enum { DEBTOR_ONE, DEBTOR_EACH_OF, DEBTOR_EVERY, DEBTOR_CLASS } DebtorRule;

/* What makes it owed: the end of each period; an event; each delivery of a feed that is settled (a second hop); an act that changes ("once, then on change");
   or terms that another act sets. */
typedef enum { OWED_BY_PERIOD, OWED_BY_EVENT, OWED_BY_DELIVERY, OWED_ON_CHANGE, OWED_BY_OTHER_ACT } OwedBy;

/* What settles it: a delivery of the feed; an event; the administrator's acknowledgement of a delivery that was handed over. */
typedef enum { SETTLED_BY_DELIVERY, SETTLED_BY_EVENT, SETTLED_BY_HANDOVER } SettledBy;

/* DUE_NOT_SET: the term is in an act that is not at hand: shown as such, never late. DUE_NONE: the act names none. */
typedef enum { DUE_NOT_SET, DUE_NONE, DUE_AFTER_PERIOD, DUE_AFTER_EVENT, DUE_ON_DATE } DueForm;

/* Which of an envelope's moments decides whether it was in time. */
typedef enum { MOMENT_SENDER_DATE, MOMENT_TRANSPORT, MOMENT_FIRST_BYTE, MOMENT_LAST_BYTE, MOMENT_COMMIT, MOMENTS } Moment;
extern const char *const moment_names[MOMENTS];

enum { READING_HASH = 65 };

typedef struct {
    const char *id;
    DueForm     form;
    Term        term;                       /* DUE_AFTER_… */
    MonthDay    date;                       /* DUE_ON_DATE: of the period's year */
    bool        moves;                      /* DUE_ON_DATE: off a day that is not a working day */
    Moment      decides;
    bool        closes;                     /* an overdue duty becomes finally missing … */
    Term        closing;                    /* … so long after its due day */
    bool        begun_inside, ended_inside; /* does one owe for a period inside which it became, or ceased to be, a debtor? */
    const char *why;
    const char *text;                       /* the norm and the reading in canonical JSON: what an approval binds */
    char        hash[READING_HASH];         /* SHA-256 of text, hexadecimal */
} Reading;

typedef struct {
    const char        *id;
    const char        *act, *edition, *paragraph, *quote;
    DebtorRule         debtor;
    const char *const *roles;  size_t n_roles;     /* DEBTOR_CLASS: the name of the class */
    const char        *creditor;                   /* a role */
    OwedBy             owed_by;
    PeriodLength       recurs;                     /* OWED_BY_PERIOD */
    const char        *starts;                     /* OWED_BY_EVENT: type of the event */
    SettledBy          settled_by;
    const char        *feed;                       /* of the delivery or hand-over; NULL: SETTLED_BY_EVENT, or of any feed (OWED_BY_DELIVERY) */
    const char        *event;                      /* SETTLED_BY_EVENT: its type */
    const Reading     *readings;  size_t n_readings;      /* the first one stands until another is approved */
} Obligation;

typedef struct { const Obligation *at; size_t n; } Obligations;

const Obligation *obligation_find(const Obligations *all, const char *id);       /* NULL: none of that id */
const Reading    *reading_find(const Obligation *o, const char *id);             /* the same */
const Reading    *reading_by_hash(const Obligation *o, const char *hash);        /* the same */

/* Does who was a debtor from … to (INT64_MAX: still is) owe for a period? */
bool reading_owes(const Reading *r, Period p, CivilDay from, CivilDay to);

/* What a duty comes from: the last day of its period, or the day and moment of its event. */
typedef struct { CivilDay day; Instant at; } Cause;

/* When it is due. steps as in term_due. RC_END: never, no term is set. RC_REJECT: out of the calendar's years. */
Rc reading_due(const Reading *r, const Counting *by, Cause from, Due *out, Steps *steps, Error *err) MUST_USE;
/* The moment from which a duty of that due day is missing for good. RC_END: never. */
Rc reading_closes(const Reading *r, const Counting *by, CivilDay due_day, Instant *out, Error *err) MUST_USE;
