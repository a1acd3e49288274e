/* What the two loaders of the calendar share: a file being read, complaints with its line, days and moments as they must be written. */
#pragma once
#include "gateway/law/civil.h"
#include "schemas/calendar_yaml.h"
#include "gateway/base/arena.h"

typedef struct { const char *file; Arena *a; Error *err; } LawDraft;

/* place: "editions[2].act", and the text of the complaint behind it. RC_FATAL. */
Rc law_fault(LawDraft *d, const char *place, const char *fmt, ...) PRINTF(3, 4);
Rc law_moment(LawDraft *d, const char *place, const char *text, Instant *out) MUST_USE;                 /* RFC 3339, with its zone */
/* Rising days, each once; they live in the draft's arena. */
Rc law_days(LawDraft *d, const char *place, char *const *texts, unsigned n, const CivilDay **out) MUST_USE;
