#include "gateway/base/text.h"
#include "schemas/generate_template_sheets.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { INK_LIGHT = 0xFFFFFF, INK_DARK = 0x1F3864, GROUND_DARK = 0x1F4E79, GROUND_LIGHT = 0xDDEBF7, PAPER_A4 = 9, PATH = 64, CREATED = 1767225600 };

/* The library knows only files: here, one in memory. What it puts aside while it writes goes to memory too, where there is such a folder. */
#define ASIDE "/dev/shm"

static const struct { const char *number; int ink, ground; bool bold, wraps; double size; } looks[LOOKS] = {
    [LOOK_TEXT]      = { .number = "@" },
    [LOOK_LONG_TEXT] = { .number = "@", .wraps = true },
    [LOOK_DATE]      = { .number = "yyyy-mm-dd" },
    [LOOK_INTEGER]   = { .number = "0" },
    [LOOK_DECIMAL]   = { 0 },
    [LOOK_REQUIRED]  = { .ink = INK_LIGHT, .ground = GROUND_DARK, .bold = true, .wraps = true },
    [LOOK_OPTIONAL]  = { .ink = INK_DARK, .ground = GROUND_LIGHT, .bold = true, .wraps = true },
    [LOOK_TITLE]     = { .ink = INK_DARK, .bold = true, .size = 14 },
    [LOOK_WRAPPED]   = { .wraps = true },
};

static lxw_format *look_new(lxw_workbook *book, Look look)
{
    lxw_format *f = workbook_add_format(book);
    format_set_align(f, LXW_ALIGN_VERTICAL_TOP);
    if (looks[look].number)
        format_set_num_format(f, looks[look].number);
    if (looks[look].bold)
        format_set_bold(f);
    if (looks[look].wraps)
        format_set_text_wrap(f);
    if (looks[look].size > 0)
        format_set_font_size(f, looks[look].size);
    if (looks[look].ink)
        format_set_font_color(f, (lxw_color_t)looks[look].ink);
    if (looks[look].ground) {
        format_set_bg_color(f, (lxw_color_t)looks[look].ground);
        format_set_border(f, LXW_BORDER_THIN);
    }
    return f;
}

void book_did(Book *b, lxw_error e)
{
    if (!b->failed)
        b->failed = e;
}

void book_put(Book *b, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t col, const char *text, Look look)
{
    book_did(b, worksheet_write_string(sheet, row, col, text, b->looks[look]));
}

unsigned book_lines(const char *text, unsigned letters)
{
    unsigned lines = 0;
    for (const char *s = text;; s++) {
        size_t len = strcspn(s, "\n");
        lines += 1 + (unsigned)(text_characters(s, len) / letters);
        s += len;
        if (!*s)
            return lines;
    }
}

void book_page(lxw_worksheet *sheet)
{
    worksheet_set_landscape(sheet);
    worksheet_set_paper(sheet, PAPER_A4);
    worksheet_fit_to_pages(sheet, 1, 0);
}

static lxw_worksheet *sheet_new(Book *b, const char *code)
{
    lxw_worksheet *s = workbook_add_worksheet(b->book, template_said(b->c, code, NULL, NULL));
    if (!s)
        book_did(b, LXW_ERROR_PARAMETER_VALIDATION);
    return s;
}

/* The moment is fixed, for the same bytes whenever it is made. */
static void properties_set(Book *b)
{
    const Feed *f = b->c->t->feed;
    const char *label = template_label(b->c, f->title_kk, f->title_ru), *title = label ? label : f->title ? f->title : f->code;
    lxw_doc_properties p = { .title = arena_text(b->c->a, title, strlen(title)), .subject = arena_printf(b->c->a, "%s %s", f->code, f->version),
                             .author = arena_printf(b->c->a, "nqs-gateway"), .created = CREATED };
    book_did(b, workbook_set_properties(b->book, &p));
}

static void sheets_write(Book *b)
{
    for (Look l = 0; l < LOOKS; l++)
        b->looks[l] = look_new(b->book, l);
    properties_set(b);
    b->data = sheet_new(b, "sheet_data");
    b->notes = sheet_new(b, "sheet_notes");
    b->lists = template_has_lists(b->c) ? sheet_new(b, "sheet_lists") : NULL;
    if (b->failed)
        return;
    template_lists_write(b);
    template_data_write(b);
    template_notes_write(b);
}

static Rc failure(lxw_error e, Error *err)
{
    bool room = e == LXW_ERROR_CREATING_XLSX_FILE || e == LXW_ERROR_CREATING_TMPFILE || e == LXW_ERROR_READING_TMPFILE || e == LXW_ERROR_ZIP_FILE_OPERATION
        || e == LXW_ERROR_ZIP_FILE_ADD || e == LXW_ERROR_ZIP_CLOSE;
    return error_set(err, room ? RC_RETRY : RC_FATAL, "the template cannot be written: %s", lxw_strerror(e));
}

static Rc book_write(const Columns *c, const char *path, Error *err)
{
    lxw_workbook_options options = { .tmpdir = (char[]){ ASIDE } };
    Book b = { .c = c, .book = workbook_new_opt(path, &options), .choices = arena_alloc(c->a, (c->n + 1) * sizeof *b.choices) };
    if (!b.book)
        return error_set(err, RC_RETRY, "the template cannot be written: no memory");
    sheets_write(&b);
    book_did(&b, workbook_close(b.book));
    return b.failed ? failure(b.failed, err) : RC_OK;
}

static void memory_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static Rc memory_read(int fd, Buffer *out, Error *err)
{
    off_t size = lseek(fd, 0, SEEK_END);
    for (off_t at = 0; at < size;) {
        ssize_t n = pread(fd, buffer_room(out, (size_t)(size - at)), (size_t)(size - at), at);
        if (n <= 0)
            return error_set(err, RC_RETRY, "the template cannot be read back: %s", strerror(errno));
        buffer_used(out, (size_t)n);
        at += n;
    }
    return RC_OK;
}

Rc generate_template_xlsx(const Template *t, Buffer *out, Error *err)
{
    SCOPED(arena_free) Arena *a = arena_new();
    SCOPED(memory_close) int fd = memfd_create("template", MFD_CLOEXEC);
    Columns c = template_columns(t, a);
    char path[PATH];
    if (fd < 0)
        return error_set(err, RC_RETRY, "the template cannot be written: %s", strerror(errno));
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return book_write(&c, path, err) || memory_read(fd, out, err) ? err->rc : RC_OK;
}
