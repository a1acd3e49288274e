/* Notices: what there is to tell of duties, what was written of it, and what became of that. */
#pragma once
#include "gateway/base/buffer.h"
#include "persistence/db.h"

/* How far telling is: the last day that was told (NO_DAY: none), up to which statement. Locks it until the transaction ends. */
typedef struct { int64_t day, statement; } NoticeRound;
Rc notice_round(Db *db, NoticeRound *out, Error *err) MUST_USE;
Rc notice_round_go_on(Db *db, const NoticeRound *r, Error *err) MUST_USE;

/* A reminder: duties that are due by `until` have at most so many working days left. */
typedef struct { int days; Instant until; } NoticeTerm;

/* What there is to tell and was not told, by recipient: first the officers' (party 0, everything), then that of each party, ordered. Notes the reminders as told on `day`, and
   moves round->statement on. Texts live as long as rows. Columns: */
enum { TELL_PARTY, TELL_BIN, TELL_NAME, TELL_LANG, TELL_MAIL, TELL_WEBHOOK, TELL_DUTY, TELL_OBLIGATION, TELL_FEED, TELL_OCCASION, TELL_DUE_DAY, TELL_WHAT, TELL_DAYS, TELL_PROVISIONAL, TELL_DEBTOR };
Rc notices_to_tell(Db *db, NoticeRound *round, int64_t day, Instant now, const NoticeTerm *terms, size_t n_terms, Rows *out, Error *err) MUST_USE;

Rc notice_number(Db *db, int64_t *out, Error *err) MUST_USE;
typedef struct { int64_t number, day; int party; const char *channel, *address, *message_id; int told; const void *bytes; size_t n; } NoticeRow;      /* party 0: the officers */
Rc notice_add(Db *db, const NoticeRow *n, Instant now, Error *err) MUST_USE;

/* The next one that is due. RC_END: none is. Texts live in a. */
typedef struct { int64_t number; int attempts; Instant made_at; const char *channel, *address, *bin, *message_id, *bytes; size_t n; } NoticeDue;       /* bin NULL: the officers' */
Rc notice_due(Db *db, Instant now, Arena *a, NoticeDue *out, Error *err) MUST_USE;

/* What came of an attempt; next_at 0: none follows. */
Rc notice_tried(Db *db, int64_t number, bool taken, Instant next_at, const char *answer, Instant now, Error *err) MUST_USE;
/* Sends one that was given up, or waits, once more at once. RC_REJECT not_found: none such; bad_parameter: it was taken. */
Rc notice_retry(Db *db, int64_t number, Instant now, Error *err) MUST_USE;

/* JSON: the newest first, bin NULL: of all; failing: only those with a failed attempt that were not taken. */
Rc notices_list(Db *db, const char *bin, bool failing, int64_t before, unsigned limit, Buffer *out, Error *err) MUST_USE;
Rc notice_show (Db *db, int64_t number, Buffer *json, Buffer *bytes, Error *err) MUST_USE;             /* RC_REJECT not_found */

/* How many wait after a failed attempt, how many were given up; the oldest that waits (0: none). Waits only so long. */
Rc notices_report(Db *db, int ms, int64_t *failing, int64_t *dead, Instant *oldest, Error *err) MUST_USE;
