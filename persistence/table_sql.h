/* How the texts of a table's statements are made; table.c only. */
#pragma once
#include "persistence/table.h"

const char *column_type(const Field *f);          /* in the table: personal columns are bytea */
void        merge_sql(Table *t, Arena *a);        /* fills staged and arrays */
const char *grants_sql(const Feed *feed, Arena *a);
