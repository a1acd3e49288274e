/* Who may read what (architecture: identity, access, personal data); every query begins here. */
#pragma once
#include "gateway/flow/gateway.h"
#include "gateway/flow/query.h"
#include "persistence/marks.h"
#include "persistence/reports.h"

bool sees_all(const Sender *who);                                       /* national body, administrator */
bool sees_all_duties(const Sender *who);                                /* officers: those, and the authorised body */
Rc   may_see_delivery(Desk *d, const Asker *a, const char *id, Arena *arena, DeliveryRow *row, Error *err) MUST_USE;   /* RC_REJECT not_found */
/* *owner: 0 all rows, else only that party's. */
Rc   may_read_records(Desk *d, const Asker *a, const Feed *f, int *owner, Error *err) MUST_USE;
Rc   may_read_content(Desk *d, const Asker *a, const DeliveryRow *row, const Feed *f, Error *err) MUST_USE;
/* One row of the access journal; the read fails when it cannot be written. */
Rc   journal(Desk *d, const Asker *a, const char *what, const char *detail, Error *err) MUST_USE;
const Feed *feed_asked(Desk *d, const char *code, Error *err);          /* NULL: RC_REJECT not_found in err */
unsigned page_limit(const Page *p);

Rc asker_known(const Asker *a, Error *err);                              /* RC_REJECT unauthorised */
const char *reporter(const Asker *a, Arena *arena);                     /* who says so, for what is kept of it */
Rc instant_asked(const char *text, const char *name, Error *err) MUST_USE;     /* RFC 3339 with its zone, or NULL; RC_REJECT bad_parameter {name} */
/* A number as it stands in an address, from 1 on. RC_REJECT not_found. */
Rc number_asked(const char *text, int64_t *out, Error *err) MUST_USE;
/* Where finding or record number `at` of a delivery stands (persistence/marks.h); nothing is asked of what did not come by Kafka. */
Rc delivery_part(Desk *d, const char *id, const DeliveryRow *row, PartOf what, int64_t at, StreamPart *out, Error *err) MUST_USE;

/* Pieces that several documents share. */
void finding_text(Desk *d, const Asker *a, const char *code, const char *const *args, Json *j);
void findings_put(Desk *d, const Asker *a, const Rows *r, Json *j);       /* an array, from report_findings */
void counts_put(const DeliveryRow *row, Json *j);

/* Cursors: what they hold is only ours to read. */
void cursor_write(const Gateway *g, const char *what, const char *text, size_t n, Buffer *out);
Rc   cursor_read (const Gateway *g, const char *what, const char *cursor, Buffer *out, Error *err) MUST_USE;
