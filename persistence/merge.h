/* One settlement's merge of its rows into the canonical table, inside the caller's transaction: what became of each record, by seq. */
#pragma once
#include "persistence/staging.h"

typedef struct {
    const Table *table;
    int64_t      settlement;
    int          party;
    bool         stale;            /* a higher number of this period is settled: nothing current changes */
    bool         in_order;         /* rows came in key order */
    unsigned     rounds;           /* the highest round of any row */
    size_t       n_puts, n_withdraws;   /* of round 1 when rounds is 1 */
    /* The source: rows (n_rows of them) or, when rows is NULL, the staging table with period and number. */
    const Row   *rows;   size_t n_rows;
    const char  *period; int64_t number;
    /* Told what became of seq, in any order; NEW is told only for the first round of staged sources as the default (see merge_run). */
    void       (*tell)(void *self, uint32_t seq, Verdict verdict);
    void       (*tell_unknown)(void *self, uint32_t seq);      /* a withdrawal of what is not there */
    void       (*tell_key)(void *self, const char *code, const char *key);   /* reconcile, withdrawn_by_correction */
    void        *self;
    bool         ask_reconcile, ask_lack;
} Merge;

/* Records of which nothing is told are new (puts). RC_RETRY, RC_FATAL only. */
Rc merge_run(Db *db, const Merge *m, Error *err) MUST_USE;

/* Keys that occur more than once where that is not legal: told as (group, seq, fingerprint) in order. Two rows of a group with the same
   fingerprint are the same. */
Rc merge_duplicates(Db *db, const Merge *m, void (*tell)(void *self, int64_t group, uint32_t seq, const char *fingerprint), void *self, Error *err) MUST_USE;

/* Rows of these seqs (a PostgreSQL int array text) are present only. */
Rc merge_refuse_staged(Db *db, const Table *t, const char *seqs, Error *err) MUST_USE;

/* What is left after duplicates were resolved stands once: one round does. */
Rc merge_once_staged(Db *db, const Table *t, Error *err) MUST_USE;

/* Numbers the versions of each key among the staged rows. */
Rc merge_number_staged(Db *db, const Table *t, unsigned *rounds, Error *err) MUST_USE;

/* Feeds whose rows several parties may change, or that grant roles, are settled one at a time: taken before the merge, held until the commit. Others: nothing. */
Rc merge_lock(Db *db, const Table *t, Error *err) MUST_USE;

/* Recomputes the roles the feed grants; nothing when it grants none. */
Rc merge_grants(Db *db, const Table *t, Instant now, Error *err) MUST_USE;
