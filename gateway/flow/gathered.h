/* Rows of a streamed query, gathered as they come: records may be wide, so a page ends by bytes as well as by number. */
#pragma once
#include "persistence/db.h"

typedef struct { Rows *row; size_t n, most, bytes; bool more; } Gathered;     /* more: there were others, which were read away */

enum { GATHERED_BYTES = 4 * 1024 * 1024 };

/* Of what the connection streams the first `most` rows. For SCOPED(gathered_end). */
Rc   gathered_read(Db *db, size_t most, Gathered *out, Error *err) MUST_USE;
void gathered_end (Gathered *g);
