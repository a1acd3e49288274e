/* Workbooks as a spreadsheet program writes them. */
#include "tests/unit/rows_reading.h"
#include <unistd.h>
#include <xlsxwriter.h>

enum { ROWS_AGAIN = 34000, LONGEST = 32767 };       /* a cell's longest text; so many of them are over 1 GB */

typedef void Fill(lxw_workbook *book, lxw_worksheet *sheet);
typedef struct { FILE *f; } Written;

static Rc written_at(void *self, uint64_t offset, char *to, size_t n, Error *err)
{
    const Written *w = self;
    (void)err;
    assert_int_equal(pread(fileno(w->f), to, n, (off_t)offset), n);
    return RC_OK;
}

static Reading written_read(Fill *fill, RecordSink *sink)
{
    char path[] = "/tmp/nqs-xlsx-XXXXXX";
    close(mkstemp(path));
    lxw_workbook *book = workbook_new(path);
    fill(book, workbook_add_worksheet(book, "Тізім"));
    assert_int_equal(workbook_close(book), LXW_NO_ERROR);
    Written w = { fopen(path, "rb") };
    unlink(path);
    fseek(w.f, 0, SEEK_END);
    Reading g = { 0 };
    Reader *r = NULL;
    g.rc = reader_open(FORMAT_XLSX, NULL, NULL, sink, &g, &r, &g.err);
    g.rc = g.rc ? g.rc : reader_whole(r, &(Bytes){ written_at, &w, (uint64_t)ftell(w.f) }, &g.err);
    if (g.rc)
        buffer_print(&g.seen, "|%s", g.err.text);
    buffer_string(&g.seen);
    reader_free(&r);
    fclose(w.f);
    return g;
}

static lxw_format *shown_as(lxw_workbook *book, const char *code)
{
    lxw_format *f = workbook_add_format(book);
    format_set_num_format(f, code);
    return f;
}

static void cells_fill(lxw_workbook *book, lxw_worksheet *sheet)
{
    lxw_datetime day = { 2026, 10, 31, 0, 0, 0 }, moment = { 2026, 10, 31, 14, 30, 0 };
    lxw_format *bold = workbook_add_format(book);
    format_set_bold(bold);
    char two[] = "екі ", part[] = "бөлік";
    lxw_rich_string_tuple plain = { NULL, two }, strong = { bold, part }, *rich[] = { &plain, &strong, NULL };
    static const char *const heads[] = { "БИН", "күні", "атауы", "код", "иә" };
    for (lxw_col_t i = 0; i < 5; i++)
        worksheet_write_string(sheet, 1, i, heads[i], NULL);
    worksheet_write_number(sheet, 2, 0, 990940003030, NULL);
    worksheet_write_datetime(sheet, 2, 1, &day, shown_as(book, "dd.mm.yyyy"));
    worksheet_write_rich_string(sheet, 2, 2, rich, NULL);
    worksheet_write_number(sheet, 2, 3, 42, shown_as(book, "0000"));
    worksheet_write_boolean(sheet, 2, 4, 1, NULL);
    worksheet_write_number(sheet, 5, 0, 0.1 + 0.2, NULL);
    worksheet_write_datetime(sheet, 5, 1, &moment, shown_as(book, "yyyy-mm-dd hh:mm"));
    worksheet_write_formula_str(sheet, 5, 2, "=A1", NULL, "a < b & c");
    worksheet_write_boolean(sheet, 5, 4, 0, NULL);
}

static void cells_are_read_as_they_are_shown(void **state)
{
    (void)state;
    Reading g = written_read(cells_fill, row_note);
    assert_string_equal(g.seen.at, "Тізім!3: A БИН'990940003030' B күні'2026-10-31' C атауы'екі бөлік' D код'0042' E иә'true'\n"
                                   "Тізім!6: A БИН'0.3' B күні'2026-10-31T14:30:00' C атауы'a < b & c' D код- E иә'false'\n");
    reading_free(&g);
}

static void again_fill(lxw_workbook *book, lxw_worksheet *sheet)
{
    (void)book;
    SCOPED(buffer_free) Buffer text = { 0 };
    buffer_repeat(&text, "x", LONGEST);
    worksheet_write_string(sheet, 0, 0, "a", NULL);
    for (lxw_row_t i = 1; i <= ROWS_AGAIN; i++)
        worksheet_write_string(sheet, i, 0, buffer_string(&text), NULL);
}

static Rc row_count(void *self, const Record *r, Error *err)
{
    (void)err;
    assert_int_equal(r->node->first->len, LONGEST);
    ((Reading *)self)->records++;
    return RC_OK;
}

static void one_long_text_in_every_row_is_a_bomb(void **state)
{
    (void)state;
    Reading g = written_read(again_fill, row_count);
    assert_string_equal(g.seen.at, "|zip_bomb");
    assert_in_range(g.records, 1024 * MB / LONGEST, ROWS_AGAIN - 1);
    reading_free(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_are_read_as_they_are_shown),
        cmocka_unit_test(one_long_text_in_every_row_is_a_bomb),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
