#include "schemas/reader_rows.h"
#include "gateway/base/text.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { USUAL_COLUMNS = 64, ROW_CEILING = 4 * RECORD_LIMIT };

void sheet_init(Sheet *t, Outlet *to, const char *sheet)
{
    *t = (Sheet){ .to = to, .sheet = sheet, .heading_row = to->layout ? to->layout->heading_row : 0, .names = arena_new() };
    t->text.ceiling = ROW_CEILING;
}

void sheet_free(Sheet *t)
{
    arena_free(&t->names);
    buffer_free(&t->text);
    free(t->columns);
    free(t->cells);
}

static bool blank_text(const char *s, size_t len) { return blanks(s, len) == len; }

static void cells_grow(Sheet *t, unsigned column)
{
    unsigned room = t->room ? t->room : USUAL_COLUMNS;
    while (room < column)
        room *= 2;
    RowCell *cells = reallocarray(t->cells, room, sizeof *cells);
    if (!cells)
        abort();
    memset(cells + t->room, 0, (room - t->room) * sizeof *cells);
    t->cells = cells;
    t->room = room;
}

void sheet_spoil(Sheet *t, unsigned column, const char *why)
{
    char letters[COLUMN_LETTERS];
    if (!*t->bad)
        snprintf(t->bad, sizeof t->bad, "column %s: %s", column_letters(column, letters), why);
}

/* White space alone is no value. */
void sheet_cell(Sheet *t, unsigned column, size_t len)
{
    char *s = t->text.at + t->text.len;
    s[len] = '\0';
    t->told += len;
    if (blank_text(s, len))
        return;
    assert(column >= 1 && column <= ORIGIN_COLUMNS);
    if (column > t->room)
        cells_grow(t, column);
    RowCell *cell = &t->cells[column - 1];
    if (cell->len)
        sheet_spoil(t, column, "the cell stands twice");
    *cell = (RowCell){ t->text.len, len };
    t->last = column > t->last ? column : t->last;
    if (t->text.len + len + 1 <= RECORD_LIMIT)
        buffer_used(&t->text, len + 1);
    else if (!*t->bad)
        snprintf(t->bad, sizeof t->bad, BAD_TOO_LARGE);
}

static void row_forget(Sheet *t)
{
    if (t->last)
        memset(t->cells, 0, t->last * sizeof *t->cells);
    t->last = 0;
    *t->bad = '\0';
    buffer_clear(&t->text);
}

static Rc refuse_row(const char *code, const char *first, uint32_t row, Error *err)
{
    char number[16];
    snprintf(number, sizeof number, "%u", row);
    return first ? error_refuse(err, code, first, number, NULL) : error_refuse(err, code, number, NULL, NULL);
}

static void column_name(Sheet *t, unsigned column, Node *n)
{
    const RowCell *cell = &t->cells[column - 1];
    size_t len;
    const char *plain = text_plain(t->text.at + cell->at, cell->len, t->names, &len);
    *n = (Node){ .kind = NODE_NULL, .origin = origin_cell(column, 0), .name = arena_text(t->names, plain, len), .name_len = (unsigned)len };
}

static Rc headings_take(Sheet *t, uint32_t row, Error *err)
{
    if (*t->bad)
        return refuse_row("bad_heading", t->bad, row, err);
    t->columns = calloc(t->last, sizeof *t->columns);
    if (!t->columns)
        return error_set(err, RC_RETRY, "out of memory");
    t->record = (Node){ .kind = NODE_OBJECT, .first = t->columns };
    t->width = t->last;
    for (unsigned column = 1; column <= t->width; column++)
        if (t->cells[column - 1].len)
            column_name(t, column, &t->columns[t->n++]);
    for (unsigned i = 0; i + 1 < t->n; i++)
        t->columns[i].next = &t->columns[i + 1];
    t->record.last = &t->columns[t->n - 1];
    t->record.n = t->n;
    t->headed = true;
    return RC_OK;
}

static void member_fill(Sheet *t, Node *n, const RowCell *cell)
{
    n->kind = cell->len ? NODE_STRING : NODE_NULL;
    n->text = cell->len ? t->text.at + cell->at : NULL;
    n->len = cell->len;
}

/* Fills the members; what stands under no heading spoils the row. */
static void record_fill(Sheet *t)
{
    static const RowCell none;
    unsigned at = 1;
    for (Node *n = t->columns; n < t->columns + t->n; n++, at++) {
        unsigned column = n->origin;
        for (; at < column; at++)
            if (at <= t->room && t->cells[at - 1].len)
                sheet_spoil(t, at, "a value under no heading");
        member_fill(t, n, column <= t->room ? &t->cells[column - 1] : &none);
    }
    for (; at <= t->last; at++)
        if (t->cells[at - 1].len)
            sheet_spoil(t, at, "a value under no heading");
}

static Rc record_emit(Sheet *t, uint32_t row, Error *err)
{
    record_fill(t);
    Record r = { .line = row, .sheet = t->sheet };
    if (*t->bad)
        r.bad = t->bad;
    else
        r.node = &t->record;
    return outlet_emit(t->to, &r, err);
}

Rc sheet_row_end(Sheet *t, uint32_t row, Error *err)
{
    Rc rc = RC_OK;
    bool heads = !t->headed && (t->heading_row ? row >= t->heading_row : t->last > 0);
    if (heads && (!t->last || (t->heading_row && row > t->heading_row)))
        rc = refuse_row("no_heading_row", NULL, t->heading_row, err);
    else if (heads)
        rc = headings_take(t, row, err);
    else if (t->headed && (t->last || *t->bad))
        rc = record_emit(t, row, err);
    row_forget(t);
    return rc;
}

Rc sheet_whole(const Sheet *t, Error *err)
{
    return t->headed ? RC_OK : refuse_row("no_heading_row", NULL, t->heading_row ? t->heading_row : 1, err);
}
