#include "gateway/flow/settling.h"
#include "persistence/people.h"
#include <string.h>

enum { COPY_BYTES = 256 * 1024, HELD_BYTES = 2 * 1024 * 1024 };

static Rc copy_some(Settling *s, size_t at_least, Error *err)
{
    if (s->copy.len < at_least || s->copy.len == 0)
        return RC_OK;
    if (copy_put(s->db, s->copy.at, s->copy.len, err))
        return err->rc;
    buffer_clear(&s->copy);
    return RC_OK;
}

/* Personal values are sealed before anything is sent anywhere; keys are made over the other connection, since this one may be copying. */
static Rc seal_held(Settling *s, Error *err)
{
    if (!s->feed->personal || s->n_rows == 0)
        return RC_OK;
    return people_seal(s->parts, s->g->vault, s->feed, s->rows, s->values, s->n_rows, clock_now(&s->g->clock), s->held, err);
}

static Rc copy_held(Settling *s, Error *err)
{
    if (seal_held(s, err))
        return err->rc;
    for (size_t i = 0; i < s->n_rows; i++) {
        row_copy(s->feed, &s->rows[i], &s->copy);
        if (copy_some(s, COPY_BYTES, err))
            return err->rc;
    }
    s->n_rows = s->held_bytes = 0;
    arena_reset(s->held);
    return RC_OK;
}

static Rc begin_staging(Settling *s, Error *err)
{
    if (stage_begin(s->db, s->table, err) || copy_begin(s->db, s->table->stage_copy, err))
        return err->rc;
    s->staged = s->copying = true;
    return copy_held(s, err);
}

static void hold(Settling *s, const Row *row, const Value *values)
{
    size_t n = s->feed->n_fields;
    Value *mine = arena_alloc(s->held, n * sizeof *mine);
    for (size_t i = 0; i < n; i++)
        if (values[i].text) {
            mine[i] = (Value){ arena_text(s->held, values[i].text, values[i].len), values[i].len };
            s->held_bytes += values[i].len;
        }
    Row *to = &s->rows[s->n_rows];
    *to = *row;
    to->values = s->values[s->n_rows++] = mine;
    if (row->ground)
        to->ground = arena_text(s->held, row->ground, strlen(row->ground));
}

Rc rows_add(Settling *s, Row *row, const Value *values, Error *err)
{
    row->values = values;
    if (s->staged && !s->feed->personal) {
        row_copy(s->feed, row, &s->copy);
        return copy_some(s, COPY_BYTES, err);
    }
    bool full = s->n_rows == ARRAY_ROWS || s->held_bytes > HELD_BYTES;
    if (full && s->c->n > 1)
        return error_set(err, RC_END, "too much for a group: rows of a staging table have one delivery's period and number");
    if (full && (s->staged ? copy_held(s, err) : begin_staging(s, err)))
        return err->rc;
    if (s->staged && !s->feed->personal)
        return rows_add(s, row, values, err);
    hold(s, row, values);
    return RC_OK;
}

Rc rows_end_all(Settling *s, Error *err)
{
    if (!s->staged)
        return seal_held(s, err);
    if (copy_held(s, err) || copy_some(s, 1, err))
        return err->rc;
    s->copying = false;
    buffer_free(&s->copy);
    return copy_end(s->db, err) || stage_analyse(s->db, s->table, err) ? err->rc : RC_OK;
}

void rows_abort(Settling *s)
{
    if (s->copying)
        copy_abort(s->db);
    s->copying = false;
}
