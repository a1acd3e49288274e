/* Local time of a place by the system's tz database (TZif, RFC 9636). Wall seconds are what the clock on the wall there shows, counted as if it
   showed UTC: days since 1970-01-01 × 86,400 + seconds of that day. */
#pragma once
#include "gateway/base/error.h"
#include <stdbool.h>
#include <stdint.h>

typedef struct Zone Zone;

/* name: "Asia/Almaty". RC_FATAL: not there, or not of that form. Read-only afterwards, so any thread may use it. */
Rc   zone_load(const char *name, Zone **out, Error *err) MUST_USE;
void zone_free(Zone **z);                                   /* NULL-safe */

int64_t zone_wall(const Zone *z, int64_t utc_seconds);
/* The instant at which the wall shows this: the first of two where it shows it twice, the end of the gap where it never does. UTC seconds. */
int64_t zone_utc(const Zone *z, int64_t wall_seconds);

enum { ZONE_VERSION = 16 };
/* The release of the system's tz database, "2025b"; "unknown" where it does not say. Returns out. */
char *zone_version(char out[ZONE_VERSION]);
