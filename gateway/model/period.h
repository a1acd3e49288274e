/* The period of a feed that holds a day. */
#pragma once
#include "gateway/model/envelope.h"
#include "gateway/model/feed.h"

/* day: since 1970-01-01 (calendar_days). previous: the period before that. */
void period_of_day(PeriodForm form, int64_t day, bool previous, char out[PERIOD_SIZE]);
