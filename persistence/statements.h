/* What was established about duties: append-only, each row chained to the one before it. */
#pragma once
#include "gateway/model/duty.h"
#include "persistence/db.h"

typedef struct {
    const Duty  *duty;                               /* as it stands: reading, due moment, editions */
    const char  *verdict;                            /* in_time, overdue, late, missing, waived */
    const char  *tz;                                 /* version of the time zone data */
    const Proof *proof;                              /* NULL: it rests on nothing that came */
    const char  *moment;                             /* which of the proof's moments decided … */
    Instant      moment_at;                          /* … and when that was */
    const char  *detail;                             /* JSON */
} Statement;

/* Appends it; the duty's state becomes the verdict. */
Rc statement_add(Db *db, const Statement *s, Instant now, int64_t *id, Error *err) MUST_USE;

/* What it would have been by another reading or edition. Said once. */
Rc counterfactual_add(Db *db, int64_t statement, const char *by, const char *verdict, int64_t due_day, Instant due_at, Instant now, Error *err) MUST_USE;
/* The last statements of an obligation's duties, whose causes lead to another moment now (JSON as of duties_move): beside each, by what. */
Rc counterfactuals_add(Db *db, const char *obligation, const char *hash, const char *causes, const char *by, Instant now, Error *err) MUST_USE;

/* Walks the chain. RC_REJECT: broken; err names the row. */
Rc statements_verify(Db *db, int64_t *n, Error *err) MUST_USE;
