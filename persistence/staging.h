/* Rows of one settlement on their way into the canonical table: a few as arrays of one statement, many through a staging table by binary COPY. */
#pragma once
#include "gateway/base/buffer.h"
#include "gateway/model/record.h"
#include "persistence/table.h"

enum { ROW_HASH_SIZE = 17, ARRAY_ROWS = 1000 };
enum { ROW_OWN_COLUMNS = 7 };                       /* of a source beside the fields: seq round wish ground hash period number */
enum { WISH_PUT, WISH_WITHDRAW, WISH_PRESENT };     /* present: refused, but its key counts as there */

typedef struct {
    uint32_t      seq;
    uint16_t      round;
    uint8_t       wish;
    const char   *ground;
    const char   *period;                           /* of its envelope */
    int64_t       number;
    const Value  *values;                           /* feed->n_fields; personal ones are sealed bytes */
    unsigned char hash[ROW_HASH_SIZE];
} Row;

/* Appends one row in PostgreSQL's binary COPY form. Values are canonical (schemas/check.h): they cannot fail to convert. */
void row_copy(const Feed *feed, const Row *row, Buffer *out);

/* The source parameters of rows as text arrays: appended to args from $4 on; the bytes live in *bytes, which must live as long as args. */
void rows_arrays(const Feed *feed, const Row *rows, size_t n, Buffer *bytes, Args *args);

/* The same for a staging table: $4 period, $5 number. */
void staged_source_args(const char *period, int64_t number, Args *args);

Rc stage_begin(Db *db, const Table *t, Error *err) MUST_USE;      /* the session's staging table, empty */
Rc stage_analyse(Db *db, const Table *t, Error *err) MUST_USE;
