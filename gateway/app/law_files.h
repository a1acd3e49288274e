/* The calendar and time zone for commands that need neither database nor keys. */
#pragma once
#include "gateway/app/command.h"

typedef struct { const char *config, *share, *calendars; } LawPaths;      /* as given on the command line; NULL: not given */

typedef struct {
    Arena      *a;
    Config     *config;            /* NULL: there is none */
    const char *config_path;       /* as given */
    Zone       *zone;
    Calendar   *calendar;
    const char *share, *own;       /* own: folder of the installation's own editions; NULL: none is set */
} LawFiles;

/* What is not given is as configured, where there is a configuration; else as installed, or as it stands in the source tree. */
Rc   law_open(const LawPaths *paths, LawFiles *out, Error *err) MUST_USE;
void law_close(LawFiles *l);       /* for SCOPED */

#define LAW_OPTIONS(paths) { "config", &(paths).config, NULL }, { "share", &(paths).share, NULL }, { "calendars", &(paths).calendars, NULL }
