/* When something is due, and how that was counted, as members of a JSON object. */
#pragma once
#include "gateway/base/buffer.h"
#include "gateway/law/term.h"

/* due_day, before, calendar, provisional where an edition is; steps NULL: without them. */
void  due_json(const Due *due, const Steps *steps, const Calendar *c, Json *j);
/* As instant_text, without the fraction where it is none. Returns out. */
char *instant_plain(Instant at, char out[INSTANT_TEXT]);
