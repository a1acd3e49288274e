/* Faults of libpq by number: the n-th call that asks something of the server fails as libpq makes it fail. Once in a test program, linked with --wrap for
   each function below. The failures are libpq's own wherever they can be: the socket is shut, and the real function finds out. */
#pragma once
#include <libpq-fe.h>
#include <stdbool.h>
#include <sys/socket.h>

typedef enum {
    LOST_BEFORE,       /* the connection is gone before the server hears of it */
    LOST_AFTER,        /* the server has done it, and its answer never comes */
    NO_MEMORY,         /* libpq has none: no result, or the failing return */
    SERVER_SAYS,       /* the server refuses: disk full */
    FAULTS
} Fault;
static const char *const fault_names[FAULTS] = { "lost before", "lost after", "no memory", "server says no" };

static struct { Fault fault; long at, calls; bool struck, prepared; } script;      /* prepared: statements are not prepared anew, it is their use that fails */

static void script_arm(Fault fault, long at) { script.fault = fault, script.at = at, script.calls = 0, script.struck = false; }

/* Did it strike? */
static bool script_end(void)
{
    script.at = 0;
    return script.struck;
}

static bool struck_now(void)
{
    if (!script.at || ++script.calls != script.at)
        return false;
    return script.struck = true;
}

static void cut(PGconn *c)
{
    if (PQsocket(c) >= 0)
        shutdown(PQsocket(c), SHUT_RDWR);
}

#define WRAPPED(type, name, ...) type __real_##name(__VA_ARGS__); type __wrap_##name(__VA_ARGS__); type __wrap_##name(__VA_ARGS__)
#define SENT(c, call) \
    if (!struck_now()) \
        return call; \
    return strike(c, script.fault == LOST_AFTER ? call : NULL)

PGresult *__real_PQexec(PGconn *c, const char *sql);
PGresult *__wrap_PQexec(PGconn *c, const char *sql);

static PGresult *strike(PGconn *c, PGresult *done)
{
    PQclear(done);
    if (script.fault == NO_MEMORY)
        return NULL;
    if (script.fault == SERVER_SAYS)
        return __real_PQexec(c, "do $$ begin raise exception 'scripted' using errcode = '53100'; end $$");
    cut(c);
    return __real_PQexec(c, "select");
}

PGresult *__wrap_PQexec(PGconn *c, const char *sql) { SENT(c, __real_PQexec(c, sql)); }

WRAPPED(PGresult *, PQprepare, PGconn *c, const char *name, const char *sql, int n, const Oid *types)
{
    if (script.prepared)
        return __real_PQprepare(c, name, sql, n, types);
    SENT(c, __real_PQprepare(c, name, sql, n, types));
}

WRAPPED(PGresult *, PQexecPrepared, PGconn *c, const char *name, int n, const char *const *v, const int *l, const int *f, int format)
{
    SENT(c, __real_PQexecPrepared(c, name, n, v, l, f, format));
}

WRAPPED(PGresult *, PQexecParams, PGconn *c, const char *sql, int n, const Oid *types, const char *const *v, const int *l, const int *f, int format)
{
    SENT(c, __real_PQexecParams(c, sql, n, types, v, l, f, format));
}

WRAPPED(PGconn *, PQconnectdb, const char *dsn)
{
    if (!struck_now())
        return __real_PQconnectdb(dsn);
    if (script.fault == NO_MEMORY)
        return NULL;
    if (script.fault != LOST_AFTER)
        return __real_PQconnectdb(script.fault == LOST_BEFORE ? "host=/nowhere" : "host=/nowhere dbname=none");
    PGconn *c = __real_PQconnectdb(dsn);
    cut(c);
    return c;
}

WRAPPED(int, PQsendQueryParams, PGconn *c, const char *sql, int n, const Oid *types, const char *const *v, const int *l, const int *f, int format)
{
    bool now = struck_now();
    if (now && (script.fault == NO_MEMORY || script.fault == SERVER_SAYS))
        return 0;
    if (now && script.fault == LOST_BEFORE)
        cut(c);
    int sent = __real_PQsendQueryParams(c, sql, n, types, v, l, f, format);
    if (now)
        cut(c);
    return sent;
}

WRAPPED(int, PQsetSingleRowMode, PGconn *c) { return struck_now() ? 0 : __real_PQsetSingleRowMode(c); }

WRAPPED(PGresult *, PQgetResult, PGconn *c)
{
    if (!struck_now())
        return __real_PQgetResult(c);
    if (script.fault == NO_MEMORY)
        return PQmakeEmptyPGresult(c, PGRES_FATAL_ERROR);
    if (script.fault == LOST_AFTER)
        PQclear(__real_PQgetResult(c));
    cut(c);
    return script.fault == LOST_AFTER ? PQmakeEmptyPGresult(c, PGRES_FATAL_ERROR) : __real_PQgetResult(c);
}

WRAPPED(int, PQputCopyData, PGconn *c, const char *bytes, int n)
{
    bool now = struck_now();
    if (now && (script.fault == NO_MEMORY || script.fault == SERVER_SAYS))
        return -1;
    if (now && script.fault == LOST_BEFORE)
        cut(c);
    int put = __real_PQputCopyData(c, bytes, n);
    if (now)
        cut(c);
    return put;
}

WRAPPED(int, PQputCopyEnd, PGconn *c, const char *why)
{
    if (!struck_now())
        return __real_PQputCopyEnd(c, why);
    if (script.fault == NO_MEMORY)
        return -1;
    if (script.fault == SERVER_SAYS)
        return __real_PQputCopyEnd(c, "scripted");
    if (script.fault == LOST_BEFORE)
        cut(c);
    int put = __real_PQputCopyEnd(c, why);
    cut(c);
    return put;
}
