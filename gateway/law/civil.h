/* Days of the civil (Gregorian) calendar, and their names in the texts of schedules and explanations. */
#pragma once
#include "gateway/base/clock.h"
#include <stddef.h>

typedef int64_t CivilDay;                       /* since 1970-01-01, as calendar_days counts */

enum { CIVIL_TEXT = 24 };

bool  civil_read(const char *s, CivilDay *out);                     /* "2024-12-15" and nothing more; false: no such day, years 1 to 9999 */
char *civil_text(CivilDay day, char out[CIVIL_TEXT]);               /* the same; returns out */
bool  civil_there(int year, int month, int day);                    /* is there such a day? */
int   civil_weekday(CivilDay day);                                  /* 0 Monday … 6 Sunday */
bool  civil_weekend(CivilDay day);
const char *civil_weekday_name(CivilDay day);                       /* "Monday" */
int   civil_month_days(int year, int month);
int   civil_month_named(const char *s, size_t n);                   /* "December": 12; 0: no month */
