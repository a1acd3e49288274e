/* The rows of a table, from whatever format, as records: their cells are told one by one, in any order. Only for schemas/reader_csv.c and schemas/reader_xlsx*.c. */
#pragma once
#include "schemas/reader_internal.h"

/* A cell of the row under way: where its text begins among the row's; len 0: it is empty. */
typedef struct { size_t at, len; } RowCell;

typedef struct {
    Outlet  *to;
    const char *sheet;
    unsigned heading_row;       /* 0: the first row with a value */
    bool     headed;            /* the headings are known */
    Arena   *names;             /* holds them */
    Node     record, *columns;  /* a record and its members, used again for each row */
    unsigned n, width, room;    /* columns with a heading; cells up to the last of those; cells there is room for */
    RowCell *cells;             /* by column, from A on */
    unsigned last;              /* last column with a value in the row under way */
    Buffer   text;
    uint64_t told;              /* bytes of all cells so far, the empty ones and those of bad rows too */
    char     bad[BAD_SIZE];     /* why the row cannot be a record; "": it can */
} Sheet;

void sheet_init(Sheet *t, Outlet *to, const char *sheet);
void sheet_free(Sheet *t);

/* len bytes for the text of a cell in that column (counted from 1), to be written at once; then sheet_cell says how many were. */
static inline char *sheet_room(Sheet *t, size_t len) { return buffer_room(&t->text, len + 1); }
void sheet_cell(Sheet *t, unsigned column, size_t len);

/* The row under way is no record, and why: the first reason counts. */
void sheet_spoil(Sheet *t, unsigned column, const char *why);

/* Ends the row under way: headings, a record, or nothing. RC_REJECT no_heading_row {row}, bad_heading {column} {row}; or what the sink returned. */
Rc   sheet_row_end(Sheet *t, uint32_t row, Error *err) MUST_USE;

/* The table has ended: it must have had headings. RC_REJECT no_heading_row {row}. */
Rc   sheet_whole(const Sheet *t, Error *err) MUST_USE;
