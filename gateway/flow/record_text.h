/* A row of a canonical table, as reports and versions give it, as texts. */
#pragma once
#include "gateway/flow/gateway.h"

/* The key fields' texts, joined by '\x1f'. Lives in a. */
const char *row_key(const Feed *f, const Rows *r, int row, Arena *a);
/* The text of a field that is not null; personal ones unsealed (key: of the row). *out NULL: the person was erased or blocked, as if it were absent. */
Rc   row_text(Desk *d, const Feed *f, const Field *field, const Rows *r, int row, const char *key, Arena *a, const char **out, Error *err) MUST_USE;
bool text_is_json(const Field *f);             /* is the text of such a field JSON already */
