/* When something is to be done by itself, in the Order's own terms, and what period it is then about. */
#pragma once
#include "gateway/law/period.h"
#include "gateway/law/term.h"

typedef enum { EACH_DAY, EACH_WORKING_DAY, ON_FIRST_DAY, ON_LAST_DAY, AFTER_END, ON_DATE } TimetableForm;
typedef struct Timetable {
    TimetableForm form;
    PeriodLength  length;                      /* ON_DATE: YEARLY */
    bool          working;                     /* ON_FIRST_DAY, ON_LAST_DAY: of the working days */
    Term          term;                        /* AFTER_END */
    MonthDay      date;                        /* ON_DATE */
    int           minute;                      /* of the day in Almaty */
} Timetable;

typedef struct { Instant at; Period about; } Occasion;

/* PERIOD is month, quarter, half-year or year:
     every day | every working day                                           about that day
     first day of PERIOD | first working day of PERIOD                       about the period before
     last day of PERIOD | last working day of PERIOD                         about that period
     PERIOD | PERIOD end | PERIOD end + N calendar days | … working days     about the period that ended; as a term, it moves off days that are not worked
     15 December                                                             about that year; moves likewise
   and behind any of them "at 18:30", or "18:30"; left out: 09:00. RC_REJECT: not understood; the error names the place and what would be. */
Rc timetable_read(const char *text, Timetable *out, Error *err) MUST_USE;

/* The first occasion after an instant, and the last that is not after it. RC_REJECT: out of the calendar's years. */
Rc timetable_next(const Timetable *t, const Counting *by, Instant after, Occasion *out, Error *err) MUST_USE;
Rc timetable_last(const Timetable *t, const Counting *by, Instant at, Occasion *out, Error *err) MUST_USE;
