/* How the texts of a table's statements are made; for those who make more of them. */
#pragma once
#include "gateway/base/buffer.h"
#include "persistence/table.h"

const char *column_type(const Field *f);          /* in the table: personal columns are bytea */
void        merge_sql(Table *t, Arena *a);        /* fills staged and arrays */
const char *grants_sql(const Feed *feed, Arena *a);

void table_columns(const Table *t, const char *alias, bool as_text, Buffer *b);      /* v."a", v."b", … of alias "v"; as_text: as they are read, arrays as JSON, personal ones as bytea */
void table_keys   (const Table *t, Buffer *b);                    /* v."k", … */

/* A row source in brackets: of every key the version with the highest (period, number) among those that count: settled by the instant, about the period or an earlier one, and not after
   a higher number of its delivery's period; without what is withdrawn by then. A version that later periods confirmed stands for all periods up to the last that did. known_at, period:
   expressions with their types, null: any; bounds: " and …" over v. */
void table_as_of(const Table *t, const char *bounds, const char *known_at, const char *period, Buffer *b);
