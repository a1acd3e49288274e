#include "persistence/db_inside.h"
#include "gateway/base/log.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void forget_statements(Db *db) { memset(db->statement, 0, sizeof db->statement); }

Db *db_new(const char *dsn)
{
    Db *db = calloc(1, sizeof *db);
    if (!db || !(db->dsn = strdup(dsn)))
        abort();
    return db;
}

void db_free(Db **db)
{
    if (!*db)
        return;
    PQfinish((*db)->pg);
    free((*db)->dsn);
    free(*db);
    *db = NULL;
}

void db_drop(Db *db)
{
    PQfinish(db->pg);
    db->pg = NULL;
}

static Rc lost(Db *db, unsigned kind, Error *err)
{
    db_error(kind);
    error_set(err, RC_RETRY, "database: %.*s", (int)strcspn(PQerrorMessage(db->pg), "\n"), PQerrorMessage(db->pg));
    db_drop(db);
    return RC_RETRY;
}

static void no_notices(void *self, const char *message) { (void)self, (void)message; }

bool db_connected(const Db *db) { return db->pg && PQstatus(db->pg) == CONNECTION_OK; }

/* No JIT: on the guess that an array holds many rows it would compile for half a second what runs for a millisecond. */
static const char settings[] = "set timezone = 'UTC'; set client_encoding = 'UTF8'; set application_name = 'nqs-gateway'; set jit = off";

static Rc judge(Db *db, PGresult *res, const char *sql, Rows *out, Error *err);

Rc db_need(Db *db, Error *err)
{
    if (db_connected(db))
        return RC_OK;
    if (db->in_tx)
        return error_set(err, RC_RETRY, "database: connection lost within a transaction");
    PQfinish(db->pg);
    forget_statements(db);
    db->pg = PQconnectdb(db->dsn);
    if (PQstatus(db->pg) != CONNECTION_OK)
        return lost(db, db_unconnected(PQerrorMessage(db->pg)), err);
    PQsetNoticeProcessor(db->pg, no_notices, NULL);
    if (judge(db, PQexec(db->pg, settings), settings, NULL, err))
        db_drop(db);
    return db->pg ? RC_OK : err->rc;
}

void arg_bytes(Args *a, const void *bytes, size_t n)
{
    if (a->n == ARGS_MAX)
        abort();
    a->value[a->n] = bytes;
    a->length[a->n] = (int)n;
    a->format[a->n++] = 1;
}

void arg_text(Args *a, const char *s)
{
    arg_bytes(a, s, 0);
    a->format[a->n - 1] = 0;
}

void arg_int(Args *a, int64_t n)
{
    snprintf(a->number[a->n], sizeof a->number[0], "%" PRId64, n);
    arg_text(a, a->number[a->n]);
}

void arg_instant(Args *a, Instant at)
{
    arg_text(a, at ? instant_text(at, a->number[a->n]) : NULL);
}

void rows_end(Rows *r)
{
    PQclear(r->pg);
    r->pg = NULL;
}

Rc db_json(Db *db, const char *sql, const Args *args, Buffer *out, Error *err)
{
    SCOPED(rows_end) Rows rows = {0};
    if (db_query(db, sql, args, &rows, err))
        return err->rc;
    buffer_text(out, rows_text(&rows, 0, 0));
    return RC_OK;
}

int64_t rows_int(const Rows *r, int row, int col) { return strtoll(PQgetvalue(r->pg, row, col), NULL, 10); }
Instant rows_instant(const Rows *r, int row, int col) { return rows_null(r, row, col) ? 0 : rows_int(r, row, col); }
int64_t rows_affected(const Rows *r) { return strtoll(PQcmdTuples(r->pg), NULL, 10); }

const unsigned char *rows_bytes(const Rows *r, int row, int col, Arena *a, size_t *n)
{
    if (rows_null(r, row, col)) {
        *n = 0;
        return NULL;
    }
    unsigned char *plain = PQunescapeBytea((const unsigned char *)PQgetvalue(r->pg, row, col), n);
    if (!plain)
        abort();
    char *copy = arena_text(a, (char *)plain, *n);
    PQfreemem(plain);
    return (unsigned char *)copy;
}

/* Class 08 connection, 40 rollback, 53 resources, 55 not in state, 57 operator, 58 system, 25006 read-only standby. */
static bool world_is_wrong(const char *state)
{
    static const char *const classes[] = { "08", "40", "53", "55", "57", "58", "25006", NULL };
    for (const char *const *c = classes; *c; c++)
        if (strncmp(state, *c, strlen(*c)) == 0)
            return true;
    return false;
}

static Rc failed(Db *db, PGresult *res, const char *sql, Error *err)
{
    const char *state = res ? PQresultErrorField(res, PG_DIAG_SQLSTATE) : NULL;
    if (!state || PQstatus(db->pg) != CONNECTION_OK)       /* no state: libpq itself says so, and it does not always know yet that the connection is gone */
        return lost(db, DATABASE_AWAY, err);
    const char *what = res ? PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    Rc rc = world_is_wrong(state) ? RC_RETRY : RC_FATAL;
    db_error(db_refused(state));
    return error_set(err, rc, "database: %s %.200s (in: %.80s)", state, what ? what : PQerrorMessage(db->pg), sql);
}

static Rc judge(Db *db, PGresult *res, const char *sql, Rows *out, Error *err)
{
    ExecStatusType status = PQresultStatus(res);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_SINGLE_TUPLE) {
        Rc rc = failed(db, res, sql, err);
        PQclear(res);
        return rc;
    }
    if (out)
        out->pg = res;
    else
        PQclear(res);
    return RC_OK;
}

static Rc prepare(Db *db, const char *sql, char name[24], Error *err)
{
    uintptr_t at = (uintptr_t)sql;
    size_t slot = (size_t)((at >> 3) * 0x9E3779B97F4A7C15ull >> 40) % STATEMENTS;
    size_t first = slot;
    while (db->statement[slot] && db->statement[slot] != sql) {
        slot = (slot + 1) % STATEMENTS;
        if (slot == first)
            return error_set(err, RC_FATAL, "database: more than %d statements", STATEMENTS);
    }
    snprintf(name, 24, "s%zu", slot);
    if (db->statement[slot] == sql)
        return RC_OK;
    if (judge(db, PQprepare(db->pg, name, sql, 0, NULL), sql, NULL, err))
        return err->rc;
    db->statement[slot] = sql;
    return RC_OK;
}

static const Args no_args;

static Rc run_prepared(Db *db, const char *sql, const Args *a, int format, Rows *out, Error *err)
{
    char name[24];
    if (db_need(db, err) || prepare(db, sql, name, err))
        return err->rc;
    return judge(db, PQexecPrepared(db->pg, name, a->n, a->value, a->length, a->format, format), sql, out, err);
}

Rc db_query(Db *db, const char *sql, const Args *args, Rows *out, Error *err)
{
    return run_prepared(db, sql, args ? args : &no_args, 0, out, err);
}

Rc db_query_bytes(Db *db, const char *sql, const Args *args, Rows *out, Error *err)
{
    return run_prepared(db, sql, args ? args : &no_args, 1, out, err);
}

Rc db_query_once(Db *db, const char *sql, const Args *args, Rows *out, Error *err)
{
    const Args *a = args ? args : &no_args;
    if (db_need(db, err))
        return err->rc;
    return judge(db, PQexecParams(db->pg, sql, a->n, NULL, a->value, a->length, a->format, 0), sql, out, err);
}

Rc db_exec(Db *db, const char *sql, Error *err)
{
    if (db_need(db, err))
        return err->rc;
    return judge(db, PQexec(db->pg, sql), sql, NULL, err);
}

Rc copy_begin(Db *db, const char *sql, Error *err)
{
    static const char header[19] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0";
    if (db_need(db, err))
        return err->rc;
    PGresult *res = PQexec(db->pg, sql);
    if (PQresultStatus(res) != PGRES_COPY_IN) {
        Rc rc = failed(db, res, sql, err);
        PQclear(res);
        return rc;
    }
    PQclear(res);
    return copy_put(db, header, sizeof header, err);
}

Rc copy_put(Db *db, const char *bytes, size_t n, Error *err)
{
    return PQputCopyData(db->pg, bytes, (int)n) == 1 ? RC_OK : failed(db, NULL, "copy", err);
}

Rc copy_end(Db *db, Error *err)
{
    if (copy_put(db, "\377\377", 2, err))
        return err->rc;
    if (PQputCopyEnd(db->pg, NULL) != 1)
        return failed(db, NULL, "copy", err);
    Rc rc = RC_OK;
    for (PGresult *res; (res = PQgetResult(db->pg)); PQclear(res))
        if (PQresultStatus(res) != PGRES_COMMAND_OK && !rc)
            rc = failed(db, res, "copy", err);
    return rc;
}

void copy_abort(Db *db)
{
    if (db->pg && PQputCopyEnd(db->pg, "given up") == 1)
        for (PGresult *res; (res = PQgetResult(db->pg));)
            PQclear(res);
}

Rc stream_begin(Db *db, const char *sql, const Args *args, Error *err)
{
    if (db_need(db, err))
        return err->rc;
    if (!PQsendQueryParams(db->pg, sql, args->n, NULL, args->value, args->length, args->format, 0) || !PQsetSingleRowMode(db->pg))
        return failed(db, NULL, sql, err);
    return RC_OK;
}

static void drain(Db *db)
{
    for (PGresult *res; (res = PQgetResult(db->pg));)
        PQclear(res);
}

Rc stream_next(Db *db, Rows *row, Error *err)
{
    PGresult *res = PQgetResult(db->pg);
    if (!res)
        return RC_END;
    if (judge(db, res, "stream", row, err)) {
        if (db->pg)
            drain(db);
        return err->rc;
    }
    if (PQresultStatus(row->pg) == PGRES_SINGLE_TUPLE)
        return RC_OK;
    rows_end(row);
    drain(db);
    return RC_END;
}

static Rc begun(Tx *tx, Db *db, const char *sql, Error *err)
{
    if (db_query(db, sql, NULL, NULL, err))
        return err->rc;
    tx->db = db;
    db->in_tx = true;
    return RC_OK;
}

Rc tx_begin(Tx *tx, Db *db, Error *err) { return begun(tx, db, "begin", err); }

Rc tx_reads(Tx *tx, Db *db, Error *err) { return begun(tx, db, "begin isolation level repeatable read read only", err); }

Rc tx_commit(Tx *tx, Error *err)
{
    if (db_query(tx->db, "commit", NULL, NULL, err))
        return err->rc;
    tx->db->in_tx = false;
    tx->db = NULL;
    return RC_OK;
}

Rc mark_set (Db *db, Error *err) { return db_exec(db, "savepoint mark", err); }
Rc mark_undo(Db *db, Error *err) { return db_exec(db, "rollback to savepoint mark", err); }

/* A COPY or a stream left open is ended with the transaction: the connection is closed, and opened anew at the next need. */
void tx_end(Tx *tx)
{
    Error late = {0};
    if (!tx->db)
        return;
    tx->db->in_tx = false;
    if (!db_connected(tx->db)) {
        tx->db = NULL;
        return;
    }
    if (PQtransactionStatus(tx->db->pg) == PQTRANS_ACTIVE)
        db_drop(tx->db);
    else if (db_query(tx->db, "rollback", NULL, NULL, &late)) {
        log_event(LOG_WARNING, "rollback", "error", late.text, NULL);
        db_drop(tx->db);
    }
    tx->db = NULL;
}

static Rc lock_query(Db *db, const char *sql, const char *what, bool *yes, Error *err)
{
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_text(&args, what);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    *yes = *rows_text(&rows, 0, 0) == 't';
    return RC_OK;
}

Rc db_hold(Db *db, const char *what, bool *held, Error *err)
{
    return lock_query(db, "select pg_try_advisory_lock(hashtextextended($1, 7391))", what, held, err);
}

Rc db_release(Db *db, const char *what, Error *err)
{
    bool had;
    return lock_query(db, "select pg_advisory_unlock(hashtextextended($1, 7391))", what, &had, err);
}

Rc db_allowed(Db *db, int64_t *connections, Error *err)
{
    static const char sql[] =
        "select case when r.rolsuper then m.most else least(m.most - current_setting('superuser_reserved_connections')::int, nullif(r.rolconnlimit, -1), nullif(d.datconnlimit, -1)) end"
        " from pg_roles r, pg_database d, (select current_setting('max_connections')::int as most) m where r.rolname = current_user and d.datname = current_database()";
    SCOPED(rows_end) Rows rows = {0};
    if (db_query(db, sql, NULL, &rows, err))
        return err->rc;
    *connections = rows_int(&rows, 0, 0);
    return RC_OK;
}
