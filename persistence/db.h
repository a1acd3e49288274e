/* One connection to PostgreSQL, its statements and its transaction. One thread at a time. */
#pragma once
#include "gateway/base/arena.h"
#include "gateway/base/buffer.h"
#include "gateway/base/clock.h"
#include "gateway/base/error.h"
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Db Db;

Db  *db_new (const char *dsn);                 /* copies dsn; connects at first need */
void db_free(Db **db);

/* Connects if it is not connected. RC_RETRY: the database is not there. */
Rc   db_need(Db *db, Error *err) MUST_USE;
bool db_connected(const Db *db);
void db_drop(Db *db);                          /* ends the connection; the next need opens another */

/* What the server refused lately (15 s), to any connection of this process: DB_FULL has no room for what is written, DB_BUSY no connection to spare. */
typedef enum { DB_WELL, DB_FULL, DB_BUSY } DbTrouble;
DbTrouble db_trouble(void);

/* The values of $1, $2, … of one statement. Texts and bytes are borrowed until the call; numbers are kept here. */
enum { ARGS_MAX = 40 };
typedef struct {
    const char *value[ARGS_MAX];
    int         length[ARGS_MAX], format[ARGS_MAX];
    char        number[ARGS_MAX][INSTANT_TEXT];
    int         n;
} Args;
void arg_text   (Args *a, const char *s);                     /* NULL: null */
void arg_bytes  (Args *a, const void *bytes, size_t n);       /* bytes NULL: null. Also for arrays in binary form */
void arg_int    (Args *a, int64_t n);
void arg_instant(Args *a, Instant at);                        /* 0: null */

/* A result that ends with its scope. */
typedef struct { PGresult *pg; } Rows;
void rows_end(Rows *r);
static inline int rows_n(const Rows *r) { return PQntuples(r->pg); }
static inline bool rows_null(const Rows *r, int row, int col) { return PQgetisnull(r->pg, row, col); }
static inline const char *rows_text(const Rows *r, int row, int col) { return PQgetvalue(r->pg, row, col); }
int64_t rows_int(const Rows *r, int row, int col);
Instant rows_instant(const Rows *r, int row, int col);        /* of an expression extract(epoch from x) * 1000000 :: bigint */
/* bytea in text form, decoded into a. */
const unsigned char *rows_bytes(const Rows *r, int row, int col, Arena *a, size_t *n);

/* Runs one statement with parameters; it is prepared at first use on this connection, found again by the address of sql, which must
   stay good as long as the Db (a literal, or a text of a loaded table). args and out may be NULL. RC_RETRY: connection lost, deadlock,
   serialisation, resources; RC_FATAL: any other SQL error. */
Rc db_query(Db *db, const char *sql, const Args *args, Rows *out, Error *err) MUST_USE;

/* The same; appends the text of the first column of its only row. */
Rc db_json(Db *db, const char *sql, const Args *args, Buffer *out, Error *err) MUST_USE;

/* The same as db_query, but planned anew each time: for statements over a staging table whose size differs from run to run. */
Rc db_query_once(Db *db, const char *sql, const Args *args, Rows *out, Error *err) MUST_USE;

/* The same as db_query with results in binary form: for bytea columns (PQgetvalue, PQgetlength are the bytes themselves). */
Rc db_query_bytes(Db *db, const char *sql, const Args *args, Rows *out, Error *err) MUST_USE;

/* Runs SQL once, not prepared, possibly several statements. */
Rc db_exec(Db *db, const char *sql, Error *err) MUST_USE;

/* A question without parameters that is waited for only so long, a connection of its own included where there is none; sql may be several statements, of which one has
   rows. RC_RETRY: no answer. */
Rc db_ask(Db *db, const char *sql, int ms, Rows *out, Error *err) MUST_USE;
int64_t rows_affected(const Rows *r);

/* A session's advisory lock under a name; counted, and gone with the connection. */
Rc db_hold   (Db *db, const char *what, bool *held, Error *err) MUST_USE;      /* *held false: another session has it */
Rc db_release(Db *db, const char *what, Error *err) MUST_USE;

/* How many connections the server, the role and the database allow us and everybody like us together. */
Rc db_allowed(Db *db, int64_t *connections, Error *err) MUST_USE;

/* Binary COPY into sql ("copy t (…) from stdin (format binary)"): header and trailer are written here. Nothing else may run between begin and end. */
Rc   copy_begin(Db *db, const char *sql, Error *err) MUST_USE;
Rc   copy_put  (Db *db, const char *bytes, size_t n, Error *err) MUST_USE;
Rc   copy_end  (Db *db, Error *err) MUST_USE;
void copy_abort(Db *db);                                      /* what was put is not there */

/* The rows of one statement as they come, one by one, in bounded memory; each must be asked for until RC_END. Planned anew each time. */
Rc   stream_begin(Db *db, const char *sql, const Args *args, Error *err) MUST_USE;
Rc   stream_next (Db *db, Rows *row, Error *err) MUST_USE;

typedef struct { Db *db; } Tx;
Rc   tx_begin (Tx *tx, Db *db, Error *err) MUST_USE;
Rc   tx_reads(Tx *tx, Db *db, Error *err) MUST_USE;          /* all that is read in it is of one moment; nothing may be written */
Rc   tx_commit(Tx *tx, Error *err) MUST_USE;
Rc   mark_set (Db *db, Error *err) MUST_USE;                  /* within a transaction: what follows may be taken back … */
Rc   mark_undo(Db *db, Error *err) MUST_USE;                  /* … to here */
void tx_end   (Tx *tx);                                       /* rolls back what was not committed; for SCOPED */
