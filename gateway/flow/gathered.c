#include "gateway/flow/gathered.h"
#include <stdlib.h>

void gathered_end(Gathered *g)
{
    for (size_t i = 0; i < g->n; i++)
        rows_end(&g->row[i]);
    free(g->row);
}

static size_t row_bytes(const Rows *r)
{
    size_t n = 0;
    for (int i = 0; i < PQnfields(r->pg); i++)
        n += (size_t)PQgetlength(r->pg, 0, i);
    return n;
}

Rc gathered_read(Db *db, size_t most, Gathered *g, Error *err)
{
    Rows row = {0};
    Rc rc;
    *g = (Gathered){ .row = calloc(most, sizeof *g->row), .most = most };
    if (!g->row)
        abort();
    while (!(rc = stream_next(db, &row, err))) {
        g->more = g->more || g->n == g->most || g->bytes > GATHERED_BYTES;
        if (g->more) {
            rows_end(&row);
            continue;
        }
        g->bytes += row_bytes(&row);
        g->row[g->n++] = row;
        row.pg = NULL;
    }
    return rc == RC_END ? RC_OK : rc;
}
