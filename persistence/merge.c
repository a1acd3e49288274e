#include "persistence/merge.h"

static const MergeSql *sql_of(const Merge *m) { return m->rows ? &m->table->arrays : &m->table->staged; }

/* In place: numbers are kept within Args, and its values point at them. */
static void args_of(const Merge *m, unsigned round, Buffer *bytes, Args *args)
{
    *args = (Args){0};
    arg_int(args, m->settlement);
    arg_int(args, m->party);
    arg_int(args, round);
    if (m->rows)
        rows_arrays(m->table->feed, m->rows, m->n_rows, bytes, args);
    else
        staged_source_args(m->period, m->number, args);
}

/* A staging table differs in size each time, so its statements are planned each time; the arrays' plans are kept. */
static Rc run(Db *db, const Merge *m, const char *sql, const Args *args, Rows *out, Error *err)
{
    return m->rows ? db_query(db, sql, args, out, err) : db_query_once(db, sql, args, out, err);
}

typedef struct { size_t n[VERDICT_ALREADY_WITHDRAWN + 1]; } Tally;

/* Answers may be as many as the rows: those over a staging table are had one by one. */
typedef void OnRow(void *self, const Rows *rows, int row);

static Rc each_of_arrays(Db *db, const char *sql, const Args *args, OnRow *on_row, void *self, Error *err)
{
    SCOPED(rows_end) Rows rows = {0};
    if (db_query(db, sql, args, &rows, err))
        return err->rc;
    for (int i = 0; i < rows_n(&rows); i++)
        on_row(self, &rows, i);
    return RC_OK;
}

static Rc each_of_staged(Db *db, const char *sql, const Args *args, OnRow *on_row, void *self, Error *err)
{
    Rows row = {0};
    Rc rc;
    if (stream_begin(db, sql, args, err))
        return err->rc;
    while (!(rc = stream_next(db, &row, err))) {
        on_row(self, &row, 0);
        rows_end(&row);
    }
    return rc == RC_END ? RC_OK : rc;
}

static Rc each(Db *db, const Merge *m, const char *sql, const Args *args, OnRow *on_row, void *self, Error *err)
{
    return (m->rows ? each_of_arrays : each_of_staged)(db, sql, args, on_row, self, err);
}

typedef struct { const Merge *m; Tally *tally; } Noting;

static void note_verdict(void *self, const Rows *rows, int row)
{
    const Noting *n = self;
    Verdict v = (Verdict)rows_int(rows, row, 1);
    n->tally->n[v]++;
    n->m->tell(n->m->self, (uint32_t)rows_int(rows, row, 0), v);
}

/* Verdicts, told and counted. */
static Rc ask(Db *db, const Merge *m, const char *sql, const Args *args, Tally *tally, Error *err)
{
    return each(db, m, sql, args, note_verdict, &(Noting){ m, tally }, err);
}

static void note_unknown(void *self, const Rows *rows, int row)
{
    const Merge *m = self;
    m->tell_unknown(m->self, (uint32_t)rows_int(rows, row, 0));
}

static Rc unknown(Db *db, const Merge *m, const Args *args, Error *err)
{
    Merge asking = *m;
    return each(db, m, sql_of(m)->unknown, args, note_unknown, &asking, err);
}

static Rc apply(Db *db, const Merge *m, const Args *args, const Tally *t, Error *err)
{
    const MergeSql *sql = sql_of(m);
    if (t->n[VERDICT_OLDER] && run(db, m, sql->older, args, NULL, err))
        return err->rc;
    if (t->n[VERDICT_UNCHANGED] + t->n[VERDICT_ALREADY_WITHDRAWN] && run(db, m, sql->confirm, args, NULL, err))
        return err->rc;
    if (t->n[VERDICT_WITHDRAWN] && run(db, m, sql->withdraw, args, NULL, err))
        return err->rc;
    if (t->n[VERDICT_CHANGED] && run(db, m, sql->change, args, NULL, err))
        return err->rc;
    return RC_OK;
}

static Rc one_round(Db *db, const Merge *m, unsigned round, Buffer *bytes, Error *err)
{
    SCOPED(rows_end) Rows inserted = {0};
    Tally tally = {0};
    Args args;
    args_of(m, round, bytes, &args);
    const MergeSql *sql = sql_of(m);
    if (run(db, m, m->in_order ? sql->insert_in_order : sql->insert, &args, &inserted, err))
        return err->rc;
    bool all_new = m->rounds == 1 && m->n_withdraws == 0 && (size_t)rows_affected(&inserted) == m->n_puts;
    if (all_new)
        return RC_OK;
    if ((m->n_withdraws && unknown(db, m, &args, err)) || ask(db, m, sql->classify, &args, &tally, err))
        return err->rc;
    return apply(db, m, &args, &tally, err);
}

/* Both hold the whole table of a party against the source, which has no index: a nested loop, chosen on a poor estimate, would take hours. */
static Rc whole_table(Db *db, bool begin, Error *err)
{
    return db_exec(db, begin ? "set local enable_nestloop = off" : "set local enable_nestloop = on", err);
}

static Rc tell_keys(Db *db, const Merge *m, const char *sql, const char *code, const Args *args, Error *err)
{
    SCOPED(rows_end) Rows rows = {0};
    if (whole_table(db, true, err) || db_query_once(db, sql, args, &rows, err) || whole_table(db, false, err))
        return err->rc;
    for (int i = 0; i < rows_n(&rows); i++)
        m->tell_key(m->self, code, rows_text(&rows, i, 0));
    return RC_OK;
}

static Rc stale_round(Db *db, const Merge *m, unsigned round, Buffer *bytes, Error *err)
{
    Tally tally = {0};
    Args args;
    args_of(m, round, bytes, &args);
    return ask(db, m, sql_of(m)->foreign, &args, &tally, err) || run(db, m, sql_of(m)->stale, &args, NULL, err) ? err->rc : RC_OK;
}

static Rc lack(Db *db, const Merge *m, Buffer *bytes, Error *err)
{
    Args args;
    args_of(m, 1, bytes, &args);
    if (m->rows)
        staged_source_args(m->period, m->number, &args);
    return tell_keys(db, m, sql_of(m)->lack, "withdrawn_by_correction", &args, err);
}

static Rc reconcile(Db *db, const Merge *m, Buffer *bytes, Error *err)
{
    Args args;
    args_of(m, 1, bytes, &args);
    return tell_keys(db, m, sql_of(m)->reconcile, "reconcile", &args, err);
}

Rc merge_run(Db *db, const Merge *m, Error *err)
{
    SCOPED(buffer_free) Buffer bytes = {0};
    for (unsigned round = 1; round <= m->rounds; round++)
        if (m->stale ? stale_round(db, m, round, &bytes, err) : one_round(db, m, round, &bytes, err))
            return err->rc;
    if (m->stale)
        return RC_OK;
    return (m->ask_lack && lack(db, m, &bytes, err)) || (m->ask_reconcile && reconcile(db, m, &bytes, err)) ? err->rc : RC_OK;
}

typedef struct { void (*tell)(void *self, int64_t group, uint32_t seq, const char *fingerprint); void *self; } Telling;

static void note_duplicate(void *self, const Rows *rows, int row)
{
    const Telling *t = self;
    t->tell(t->self, rows_int(rows, row, 0), (uint32_t)rows_int(rows, row, 1), rows_text(rows, row, 2));
}

Rc merge_duplicates(Db *db, const Merge *m, void (*tell)(void *self, int64_t group, uint32_t seq, const char *fingerprint), void *self, Error *err)
{
    SCOPED(buffer_free) Buffer bytes = {0};
    Args args;
    args_of(m, 1, &bytes, &args);
    return each(db, m, sql_of(m)->duplicates, &args, note_duplicate, &(Telling){ tell, self }, err);
}

Rc merge_refuse_staged(Db *db, const Table *t, const char *seqs, Error *err)
{
    Args args = {0};
    arg_text(&args, seqs);
    return db_query_once(db, t->stage_refuse, &args, NULL, err);
}

Rc merge_once_staged(Db *db, const Table *t, Error *err) { return db_query_once(db, t->stage_once, NULL, NULL, err); }

Rc merge_number_staged(Db *db, const Table *t, unsigned *rounds, Error *err)
{
    SCOPED(rows_end) Rows rows = {0};
    if (db_query_once(db, t->stage_rounds, NULL, &rows, err))
        return err->rc;
    *rounds = (unsigned)rows_int(&rows, 0, 0);
    return RC_OK;
}

Rc merge_lock(Db *db, const Table *t, Error *err)
{
    Args args = {0};
    arg_text(&args, t->feed->code);
    if (!t->grants && t->feed->owner != OWNER_ROLE)
        return RC_OK;
    return db_query(db, "select pg_advisory_xact_lock(7391004, hashtext($1))", &args, NULL, err);
}

Rc merge_grants(Db *db, const Table *t, Instant now, Error *err)
{
    Args args = {0};
    if (!t->grants)
        return RC_OK;
    arg_instant(&args, now);
    return db_query(db, t->grants, &args, NULL, err);
}
