/* What the files of the REST adapter share. */
#pragma once
#include "adapters/rest.h"
#include "gateway/flow/query.h"
#include <cjson/cJSON.h>
#include <stdatomic.h>

/* rest_deliver.c */
void deliver_begin (Exchange *x, Desk *d);
void deliver_body  (Exchange *x, Desk *d, const char *bytes, size_t n);
void deliver_end   (Exchange *x, Desk *d);
void deliver_parked(Exchange *x, Desk *d, bool done);
void deliver_refuse(Exchange *x, const Error *why);

/* rest_report.c */
void report_begin(Exchange *x, Desk *d);
void report_body (Exchange *x, Desk *d, const char *bytes, size_t n);
void report_event_end          (Exchange *x, Desk *d);
void report_acknowledgement_end(Exchange *x, Desk *d);

/* What is reported comes as one JSON object, and is answered with one. room NULL, or how many larger ones may still come at the same time. */
typedef struct { Sender who; Buffer body; size_t most; atomic_int *room; } Report;
Report *report_start(Exchange *x, Desk *d);            /* BODY_SMALL at most; NULL: refused, no sender known */
enum { BODY_SMALL = 64 * 1024 };

/* A member is a text, or (number) a whole number. RC_REJECT bad_parameter: one is not named, or is no such. */
typedef struct { const char **text; int64_t *number; const char *name; } Member;
Rc members_take(const cJSON *json, const Member *members, Error *err) MUST_USE;
typedef Rc ReportTake(Exchange *x, Desk *d, const Asker *a, const cJSON *json, const char *message_id, Buffer *out, Error *err);
void report_with(Exchange *x, Desk *d, ReportTake *take);

/* rest_support.c */
void support_begin     (Exchange *x, Desk *d);
void support_end       (Exchange *x, Desk *d);
void support_class_end (Exchange *x, Desk *d);
void support_answer_end(Exchange *x, Desk *d);

/* rest_read.c */
void read_feeds     (Exchange *x, Desk *d);
void read_feed      (Exchange *x, Desk *d);
void read_asyncapi  (Exchange *x, Desk *d);
void read_records   (Exchange *x, Desk *d);
void read_deliveries(Exchange *x, Desk *d);
void read_delivery  (Exchange *x, Desk *d);
void read_findings  (Exchange *x, Desk *d);
void read_outcomes  (Exchange *x, Desk *d);
void read_receipt   (Exchange *x, Desk *d);
void read_duties    (Exchange *x, Desk *d);
void read_timeliness(Exchange *x, Desk *d);
void read_analysis(Exchange *x, Desk *d);
void read_calendar  (Exchange *x, Desk *d);
void read_duty      (Exchange *x, Desk *d);
void read_events    (Exchange *x, Desk *d);
void read_supports  (Exchange *x, Desk *d);
void read_support   (Exchange *x, Desk *d);
void read_content   (Exchange *x, Desk *d);
void read_template_xlsx(Exchange *x, Desk *d);
void read_template_csv (Exchange *x, Desk *d);
void read_ready     (Exchange *x, Desk *d);
void read_metrics   (Exchange *x, Desk *d);

/* rest_sender.c. No credentials: RC_OK with party 0. RC_REJECT unauthorised: wrong ones. */
Rc rest_sender(Exchange *x, Desk *d, Sender *out, Error *err) MUST_USE;

/* rest_fields.c. RC_REJECT bad_parameter, bad_digest_header. *out NULL: the field was not given. */
Rc idempotency_key(Exchange *x, const char **out, Error *err) MUST_USE;
/* The base64 text of its SHA-256 member, 44 characters, not NUL-terminated. */
Rc content_digest(const Exchange *x, const char **out, Error *err) MUST_USE;
bool digest_equals(const unsigned char digest[DIGEST_SIZE], const char base64[44]);
