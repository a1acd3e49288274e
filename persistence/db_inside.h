/* What the files of the database connection share. */
#pragma once
#include "gateway/model/metrics.h"
#include "persistence/db.h"

enum { STATEMENTS = 512 };

struct Db {
    char       *dsn;
    PGconn     *pg;
    const char *statement[STATEMENTS];     /* open addressing by address of the SQL */
    bool        in_tx;                     /* then a lost connection must not be replaced: what went before is gone */
};

/* db_trouble.c: what went wrong, by kind (DATABASE_…). */
unsigned db_unconnected(const char *message);       /* of libpq, when there is no connection to be had */
unsigned db_refused(const char *sqlstate);
void     db_error(unsigned kind);                   /* counts it, and what db_trouble tells of is said in the log when it begins */
