/* The working-day calendar: editions, each one published state of one year, chosen by what was known at a moment. A year without an edition has one computed
   from the Law, marked provisional. Read-only once made, so any thread may use it. */
#pragma once
#include "gateway/base/arena.h"
#include "gateway/base/error.h"
#include "gateway/law/holidays.h"

#define KNOWN_NOW INT64_MAX                        /* as known_at: whatever is known at all */

typedef struct {
    const char *id;                                /* "kz-2024/3"; computed: "kz-2029/computed", with "-DAY" behind it where the Law of that day is meant */
    const char *act;                               /* what stands behind it */
    const char *source;                            /* the file it came from */
    int         year;
    Instant     known_since;
    bool        assumed;                           /* no source gives that moment */
    bool        provisional;                       /* a forecast, or computed */
    bool        computed;
    CivilDay    first, last;                       /* 1 January, 31 December */
    DaySet      off;
} Edition;

typedef struct Calendar Calendar;

/* Lives in a; borrows law and editions, which must live as long. RC_FATAL: two of one id, or of one year known since the same moment. */
Rc calendar_new(Arena *a, const HolidayLaw *law, const Edition *const *editions, size_t n, Calendar **out, Error *err) MUST_USE;

/* The edition of a year that was known at a moment: the last published by then, else what the Law of then gives. NULL: not a year of this calendar. */
const Edition *calendar_edition(const Calendar *c, int year, Instant known_at);
/* All of a year, in the order in which they became known, computed ones first. */
size_t calendar_editions(const Calendar *c, int year, const Edition *const **out);
int    calendar_first_year(const Calendar *c);
int    calendar_last_year(const Calendar *c);
const HolidayLaw *calendar_law(const Calendar *c);

/* Is it a working day? *by: the edition that says so. RC_REJECT: a day of no year of this calendar. */
Rc     calendar_works(const Calendar *c, CivilDay day, Instant known_at, bool *works, const Edition **by, Error *err) MUST_USE;

bool   edition_works(const Edition *e, CivilDay day);         /* day: of its year */
int    edition_working_days(const Edition *e, CivilDay from, CivilDay to);

enum { WHY_TEXT = 160 };
/* Why a day is one or is none, as a clause: "Saturday", "Independence Day", "day off instead of Saturday 2024-07-06, Capital Day", "day off by kz-2024/2: its act".
   Returns out. */
char  *edition_why(const Calendar *c, const Edition *e, CivilDay day, char out[WHY_TEXT]);
