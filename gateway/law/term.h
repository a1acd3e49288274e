/* Terms: how long a party has, and the day and instant at which its time is over (Civil Code, art. 172–176). Day 1 is the day after the event; a last day that is
   not a working day moves to the next working day; a term of days lasts until 24:00 of its last day, a term of hours to the hour. */
#pragma once
#include "gateway/base/zone.h"
#include "gateway/law/calendar.h"

typedef enum { CALENDAR_DAYS, WORKING_DAYS, HOURS } TermUnit;
typedef struct {
    TermUnit unit;
    unsigned n;                                /* at most TERM_MOST, in hours 24 times that */
    bool     moves;                            /* off a last day that is not a working day; never of hours */
} Term;

/* How time is counted: by which calendar, as known when, in which time zone. */
typedef struct { const Calendar *calendar; const Zone *zone; Instant known_at; } Counting;

enum { TERM_MOST = 3660, DUE_EDITIONS = 24 };
typedef struct {
    CivilDay       day;                        /* the last one */
    Instant        before;                     /* the first instant that is too late */
    const Edition *edition[DUE_EDITIONS];      /* that were asked, by year */
    size_t         n_editions;
} Due;

typedef enum { STEP_EVENT, STEP_COUNTED, STEP_SKIPPED, STEP_DUE } StepKind;
typedef struct {
    StepKind       kind;
    CivilDay       day;
    unsigned       n;                          /* STEP_EVENT: the term's days; STEP_COUNTED: which of them it is */
    const Edition *edition;                    /* that was asked about this day; NULL: none had to be */
} Step;
typedef struct { Arena *a; Step *at; size_t n, size; } Steps;       /* an explanation; a must be given */

/* "5 working days", "1 calendar day", "72 hours". It moves, but for hours. RC_REJECT: not understood, and what would be. */
Rc term_read(const char *text, Term *out, Error *err) MUST_USE;

/* A term of days that begins with an event of this day, or with the last day of a period; n = 0 ends on that day. steps: NULL, or where each day is told.
   RC_REJECT: it leads out of the calendar's years, or is of hours. */
Rc term_due(const Counting *by, const Term *t, CivilDay event, Due *out, Steps *steps, Error *err) MUST_USE;
/* A term of hours that begins at an instant. Its day is that of its last moment. */
Rc term_due_hours(const Counting *by, const Term *t, Instant event, Due *out, Error *err) MUST_USE;

/* The first working day that is not before this one, and the last that is not after it. RC_REJECT: out of the calendar's years. */
Rc working_day_from(const Counting *by, CivilDay day, CivilDay *out, Error *err) MUST_USE;
Rc working_day_to(const Counting *by, CivilDay day, CivilDay *out, Error *err) MUST_USE;
