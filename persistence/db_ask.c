#include "persistence/db_inside.h"
#include "gateway/base/clock.h"
#include <poll.h>
#include <string.h>

static bool wait_for(PGconn *pg, short events, int64_t until)
{
    struct pollfd p = { .fd = PQsocket(pg), .events = events };
    int64_t left = until - monotonic_ms();
    return left > 0 && p.fd >= 0 && poll(&p, 1, (int)left) > 0;
}

static PGconn *connect_within(const char *dsn, int64_t until)
{
    PGconn *pg = PQconnectStart(dsn);
    PostgresPollingStatusType s = PQstatus(pg) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
    while (s != PGRES_POLLING_OK && s != PGRES_POLLING_FAILED)
        s = wait_for(pg, s == PGRES_POLLING_READING ? POLLIN : POLLOUT, until) ? PQconnectPoll(pg) : PGRES_POLLING_FAILED;
    if (s == PGRES_POLLING_OK)
        return pg;
    db_error(db_unconnected(PQerrorMessage(pg)));
    PQfinish(pg);
    return NULL;
}

static bool next_result(PGconn *pg, int64_t until, PGresult **out)
{
    while (PQisBusy(pg))
        if (!wait_for(pg, POLLIN, until) || !PQconsumeInput(pg))
            return false;
    *out = PQgetResult(pg);
    return true;
}

/* The rows of the one statement that has some. */
static bool answer_within(PGconn *pg, const char *sql, int64_t until, Rows *out)
{
    bool good = PQsendQuery(pg, sql) && PQflush(pg) == 0;
    for (PGresult *res = NULL; good && (good = next_result(pg, until, &res)) && res;) {
        const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
        if (state)
            db_error(db_refused(state));
        good = !state;
        if (PQresultStatus(res) == PGRES_TUPLES_OK && !out->pg)
            out->pg = res;
        else
            PQclear(res);
    }
    if (!good)
        rows_end(out);
    return good && out->pg;
}

/* The connection at hand may be one that the server has left long ago: then another one is tried. */
Rc db_ask(Db *db, const char *sql, int ms, Rows *out, Error *err)
{
    int64_t until = monotonic_ms() + ms;
    if (db_connected(db) && !db->in_tx) {
        if (answer_within(db->pg, sql, until, out))
            return RC_OK;
        db_drop(db);
    }
    PGconn *pg = connect_within(db->dsn, until);
    bool good = pg && answer_within(pg, sql, until, out);
    PQfinish(pg);
    return good ? RC_OK : error_set(err, RC_RETRY, "database: no answer within %d ms", ms);
}
