#include "gateway/flow/record_text.h"
#include "persistence/people.h"

const char *row_key(const Feed *f, const Rows *r, int row, Arena *a)
{
    SCOPED(buffer_free) Buffer b = {0};
    for (size_t k = 0; k < f->n_key; k++)
        buffer_print(&b, "%s%s", k ? "\x1f" : "", rows_text(r, row, (int)f->key[k]->index));
    return arena_text(a, b.at, b.len);
}

bool text_is_json(const Field *f) { return f->type != TYPE_TEXT && f->type != TYPE_DATE; }

Rc row_text(Desk *d, const Feed *f, const Field *field, const Rows *r, int row, const char *key, Arena *a, const char **out, Error *err)
{
    size_t n;
    *out = rows_text(r, row, (int)field->index);
    if (!field->personal)
        return RC_OK;
    const unsigned char *sealed = rows_bytes(r, row, (int)field->index, a, &n);
    return people_unseal(d->db, d->g->vault, f, field, key, sealed, n, a, out, err);
}
