/* The Law on holidays as data, and what it says of a year: the days on which nobody works, before any transfer by an act. */
#pragma once
#include "gateway/law/civil.h"

typedef struct { int month, day; } MonthDay;

typedef struct {
    const char     *name;
    bool            shifts;                       /* where it falls on a day off, the next working day behind it is off */
    const MonthDay *days;   size_t n_days;        /* of every year; or */
    const CivilDay *dates;  size_t n_dates;       /* of the moon: each year's own, the last n_estimates of them only expected */
    size_t          n_estimates;
    CivilDay        from, to;                     /* it is kept from … to */
    Instant         known_since;                  /* before, nobody knew that it would be; 0: always known */
    Instant         end_known_since;              /* before, nobody knew that it would end; 0: always known */
} Holiday;

typedef struct {
    const char    *act;
    int            first, last;                   /* years that it can be asked about */
    const Holiday *at;  size_t n;
} HolidayLaw;

enum { YEAR_DAYS = 366, YEAR_WORDS = 6 };
typedef struct { uint64_t word[YEAR_WORDS]; } DaySet;                /* of one year: bit 0 is 1 January */

static inline bool dayset_has(const DaySet *s, int64_t day) { return s->word[day / 64] >> (day % 64) & 1; }
static inline void dayset_put(DaySet *s, int64_t day, bool in) { s->word[day / 64] = (s->word[day / 64] & ~(UINT64_C(1) << day % 64)) | (uint64_t)in << day % 64; }

typedef struct {
    DaySet off;                                   /* weekends among them */
    struct { const Holiday *holiday; CivilDay of; bool estimate; } why[YEAR_DAYS];      /* of days off: for which holiday, and of which day; NULL: a mere weekend */
    bool   complete;                              /* every holiday of the moon has a date in this year */
} HolidayYear;

/* As the Law stood at that moment. */
void holidays_year(const HolidayLaw *law, int year, Instant known_at, HolidayYear *out);
/* Moments since which the Law says something else of the future than before, rising, without doubles; returns how many, at most `most`. */
size_t holidays_moments(const HolidayLaw *law, Instant *out, size_t most);
