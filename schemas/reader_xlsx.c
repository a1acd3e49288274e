#include "schemas/reader_rows.h"
#include "schemas/xlsx.h"
#include <stdlib.h>
#include <string.h>

typedef enum { CELL_NUMBER, CELL_SHARED, CELL_TEXT_HERE, CELL_MOMENT, CELL_BOOLEAN, CELL_ERROR } CellType;

typedef struct {
    PartReading  reading;           /* first: what the package's errors are told */
    Outlet      *to;
    Sheet        sheet;
    Workbook     book;
    SharedTexts *texts;
    Styles       styles;
    Arena       *a;
    uint32_t     row;
    unsigned     column, style;
    CellType     type;
    bool         in_row, in_cell, in_value;
    unsigned     phonetic;
    Buffer       value;
} XlsxReader;

static const struct { const char *name; CellType type; } cell_types[] = {
    { "n", CELL_NUMBER }, { "s", CELL_SHARED }, { "str", CELL_TEXT_HERE }, { "inlineStr", CELL_TEXT_HERE }, { "d", CELL_MOMENT }, { "b", CELL_BOOLEAN }, { "e", CELL_ERROR },
};

static void refuse(XlsxReader *x, const char *what) { x->reading.rc = error_refuse(x->reading.err, "not_xlsx", what, NULL, NULL); }

static void row_start(XlsxReader *x, int n, const xmlChar **attributes)
{
    char number[16];
    unsigned long row = part_attribute(n, attributes, "r", number, sizeof number) ? strtoul(number, NULL, 10) : x->row + 1UL;
    if (row <= x->row || row > UINT32_MAX)
        refuse(x, "rows out of order");
    x->row = (uint32_t)row;
    x->column = 0;
    x->in_row = true;
}

/* "AB12" is column 28; the row is known. */
static unsigned column_of(const char *reference)
{
    unsigned column = 0;
    for (; *reference >= 'A' && *reference <= 'Z' && column <= ORIGIN_COLUMNS; reference++)
        column = column * 26 + (unsigned)(*reference - 'A') + 1;
    return column;
}

/* Of the texts in all cells: a few bytes ask for a long shared text again, so the size of the parts does not bound them. */
enum { TOLD_MOST = 1 << 30 };

static void cell_start(XlsxReader *x, int n, const xmlChar **attributes)
{
    char text[24];
    x->column = part_attribute(n, attributes, "r", text, sizeof text) ? column_of(text) : x->column + 1;
    x->style = part_attribute(n, attributes, "s", text, sizeof text) ? (unsigned)strtoul(text, NULL, 10) : 0;
    x->type = CELL_NUMBER;
    if (part_attribute(n, attributes, "t", text, sizeof text))
        for (size_t i = 0; i < sizeof cell_types / sizeof *cell_types; i++)
            if (strcmp(cell_types[i].name, text) == 0)
                x->type = cell_types[i].type;
    if (x->column < 1 || x->column > ORIGIN_COLUMNS)
        refuse(x, "a cell's column");
    if (x->sheet.told > TOLD_MOST)
        x->reading.rc = error_refuse(x->reading.err, "zip_bomb", NULL, NULL, NULL);
    x->in_cell = true;
    buffer_clear(&x->value);
}

static void on_start(void *self, const xmlChar *name, const xmlChar *prefix, const xmlChar *ns, int n_namespaces, const xmlChar **namespaces, int n,
                     int n_defaulted, const xmlChar **attributes)
{
    (void)prefix, (void)ns, (void)n_namespaces, (void)namespaces, (void)n_defaulted;
    XlsxReader *x = self;
    if (x->reading.rc)
        return;
    if (is_element(name, "row"))
        row_start(x, n, attributes);
    else if (x->in_row && is_element(name, "c"))
        cell_start(x, n, attributes);
    else if (x->in_cell && is_element(name, "rPh"))
        x->phonetic++;
    else if (x->in_cell && (is_element(name, "v") || (is_element(name, "t") && !x->phonetic)))
        x->in_value = true;
}

static void cell_put(XlsxReader *x, const char *s, size_t len)
{
    memcpy(sheet_room(&x->sheet, len), s, len);
    sheet_cell(&x->sheet, x->column, len);
}

static void text_put(XlsxReader *x, const char *s, size_t len)
{
    char *to = sheet_room(&x->sheet, len);
    memcpy(to, s, len);
    sheet_cell(&x->sheet, x->column, escapes_resolve(to, len));
}

static void number_put(XlsxReader *x)
{
    char text[CELL_TEXT];
    int style = x->style < x->styles.n ? x->styles.at[x->style] : 0;
    const char *value = buffer_string(&x->value);
    const char *shown = number_text(value, style, x->book.date1904, text) ? text : value;
    cell_put(x, shown, strlen(shown));
}

static void shared_put(XlsxReader *x)
{
    const char *s, *number = buffer_string(&x->value);
    char *end;
    size_t len;
    unsigned long i = strtoul(number, &end, 10);
    if (end == number || *end)
        refuse(x, "a shared text that is not there");
    else if (shared_text(x->texts, i, &s, &len))
        text_put(x, s, len);
    else if (shared_texts_spent(x->texts))
        x->reading.rc = error_refuse(x->reading.err, "too_many_texts", NULL, NULL, NULL);
    else
        refuse(x, "a shared text that is not there");
}

static void cell_end(XlsxReader *x)
{
    x->in_cell = x->in_value = false;
    if (!x->value.len)
        return;
    switch (x->type) {
    case CELL_NUMBER:    number_put(x); break;
    case CELL_SHARED:    shared_put(x); break;
    case CELL_TEXT_HERE: text_put(x, x->value.at, x->value.len); break;
    case CELL_MOMENT:    cell_put(x, x->value.at, day_of_moment(x->value.at, x->value.len)); break;
    case CELL_BOOLEAN:   *x->value.at == '1' || *x->value.at == 't' ? cell_put(x, "true", 4) : cell_put(x, "false", 5); break;
    case CELL_ERROR:     sheet_spoil(&x->sheet, x->column, "an error in the cell's formula"); break;
    }
}

static void on_end(void *self, const xmlChar *name, const xmlChar *prefix, const xmlChar *ns)
{
    (void)prefix, (void)ns;
    XlsxReader *x = self;
    if (x->reading.rc)
        return;
    if (is_element(name, "c") && x->in_cell) {
        cell_end(x);
    } else if (is_element(name, "row") && x->in_row) {
        x->in_row = false;
        x->reading.rc = sheet_row_end(&x->sheet, x->row, x->reading.err);
    } else if (is_element(name, "rPh")) {
        x->phonetic -= x->phonetic > 0;
    } else if (is_element(name, "v") || is_element(name, "t")) {
        x->in_value = false;
    }
}

static void on_text(void *self, const xmlChar *s, int len)
{
    XlsxReader *x = self;
    if (!x->in_value || x->reading.rc)
        return;
    if (x->value.len + (size_t)len > RECORD_LIMIT)
        refuse(x, "a text of over 1 MB");
    else
        buffer_add(&x->value, s, (size_t)len);
}

static void xlsx_free(void *form)
{
    XlsxReader *x = form;
    shared_texts_free(&x->texts);
    sheet_free(&x->sheet);
    arena_free(&x->a);
    buffer_free(&x->value);
    free(x);
}

static Rc xlsx_open(Outlet *to, const char *prologue, void **out, Error *err)
{
    (void)prologue;
    XlsxReader *x = *out = calloc(1, sizeof *x);
    if (!x)
        return error_set(err, RC_RETRY, "out of memory");
    x->to = to;
    x->texts = shared_texts_new();
    x->a = arena_new();
    sheet_init(&x->sheet, to, x->book.sheet);
    return RC_OK;
}

static Rc sheet_read(XlsxReader *x, Package *p, Error *err)
{
    static const xmlSAXHandler sax = { .startElementNs = on_start, .endElementNs = on_end, .characters = on_text, .ignorableWhitespace = on_text, .cdataBlock = on_text };
    const char *wanted = x->to->layout ? x->to->layout->sheet : NULL;
    if (workbook_read(p, wanted, &x->book, err) || texts_read(p, x->book.texts_part, x->texts, err) || styles_read(p, x->book.styles_part, x->a, &x->styles, err)
        || part_read(p, x->book.sheet_part, &sax, &x->reading, err))
        return err->rc;
    return sheet_whole(&x->sheet, err);
}

static Rc xlsx_whole(void *form, const Bytes *bytes, Error *err)
{
    SCOPED(package_close) Package p = {0};
    return package_open(bytes, &p, err) || sheet_read(form, &p, err) ? err->rc : RC_OK;
}

const ReaderForm reader_xlsx = { .open = xlsx_open, .free = xlsx_free, .whole = xlsx_whole };
