/* What a notice says. Internal to gateway/flow/notices*.c. */
#pragma once
#include "gateway/flow/gateway.h"
#include "persistence/notices.h"

/* Rows first … first + n - 1 of notices_to_tell, which are of one recipient. */
typedef struct { const Gateway *g; const Rows *rows; int first, n; const char *lang, *day; } Telling;

void notice_subject(const Telling *t, Buffer *out);
void notice_text   (const Telling *t, int64_t number, Buffer *out);        /* lines with LF; officers get debtors by their BIN, many in one line */
void notice_data   (const Telling *t, int64_t number, const char *bin, Buffer *out);      /* JSON, canonical */
