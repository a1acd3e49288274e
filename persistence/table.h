/* The canonical table of a feed, generated from its contract, and the statements that read and merge it. */
#pragma once
#include "gateway/model/feed.h"
#include "persistence/db.h"

/* The statements of one settlement's merge, over one of two sources of rows. Parameters of all: $1 settlement, $2 party, $3 round, then those of the source.
   Rows of a source: seq, round, wish (0 put, 1 withdraw, 2 refused but present), ground, hash, period, number, and the fields. */
typedef struct {
    const char *insert;          /* new keys; rows affected */
    const char *insert_in_order; /* the same where rows already come in key order */
    const char *classify;        /* seq, verdict (see Verdict), of rows whose key was there before */
    const char *unknown;         /* seq of withdrawals of keys that are not there */
    const char *change;          /* puts what differs; the version before goes to history */
    const char *withdraw;
    const char *older;           /* to history only: what a newer version stands before */
    const char *stale;           /* everything to history but what is another's: the delivery came after a higher number of its period */
    const char *foreign;         /* seq, VERDICT_NOT_YOURS, of what is another's */
    const char *confirm;         /* unchanged in a later period: the row remembers the latest period that said so */
    const char *reconcile;       /* keys as text of this party's rows that the source lacks */
    const char *lack;            /* withdraws this party's rows of the period that the source lacks; keys as text. Over arrays, period and number follow the source's parameters */
    const char *duplicates;      /* group, seq, hash of keys that occur more than once */
} MergeSql;

typedef enum { VERDICT_CHANGED = 1, VERDICT_UNCHANGED, VERDICT_WITHDRAWN, VERDICT_OLDER, VERDICT_NOT_YOURS, VERDICT_ALREADY_WITHDRAWN } Verdict;

typedef struct {
    const Feed *feed;
    const char *name;            /* feed."accredited_centre" */
    const char *ddl;             /* table, history, index: safe to run again */
    const char *stage;           /* name of the session's staging table */
    const char *stage_ddl, *stage_copy, *stage_refuse;
    const char *stage_once;      /* all rows left stand once: one round */
    const char *stage_rounds;    /* numbers the versions of a key in the staging table; the highest round */
    MergeSql    staged;          /* source: the staging table; $4 period, $5 number */
    MergeSql    arrays;          /* source: unnest of text arrays $4 … : seq round wish ground hash period number fields… */
    const char *grants;          /* recomputes the roles the feed grants; NULL: it grants none */
    const char *columns;         /* the field columns, quoted, comma separated */
} Table;

/* Texts live in a. */
Table *table_new(const Feed *feed, Arena *a);

/* Creates what is missing of all tables. RC_FATAL: a table is there with other columns than its contract says. */
Rc tables_create(Db *db, Table *const *tables, size_t n, Error *err) MUST_USE;

/* The DDL as it stands in schemas/generated. */
const char *table_ddl(const Feed *feed, Arena *a);
