/* The sheets to read: notes on how to fill in and hand in, a table of all fields, and the code lists with their labels. */
#include "gateway/base/text.h"
#include "schemas/generate_template_sheets.h"
#include <string.h>

enum { LIST_STEP = 4, LIST_WIDTH = 26, LABEL_WIDTH = 12, RANGE = 64, LINE_HEIGHT = 15 };

static bool has_list(const HeadingColumn *h) { return column_leaf(h)->n_codes || column_leaf(h)->type == TYPE_BOOLEAN; }

bool template_has_lists(const Columns *c)
{
    for (size_t i = 0; i < c->n; i++)
        if (has_list(&c->at[i]))
            return true;
    return false;
}

static char **values_of(const Columns *c, const Field *f)
{
    static const char *const truths[] = { "yes", "no" };
    size_t n = f->type == TYPE_BOOLEAN ? 2 : f->n_codes;
    char **values = arena_alloc(c->a, (n + 1) * sizeof *values);
    for (size_t i = 0; i < n; i++)
        values[i] = f->type == TYPE_BOOLEAN ? template_said(c, truths[i], NULL, NULL) : arena_text(c->a, f->codes[i].value, strlen(f->codes[i].value));
    return values;
}

static void label_put(Book *b, lxw_row_t row, lxw_col_t col, const char *label, double *width)
{
    size_t letters = label ? text_characters(label, strlen(label)) : 0;
    book_put(b, b->lists, row, col, label, LOOK_DECIMAL);
    *width = (double)letters + 2 > *width ? (double)letters + 2 : *width;
}

/* Returns how many rows it took. */
static lxw_row_t values_put(Book *b, const Field *f, char *const *values, lxw_col_t col)
{
    const lxw_col_t kk = (lxw_col_t)(col + 1), ru = (lxw_col_t)(col + 2);
    double widths[] = { LABEL_WIDTH, LABEL_WIDTH };
    lxw_row_t row = 0;
    for (; values[row]; row++) {
        book_put(b, b->lists, row + 1, col, values[row], LOOK_TEXT);
        if (row >= f->n_codes)
            continue;
        label_put(b, row + 1, kk, f->codes[row].label_kk, &widths[0]);
        label_put(b, row + 1, ru, f->codes[row].label_ru, &widths[1]);
    }
    book_did(b, worksheet_set_column(b->lists, kk, kk, widths[0], NULL));
    book_did(b, worksheet_set_column(b->lists, ru, ru, widths[1], NULL));
    return row;
}

static void list_write(Book *b, const HeadingColumn *h, lxw_col_t col, struct Choices *choices)
{
    char range[RANGE];
    book_put(b, b->lists, 0, col, h->heading, LOOK_REQUIRED);
    book_put(b, b->lists, 0, (lxw_col_t)(col + 1), "Қазақша", LOOK_OPTIONAL);
    book_put(b, b->lists, 0, (lxw_col_t)(col + 2), "По-русски", LOOK_OPTIONAL);
    book_did(b, worksheet_set_column(b->lists, col, col, LIST_WIDTH, NULL));
    choices->values = values_of(b->c, column_leaf(h));
    lxw_rowcol_to_range_abs(range, 1, col, values_put(b, column_leaf(h), choices->values, col), col);
    choices->range = arena_printf(b->c->a, "='%s'!%s", template_said(b->c, "sheet_lists", NULL, NULL), range);
}

void template_lists_write(Book *b)
{
    lxw_col_t col = 0;
    for (size_t i = 0; i < b->c->n; i++)
        if (has_list(&b->c->at[i])) {
            list_write(b, &b->c->at[i], col, &b->choices[i]);
            col = (lxw_col_t)(col + LIST_STEP);
        }
    if (!b->lists)
        return;
    worksheet_freeze_panes(b->lists, 1, 0);
    book_page(b->lists);
}

static void note(Book *b, lxw_row_t *row, const char *text) { book_put(b, b->notes, (*row)++, 0, text, LOOK_DECIMAL); }

static const char *kinds_said(const Feed *f, Arena *a)
{
    SCOPED(buffer_free) Buffer kinds = {0};
    for (Kind k = 1; k < KIND_NIL; k <<= 1)
        if (f->kinds & k)
            buffer_print(&kinds, "%s%s", kinds.len ? ", " : "", kind_name(k));
    return arena_text(a, buffer_string(&kinds), kinds.len);
}

static const char *first_kind(const Feed *f)
{
    for (Kind k = 1; k < KIND_NIL; k <<= 1)
        if (f->kinds & k)
            return kind_name(k);
    return kind_name(KIND_NIL);
}

static void several_note(Book *b, lxw_row_t *row)
{
    const Field *before = NULL;
    for (size_t i = 0; i < b->c->n; i++) {
        const HeadingColumn *h = &b->c->at[i];
        const char *label = template_label(b->c, h->top->label_kk, h->top->label_ru);
        if (column_repeats(h) && h->top != before)
            note(b, row, template_said(b->c, "how_several", label ? label : h->top->name, NULL));
        before = h->top;
    }
}

static void how_write(Book *b, lxw_row_t *row)
{
    const Columns *c = b->c;
    const Feed *f = c->t->feed;
    const char *label = template_label(c, f->title_kk, f->title_ru), *period = period_form_sample(f->period);
    book_put(b, b->notes, (*row)++, 0, label ? label : f->title, LOOK_TITLE);
    note(b, row, template_said(c, "how_fill", NULL, NULL));
    note(b, row, template_said(c, "how_colours", NULL, NULL));
    several_note(b, row);
    if (f->personal)
        note(b, row, template_said(c, "how_personal", NULL, NULL));
    note(b, row, template_said(c, "how_send", arena_printf(c->a, "feed=%s&period=%s&kind=%s", f->code, period, first_kind(f)), NULL));
    note(b, row, template_said(c, "how_about", period, kinds_said(f, c->a)));
    ++*row;
}

enum { NOTE_COLUMN, NOTE_HEADING, NOTE_NEED, NOTE_FORM, NOTE_VALUES, NOTE_FIELD, NOTE_DESCRIPTION, NOTE_COLUMNS };

static const struct { const char *code; double width; } note_columns[NOTE_COLUMNS] = {
    [NOTE_COLUMN] = { "column", 10 }, [NOTE_HEADING] = { "heading", 34 }, [NOTE_NEED] = { "need", 24 }, [NOTE_FORM] = { "form", 34 },
    [NOTE_VALUES] = { "values", 46 }, [NOTE_FIELD] = { "field", 24 }, [NOTE_DESCRIPTION] = { "description", 60 },
};

static void field_row(Book *b, lxw_row_t row, size_t i)
{
    const HeadingColumn *h = &b->c->at[i];
    char letters[RANGE];
    lxw_col_to_name(letters, (lxw_col_t)i, 0);
    const char *cells[NOTE_COLUMNS] = {
        [NOTE_COLUMN] = letters, [NOTE_HEADING] = h->heading, [NOTE_NEED] = column_need(b->c, h), [NOTE_FORM] = column_form(b->c, h),
        [NOTE_VALUES] = column_codes(b->c, h, "\n"), [NOTE_FIELD] = h->path, [NOTE_DESCRIPTION] = h->field->description,
    };
    unsigned most = 1;
    for (lxw_col_t n = 0; n < NOTE_COLUMNS; n++) {
        unsigned lines = book_lines(cells[n] ? cells[n] : "", (unsigned)note_columns[n].width);
        most = lines > most ? lines : most;
        book_put(b, b->notes, row, n, cells[n], LOOK_WRAPPED);
    }
    book_did(b, worksheet_set_row(b->notes, row, most * LINE_HEIGHT, NULL));
}

void template_notes_write(Book *b)
{
    lxw_row_t row = 0;
    how_write(b, &row);
    for (lxw_col_t n = 0; n < NOTE_COLUMNS; n++) {
        book_did(b, worksheet_set_column(b->notes, n, n, note_columns[n].width, NULL));
        book_put(b, b->notes, row, n, template_said(b->c, note_columns[n].code, NULL, NULL), LOOK_REQUIRED);
    }
    for (size_t i = 0; i < b->c->n; i++)
        field_row(b, ++row, i);
    book_page(b->notes);
}
