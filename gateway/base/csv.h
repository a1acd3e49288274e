/* Where the rows of a CSV text end. The guard of the door and the reader behind it look through the same eyes.

   RFC 4180; rows may also end in LF or CR alone. A quotation mark opens a quoted value only at a value's beginning; anywhere else in an unquoted value it is a character like others. */
#pragma once
#include "gateway/base/buffer.h"
#include "gateway/base/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CSV_ROW_MAX = 1 << 20, CSV_COLUMNS_MAX = 16384, CSV_CANDIDATES = 3 };

typedef struct {
    char     separator;         /* 0: not known yet */
    unsigned heading_row;       /* the row that tells it, counted from 1; 0: the first with a value */
    uint64_t row;               /* rows ended so far, without Excel's "sep=" line, which is none */
    bool     quoted;            /* within a quoted value */
    bool     closed;            /* the byte before was its closing mark */
    bool     inside;            /* within an unquoted value */
    bool     after_cr, begun, valued;
    size_t   length;            /* bytes of the row under way */
    unsigned count[CSV_CANDIDATES], columns;
    char     head[8];           /* the document's first bytes */
} CsvScan;                      /* csv_scan_init makes it ready */

/* separator 0: what a "sep=" line says, else whichever of ; tab , the heading row has most of outside quotes. */
void csv_scan_init(CsvScan *s, char separator, unsigned heading_row);

typedef struct {
    const char *at; size_t n;   /* bytes of the row under way, its quotes and separators as they stand */
    bool ended;                 /* the row ends behind them; s->row and s->separator are of that row */
    bool is_sep;                /* that was the "sep=" line, which is no row */
} CsvPart;

/* Goes on from *at, which it moves, to the end of a row or of the piece. RC_REJECT row_too_long {row}, too_many_columns {row}. */
Rc csv_scan(CsvScan *s, const char **at, const char *end, CsvPart *part, Error *err) MUST_USE;

/* The document has ended, and with it the last row. RC_REJECT torn {"}. */
Rc csv_scan_end(CsvScan *s, CsvPart *part, Error *err) MUST_USE;

/* Appends a value in quotes, a comma before it unless it is the row's first. What a spreadsheet would take for a formula is kept from being one by an apostrophe. */
void csv_put(Buffer *out, bool first, const char *value);
/* The mark at the beginning by which spreadsheets know UTF-8, and the row of names. */
void csv_begin(Buffer *out, const char *const *names, size_t n);
