/* Single rows of a canonical table, for administrative acts. */
#pragma once
#include "persistence/table.h"

/* Gives the current row of this key (n_key texts) to another party. RC_REJECT: no such row, or no such party. */
Rc record_transfer(Db *db, const Table *t, const char *const *key, const char *bin, Error *err) MUST_USE;
