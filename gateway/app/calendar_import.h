/* New editions of the calendar, taken into the installation. */
#pragma once
#include "gateway/app/law_files.h"

/* Says what the editions of a file change; with yes, writes the file beside the others into the installation's folder. Returns the exit code. */
int calendar_import(const LawFiles *l, const char *file, bool yes);
