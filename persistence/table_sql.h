/* How the texts of a table's statements are made; for those who make more of them. */
#pragma once
#include "gateway/base/buffer.h"
#include "persistence/table.h"

const char *column_type(const Field *f);          /* in the table: personal columns are bytea */
void        merge_sql(Table *t, Arena *a);        /* fills staged and arrays */
const char *grants_sql(const Feed *feed, Arena *a);

void table_columns(const Table *t, const char *alias, bool as_text, Buffer *b);      /* v."a", v."b", … of alias "v"; as_text: as they are read, arrays as JSON, personal ones as bytea */
void table_keys   (const Table *t, Buffer *b);                    /* v."k", … */
