/* A year of the calendar, for programs and for people. */
#pragma once
#include "gateway/app/law_files.h"

/* {"year", "edition", "known_since", "known_since_is", "act", "source", "provisional", "working_days", "months": [{"month", "working_days"}],
   "days_off": [{"day", "weekday", "why"}] of Monday to Friday, "worked_weekend_days": [the same], "editions": [{"edition", "known_since", "known_since_is", "working_days", "act"}]} */
void calendar_json(const Calendar *c, const Edition *e, Buffer *out);
void calendar_print(const char *json);
/* One line an edition, with what it says beyond the Law; then the years whose holidays of the moon are not known. */
void calendar_report(const Calendar *c);
/* "2024-05-08 Wednesday" of every day on which they differ, with what it was and is; returns how many. */
int  calendar_changes(const Edition *before, const Edition *after, Buffer *out);
