/* Shared by the files of duties.h. */
#pragma once
#include "persistence/duties.h"

#define MICROSECONDS(x) "(extract(epoch from " x ") * 1000000)::bigint"
#define DAYS(x)         "(" x " - date '1970-01-01')"
#define WORDS(arg)      "string_to_array(" arg ", ' ')"

#define DUTY_COLUMNS \
    "d.id, d.obligation, coalesce(d.party, 0), d.subject, d.occasion, d.feed, " DAYS("d.cause_day") ", " MICROSECONDS("d.cause_at") ", d.reading, d.hash, d.provisional, d.extended," \
    " " DAYS("d.due_day") ", " MICROSECONDS("d.due_at") ", " MICROSECONDS("d.closes_at") ", array_to_string(d.editions, ' '), d.state, d.held"
enum { DUTY_WIDTH = 18 };

/* Behind DUTY_COLUMNS: the proof's id, whether it is an event, its moments, its digest. */
#define ENVELOPE_PROOF(e) e ".id, false, " MICROSECONDS(e ".sender_date") ", " MICROSECONDS(e ".transport_date") ", " MICROSECONDS(e ".first_byte") ", " MICROSECONDS(e ".last_byte") ", " \
    MICROSECONDS(e ".committed") ", " e ".digest_payload"
#define NO_PROOF "null, false, null, null, null, null, null, null"

/* Has at least one record that was not refused, or says that there is nothing to report. */
#define SETTLES(e) e ".state = 'settled' and (" e ".kind = 'nil' or " e ".counts[1] + " e ".counts[2] + " e ".counts[3] + " e ".counts[4] + " e ".counts[5] > 0)"

/* Duties that began or that are open again say so with an event; `from` has their id and detail (jsonb). $n: the instant. */
#define NOTE(from, kind, n) \
    "insert into nqs.duty_event (duty, no, at, kind, detail) select f.id, coalesce((select max(no) from nqs.duty_event x where x.duty = f.id), 0) + 1, " n "::timestamptz, '" kind "', f.detail from " from " f"

void duty_read(const Rows *r, int i, Arena *a, Duty *out);
Rc   proofs_read(const Rows *r, Arena *a, DutyProofs *out);      /* RC_OK */
char *day_text(int64_t day, char out[16]);                         /* "2026-11-26" */
