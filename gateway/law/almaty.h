/* Days of Kazakhstan on the clock: by the system's tz database, read for Asia/Almaty (one time zone for all since 1 March 2024). */
#pragma once
#include "gateway/base/zone.h"
#include "gateway/law/civil.h"

/* RC_FATAL: these data do not know that Almaty is at UTC+5 since 2024-03-01T00:00 (tzdata before 2024a): every due instant would be an hour early. */
Rc       almaty_check(const Zone *z, Error *err) MUST_USE;
CivilDay almaty_day(const Zone *z, Instant at);                     /* the day that an instant falls on */
Instant  almaty_at(const Zone *z, CivilDay day, int minute);        /* that minute of that day; the first of two */
/* The instant after the day's last one: its 24:00 (Civil Code, art. 176). */
Instant  almaty_over(const Zone *z, CivilDay day);
