/* A table in canonical form: one record a row, its columns headed by field names, or by their labels in Kazakh or Russian; members of objects and items as "history.state" in columns of
   their own, or a whole nested field as JSON text in one. A row with cells in arrays whose other cells are all empty, or all repeat those of the record's first row, goes on with that record: it
   adds one item to each array it has cells for. An array of plain values may also stand in one cell, as JSON or divided by ";" or line breaks; a row with nothing but such cells adds to
   them. A column headed $withdraw makes a withdrawal of each row where it holds a ground. Every node keeps the cell it came from (Node.origin). */
#pragma once
#include "gateway/model/record.h"

typedef struct Headings Headings;
Headings *headings_begin(const Feed *feed, RecordSink *sink, void *self);
void      headings_free (Headings **h);                                 /* NULL-safe */
/* A RecordSink, for a reader of tables. RC_REJECT unknown_heading {heading} {column}, doubled_heading {heading} {column}, heading_missing {field}: the table as a whole. */
Rc        headings_record(void *headings, const Record *row, Error *err);
Rc        headings_end   (Headings *h, Error *err) MUST_USE;             /* the last record goes out */

/* The field a heading means, by its path; NULL: none. For a nested one *top is the top-level field. Case and white space do not matter. */
const Field *heading_field(const Feed *feed, const char *heading, size_t len, const Field **top);
/* How the columns of a feed's table are headed, one after the other, for templates: its path ("history.state"), and the heading in a language ("kk", "ru"; "en": the path). RC_END: no more. */
typedef struct { const Field *top, *field; const char *path, *heading; } HeadingColumn;
Rc        heading_column(const Feed *feed, const char *lang, size_t i, Arena *a, HeadingColumn *out);
