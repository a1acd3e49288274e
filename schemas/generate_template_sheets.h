/* A template's workbook while it is written. Only for schemas/generate_template*.c. */
#pragma once
#include "schemas/generate_template_parts.h"
#include <xlsxwriter.h>

enum { TEMPLATE_ROWS = 10000 };                              /* as far down as cells are checked while they are typed */

/* A colour is a pair of an inked text and its ground; every look but these is the library's own. */
typedef enum { LOOK_TEXT, LOOK_LONG_TEXT, LOOK_DATE, LOOK_INTEGER, LOOK_DECIMAL, LOOK_REQUIRED, LOOK_OPTIONAL, LOOK_TITLE, LOOK_WRAPPED, LOOKS } Look;

typedef struct {
    const Columns *c;
    lxw_workbook  *book;
    lxw_worksheet *data, *notes, *lists;                     /* lists NULL: there are no code lists */
    lxw_format    *looks[LOOKS];
    struct Choices { char **values; char *range; } *choices; /* per column its list: the values, ends with NULL, and "='Lists'!$A$2:$A$7"; NULL: none */
    lxw_error      failed;                                   /* the first that did */
} Book;

void book_did(Book *b, lxw_error e);
unsigned book_lines(const char *text, unsigned letters);      /* how many the text takes where so many letters stand on one */
void book_page(lxw_worksheet *sheet);                        /* printed on A4, as wide as it is */
void book_put(Book *b, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t col, const char *text, Look look);

bool template_has_lists  (const Columns *c);
void template_data_write (Book *b);
void template_lists_write(Book *b);                          /* fills choices; before the data */
void template_notes_write(Book *b);
