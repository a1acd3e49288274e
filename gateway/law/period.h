/* The periods for which something is owed: day, month, quarter, half-year, year (Civil Code, art. 174: quarters are counted from the year's beginning). */
#pragma once
#include "gateway/law/civil.h"

typedef enum { DAILY = 0, MONTHLY = 1, QUARTERLY = 3, HALF_YEARLY = 6, YEARLY = 12 } PeriodLength;        /* months */

typedef struct { PeriodLength length; int64_t no; } Period;         /* no: rising by one from each period of a length to the next */

enum { PERIOD_TEXT = CIVIL_TEXT };

bool     period_read(const char *s, Period *out);                   /* "2024-12-15", "2024-12", "2024-Q4", "2024-H2", "2024"; false: none of these */
char    *period_text(Period p, char out[PERIOD_TEXT]);              /* the same; returns out */
Period   period_around(PeriodLength length, CivilDay day);          /* the one that holds this day */
Period   period_next(Period p);
Period   period_previous(Period p);
CivilDay period_begin(Period p);                                    /* its first day */
CivilDay period_end(Period p);                                      /* its last day */
int      period_year(Period p);                                     /* the year it lies in */
