#include "gateway/base/charset.h"
#include "gateway/base/csv.h"
#include "schemas/reader_rows.h"
#include <stdlib.h>
#include <string.h>

/* Bytes become text, text becomes rows, rows become records. */
typedef struct {
    Charset *charset;
    CsvScan  scan;
    Sheet     rows;
    Buffer   held;              /* the beginning of a row whose end has not come */
} CsvReader;

/* The end of the unquoted value that begins at s. */
static const char *plain_end(const char *s, const char *end, char separator)
{
    const char *stop = memchr(s, separator, (size_t)(end - s));
    return stop ? stop : end;
}

/* Spreadsheets are kept from taking numbers for numbers by a formula: ="0012". */
static size_t formula_open(char *s, size_t len)
{
    if (len < 4 || s[0] != '=' || s[1] != '"' || s[len - 1] != '"' || memchr(s + 2, '"', len - 3))
        return len;
    memmove(s, s + 2, len - 3);
    return len - 3;
}

static const char *plain_cell(Sheet *t, unsigned column, const char *s, const char *end, char separator)
{
    const char *stop = plain_end(s, end, separator);
    size_t len = (size_t)(stop - s);
    char *to = sheet_room(t, len);
    memcpy(to, s, len);
    sheet_cell(t, column, len && *s == '=' ? formula_open(to, len) : len);
    return stop;
}

/* s is behind the opening mark. */
static const char *quoted_cell(Sheet *t, unsigned column, const char *s, const char *end, char separator)
{
    char *to = sheet_room(t, (size_t)(end - s)), *at = to;
    for (const char *mark; (mark = memchr(s, '"', (size_t)(end - s))); s = mark + 2) {
        bool doubled = mark + 1 < end && mark[1] == '"';
        size_t n = (size_t)(mark - s) + doubled;
        memcpy(at, s, n);
        at += n;
        if (!doubled) {
            s = mark + 1;
            break;
        }
    }
    size_t len = (size_t)(at - to);
    sheet_cell(t, column, len && *to == '=' ? formula_open(to, len) : len);
    if (s < end && *s != separator)
        sheet_spoil(t, column, "text behind the closing quotation mark");
    return plain_end(s, end, separator);
}

static Rc row_read(CsvReader *r, const char *s, size_t len, Error *err)
{
    char separator = r->scan.separator;
    unsigned column = 1;
    if (!separator)
        return sheet_row_end(&r->rows, (uint32_t)r->scan.row, err);
    for (const char *end = s + len; s <= end && column <= CSV_COLUMNS_MAX; s++, column++)
        s = s < end && *s == '"' ? quoted_cell(&r->rows, column, s + 1, end, separator) : plain_cell(&r->rows, column, s, end, separator);
    return sheet_row_end(&r->rows, (uint32_t)r->scan.row, err);
}

static Rc part_take(CsvReader *r, const CsvPart *p, Error *err)
{
    Rc rc = RC_OK;
    bool direct = p->ended && !r->held.len;
    if (!direct)
        buffer_add(&r->held, p->at, p->n);
    if (p->ended && !p->is_sep)
        rc = direct ? row_read(r, p->at, p->n, err) : row_read(r, r->held.at, r->held.len, err);
    if (p->ended)
        buffer_clear(&r->held);
    return rc;
}

static Rc text_take(void *self, const char *utf8, size_t n, Error *err)
{
    CsvReader *r = self;
    Rc rc = RC_OK;
    for (const char *at = utf8, *end = utf8 + n; at < end && !rc; ) {
        CsvPart part;
        rc = csv_scan(&r->scan, &at, end, &part, err);
        rc = rc ? rc : part_take(r, &part, err);
    }
    return rc;
}

static Rc csv_open(Outlet *to, const char *prologue, void **out, Error *err)
{
    (void)prologue;
    const Layout *l = to->layout;
    CsvReader *r = *out = calloc(1, sizeof *r);
    if (!r)
        return error_set(err, RC_RETRY, "out of memory");
    sheet_init(&r->rows, to, "");
    csv_scan_init(&r->scan, l ? l->separator : 0, l ? l->heading_row : 0);
    return charset_open(l ? l->charset : NULL, text_take, r, &r->charset, err);
}

static void csv_free(void *form)
{
    CsvReader *r = form;
    charset_free(&r->charset);
    sheet_free(&r->rows);
    buffer_free(&r->held);
    free(r);
}

static Rc csv_feed(void *form, const char *bytes, size_t n, Error *err)
{
    CsvReader *r = form;
    return charset_feed(r->charset, bytes, n, err);
}

static Rc csv_end(void *form, Error *err)
{
    CsvReader *r = form;
    CsvPart part;
    Rc rc = charset_end(r->charset, err);
    rc = rc ? rc : csv_scan_end(&r->scan, &part, err);
    rc = rc ? rc : part_take(r, &part, err);
    return rc ? rc : sheet_whole(&r->rows, err);
}

const ReaderForm reader_csv = { .open = csv_open, .feed = csv_feed, .end = csv_end, .free = csv_free, .marks = true };
