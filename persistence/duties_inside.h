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
#define ENVELOPE_PROOF "e.id, false, " MOMENT("sender_date") ", " MOMENT("transport_date") ", " MOMENT("first_byte") ", " MOMENT("last_byte") ", " MOMENT("committed") ", e.digest_payload"
#define MOMENT(m) MICROSECONDS("coalesce(w." m ", e." m ")")

/* A delivery of many messages was there when the last of them was. Of an e that is no such delivery w is empty. */
#define WHOLE_DELIVERY \
    " left join lateral (select max(x.sender_date) as sender_date, max(x.transport_date) as transport_date, max(x.first_byte) as first_byte, max(x.last_byte) as last_byte," \
    " max(x.committed) as committed from nqs.stream s join nqs.kafka_batch b on b.stream = s.id join nqs.envelope x on x.id = b.envelope where e.source = 'kafka' and s.head = e.id) w on true"

/* It is only a part of a delivery of many messages, whose end speaks for it. */
#define IS_BATCH(e) \
    "(" e ".source = 'kafka' and exists (select from nqs.kafka_batch b join nqs.stream s on s.id = b.stream where b.envelope = " e ".id and s.head is distinct from " e ".id))"
#define NO_PROOF "null, false, null, null, null, null, null, null"

/* Has at least one record that was not refused, or says that there is nothing to report. */
#define SETTLES(e) e ".state = 'settled' and (" e ".kind = 'nil' or " e ".counts[1] + " e ".counts[2] + " e ".counts[3] + " e ".counts[4] + " e ".counts[5] > 0) and not " IS_BATCH(e)

/* Duties that began or that are open again say so with an event; `from` has their id and detail (jsonb). $n: the instant. */
#define NOTE(from, kind, n) \
    "insert into nqs.duty_event (duty, no, at, kind, detail) select f.id, coalesce((select max(no) from nqs.duty_event x where x.duty = f.id), 0) + 1, " n "::timestamptz, '" kind "', f.detail from " from " f"

void duty_read(const Rows *r, int i, Arena *a, Duty *out);
Rc   proofs_read(const Rows *r, Arena *a, DutyProofs *out);      /* RC_OK */
char *day_text(int64_t day, char out[16]);                         /* "2026-11-26" */
