/* The files of the working-day calendar: the Law (holidays.yaml) and editions (*.yaml of a folder), made into a gateway/law Calendar. */
#pragma once
#include "gateway/law/calendar.h"

typedef struct { const Edition **at; size_t n, size; } Editions;

/* The editions of one file, added to out; they live in a. RC_FATAL: unreadable, or not as such a file must be; with file and line. */
Rc editions_load_file(const char *file, Arena *a, Editions *out, Error *err) MUST_USE;
/* Those of every *.yaml of a folder, by name. An empty folder is fine. */
Rc editions_load_folder(const char *folder, Arena *a, Editions *out, Error *err) MUST_USE;
Rc holidays_load(const char *file, Arena *a, HolidayLaw *out, Error *err) MUST_USE;

/* LAW/holidays.yaml, LAW/calendar/, and the installation's own editions beside them (own NULL: none; a folder not made yet holds none). Lives in a. */
Rc calendar_load(const char *law, const char *own, Arena *a, Calendar **out, Error *err) MUST_USE;
