/* When something is to be done by itself, in the local time of Asia/Almaty, and what period it is then about. Pure: no clock, no database. */
#pragma once
#include "gateway/base/clock.h"
#include "gateway/base/zone.h"
#include "gateway/model/envelope.h"
#include "gateway/model/feed.h"

typedef enum { EVERY_HOUR, EVERY_DAY, EVERY_WEEK, EVERY_MONTH } Every;
typedef struct { Every every; int day, minute; } Schedule;      /* day: of the week (0 Monday) or of the month; minute: of the day */

/* "hourly", "daily 03:00", "weekly mon 03:00", "monthly 1 03:00"; a month that is too short has its last day instead. False: it is none of these. */
bool    schedule_read(const char *text, Schedule *out);
Instant schedule_next(const Schedule *s, const Zone *z, Instant after);      /* the first moment after */
Instant schedule_last(const Schedule *s, const Zone *z, Instant at);         /* the last one that is not after */

/* rule: "current" or "previous", the feed's period that holds the local day of an instant, or the one before it; or a period itself. False: it is none
   of these, or a period of another form. */
bool period_by_rule(const char *rule, PeriodForm form, const Zone *z, Instant at, char out[PERIOD_SIZE]);
