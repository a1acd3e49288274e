/* The read door: every report, and every rule of who may read what. Adapters pass on what these write, unchanged: JSON documents, the same by
   REST, SOAP and command line; templates and contents are files. RC_REJECT: not_found (also for what the asker may not know of), forbidden, unauthorised, bad_parameter {name}. */
#pragma once
#include "gateway/flow/intake.h"

typedef struct {
    const Sender *who;             /* who->party 0: nobody */
    const char   *lang;            /* "kk", "ru", "en": of finding texts */
    const char   *from;            /* where the call came from, for the access journal: "rest", "soap", "cli" */
} Asker;

typedef struct { const char *cursor; unsigned limit; } Page;     /* cursor NULL: from the start; limit 0: 100; at most 1000 */

Rc query_feeds     (Desk *d, const Asker *a, Buffer *json, Error *err) MUST_USE;
Rc query_feed      (Desk *d, const Asker *a, const char *feed, Buffer *json, Error *err) MUST_USE;
/* An empty table to fill in: FORMAT_XLSX or FORMAT_CSV, in a language, NULL: the asker's. Open to whom query_feed is. */
Rc query_template  (Desk *d, const Asker *a, const char *feed, const char *lang, Format format, Buffer *out, Error *err) MUST_USE;
/* AsyncAPI 3.0.0 of a feed, NULL: of all. Open to whom query_feed is. */
Rc query_asyncapi  (Desk *d, const Asker *a, const char *feed, Buffer *json, Error *err) MUST_USE;
Rc query_deliveries(Desk *d, const Asker *a, const char *feed, const char *period, Page page, Buffer *json, Error *err) MUST_USE;

/* The protocol: state, counts, first findings, outcomes in sum. */
Rc query_delivery  (Desk *d, const Asker *a, const char *id, Buffer *json, Error *err) MUST_USE;
Rc query_findings  (Desk *d, const Asker *a, const char *id, Page page, Buffer *json, Error *err) MUST_USE;
Rc query_outcomes  (Desk *d, const Asker *a, const char *id, Page page, Buffer *json, Error *err) MUST_USE;
Rc query_receipt   (Desk *d, const Asker *a, const char *id, Buffer *json, Error *err) MUST_USE;

typedef struct { const char *as_known_at, *as_of_period; } AsOf;  /* NULL: now, latest */
Rc query_records   (Desk *d, const Asker *a, const char *feed, AsOf as_of, Page page, Buffer *json, Error *err) MUST_USE;

/* The payload's bytes in pieces. RC_END: no more. The piece is good until the next call. */
typedef struct Content Content;
Rc   content_open (Desk *d, const Asker *a, const char *id, Content **out, Error *err) MUST_USE;
Rc   content_next (Desk *d, Content *c, const char **bytes, size_t *n, Error *err) MUST_USE;
uint64_t content_length(const Content *c);
const char *content_type(const Content *c);                      /* "application/xml", … */
void content_free (Content **c);

/* Duties: a supplier's own, officers' all. All NULL: any. due_before: open ones whose time is over by then; as_known_at: as they stood then. Instants as RFC 3339. */
typedef struct { const char *party, *feed, *period, *state, *obligation, *due_before, *as_known_at; } DutyFilter;
Rc query_duties    (Desk *d, const Asker *a, const DutyFilter *f, Page page, Buffer *json, Error *err) MUST_USE;
/* All of them as CSV (RFC 4180) with a line of names, in UTF-8 with a mark at its beginning, for spreadsheets. */
Rc query_duties_csv(Desk *d, const Asker *a, const DutyFilter *f, Buffer *csv, Error *err) MUST_USE;
/* Duties whose time is over, counted by what became of them. by: any of feed, period and party, with commas between (NULL: feed,period); from, to: their due days. complete: all that owe
   have delivered, or are not asked any more; lacking: who has not, at most 50. */
typedef struct { const char *by, *party, *feed, *period, *obligation, *from, *to, *as_known_at; } TimelinessFilter;
Rc query_timeliness    (Desk *d, const Asker *a, const TimelinessFilter *f, Buffer *json, Error *err) MUST_USE;
Rc query_timeliness_csv(Desk *d, const Asker *a, const TimelinessFilter *f, Buffer *csv, Error *err) MUST_USE;
/* The data of the annual analysis (Order 391, paragraphs 20(4), 21), for officers. year: "2026"; as_known_at NULL: now, and not later; format: json (NULL), csv, html, a page to print; lang of
   the last two: kk or ru, NULL: the asker's. Figures about persons are anonymous. */
typedef struct { const char *year, *as_known_at, *format, *lang; } AnalysisFilter;
Rc query_analysis  (Desk *d, const Asker *a, const AnalysisFilter *f, Buffer *out, Error *err) MUST_USE;
const char *analysis_media(const char *format);                  /* what it gives by this format */
/* One with its norm, how its term is counted, its history and statements. */
Rc query_duty      (Desk *d, const Asker *a, const char *id, Buffer *json, Error *err) MUST_USE;

/* The due days of the party that the secret address belongs to, as a calendar (RFC 5545): of approved readings only, from 400 days ago on. RC_REJECT not_found: nobody's. */
Rc query_calendar  (Desk *d, const char *secret, Buffer *out, Error *err) MUST_USE;

/* What happened, told beside deliveries: duties begin with it or are settled by it. day: "2026-10-05"; party: a BIN; NULL: not said. RC_REJECT: bad_parameter {member}, forbidden, party_unknown,
   repeat_other_content. json: the event's id; a repeat by message_id has the first one's. */
typedef struct { const char *type, *party, *subject, *day, *at, *period, *ground, *message_id; } EventSaid;
Rc report_event      (Desk *d, const Asker *a, const EventSaid *said, Buffer *json, Error *err) MUST_USE;
/* The administrator has taken a delivery, with so many records (Order 391, paragraphs 8 and 9). RC_REJECT also not_found, not_settled. */
Rc report_handed_over(Desk *d, const Asker *a, const char *delivery, int64_t records, const char *message_id, Buffer *json, Error *err) MUST_USE;
bool event_may_be_told(const char *type);       /* by report_event */
Rc query_events      (Desk *d, const Asker *a, const char *type, unsigned limit, Buffer *json, Error *err) MUST_USE;

/* Support requests of users (Order 391, paragraph 16 and its annex). Any known party hands one in for its user; the administrator, as a reader of personal data, sees all, a party its own.
   file: base64, at most SUPPORT_FILE_MOST bytes in plain. RC_REJECT: bad_parameter {member}, too_large, unauthorised, forbidden, not_found, repeat_other_content. */
enum { SUPPORT_FILE_MOST = 10 * 1024 * 1024 };
typedef struct { const char *full_name, *iin, *login, *phone, *email, *subject, *text, *file, *file_name, *message_id; } SupportSaid;
Rc report_support       (Desk *d, const Asker *a, const SupportSaid *said, Buffer *json, Error *err) MUST_USE;
/* class: "correction" or "functioning", only upward; the term of the duty goes on from the day of submission. Only the administrator, as report_support_answer. */
Rc report_support_class (Desk *d, const Asker *a, const char *number, const char *class_, const char *reason, Buffer *json, Error *err) MUST_USE;
Rc report_support_answer(Desk *d, const Asker *a, const char *number, const char *text, Buffer *json, Error *err) MUST_USE;
Rc query_supports       (Desk *d, const Asker *a, Page page, Buffer *json, Error *err) MUST_USE;
/* file NULL: it stands in the JSON as base64; else its bytes are added there. */
Rc query_support        (Desk *d, const Asker *a, const char *number, Buffer *json, Buffer *file, Error *err) MUST_USE;

/* Heartbeats between two instants, NULL: the last 24 hours, 366 days at most: how many, times without one, those that this installation did not sign; good: there are none such. For officers. */
Rc query_heartbeats(Desk *d, const Asker *a, const char *from, const char *to, bool *good, Buffer *json, Error *err) MUST_USE;

/* Is everything needed at hand? ready false: the JSON says what is not. */
Rc query_ready     (Desk *d, bool *ready, Buffer *json, Error *err) MUST_USE;

/* The page that Prometheus reads (METRIC_MEDIA_TYPE): what is counted, and what the database tells of the inbox if it answers soon. */
void query_metrics (Desk *d, Buffer *page);
