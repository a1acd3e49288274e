/* The sheet to fill in: headings with comments, and what may be typed below them. */
#include "gateway/base/text.h"
#include "schemas/generate_parts.h"
#include "schemas/generate_template_sheets.h"
#include <stdlib.h>
#include <string.h>

enum {
    HEADING_HEIGHT = 48, WIDTH_LEAST = 13, WIDTH_CODE = 20, WIDTH_LONG = 45, WIDTH_MOST = 32, LONG_TEXT = 300,
    COMMENT_WIDTH = 320, COMMENT_LETTERS = 46, COMMENT_LINE = 17, COMMENT_MOST = 900,
    MESSAGE_MOST = 255, DATE_LEAST = 1900, DATE_MOST = 2199,
};

static Look look_of(const Field *f)
{
    static const Look by_type[] = {
        [TYPE_TEXT] = LOOK_TEXT, [TYPE_DATE] = LOOK_DATE, [TYPE_INTEGER] = LOOK_INTEGER, [TYPE_DECIMAL] = LOOK_DECIMAL, [TYPE_BOOLEAN] = LOOK_TEXT,
        [TYPE_ARRAY] = LOOK_LONG_TEXT, [TYPE_OBJECT] = LOOK_LONG_TEXT,
    };
    return f->type == TYPE_TEXT && f->max_length >= LONG_TEXT ? LOOK_LONG_TEXT : by_type[f->type];
}

/* Headings wrap to two lines or three; values should fit on one. */
static double width_of(const HeadingColumn *h, Look look)
{
    const Field *f = column_leaf(h);
    size_t width = text_characters(h->heading, strlen(h->heading)) / 2 + 4;
    if (f->type == TYPE_TEXT && f->max_length > WIDTH_CODE && width < WIDTH_CODE)
        width = WIDTH_CODE;
    for (size_t i = 0; i < f->n_codes; i++)
        width = strlen(f->codes[i].value) + 4 > width ? strlen(f->codes[i].value) + 4 : width;
    width = width < WIDTH_LEAST ? WIDTH_LEAST : width > WIDTH_MOST ? WIDTH_MOST : width;
    return look == LOOK_LONG_TEXT ? WIDTH_LONG : (double)width;
}

static void comment_put(Book *b, lxw_col_t col)
{
    char *text = column_comment(b->c, &b->c->at[col]);
    unsigned height = (book_lines(text, COMMENT_LETTERS) + 1) * COMMENT_LINE;
    lxw_comment_options o = { .width = COMMENT_WIDTH, .height = (uint16_t)(height < COMMENT_MOST ? height : COMMENT_MOST) };
    book_did(b, worksheet_write_comment_opt(b->data, 0, col, text, &o));
}

/* The number of digits where a pattern wants just so many of them; 0: it wants something else. */
static unsigned digits_of(const char *pattern)
{
    static const char digits[] = "[0-9]{";
    char *end;
    if (!pattern || strncmp(pattern, digits, sizeof digits - 1) != 0)
        return 0;
    unsigned long n = strtoul(pattern + sizeof digits - 1, &end, 10);
    return strcmp(end, "}") == 0 ? (unsigned)n : 0;
}

static void between(lxw_data_validation *v, int what, double least, double most)
{
    v->validate = (uint8_t)what;
    v->criteria = LXW_VALIDATION_CRITERIA_BETWEEN;
    v->minimum_number = least;
    v->maximum_number = most;
}

static void bounds(lxw_data_validation *v, const Field *f)
{
    char least[BOUND_TEXT], most[BOUND_TEXT];
    between(v, f->type == TYPE_INTEGER ? LXW_VALIDATION_TYPE_INTEGER : LXW_VALIDATION_TYPE_DECIMAL, strtod(field_bound(f, BOUND_LEAST, least), NULL),
            strtod(field_bound(f, BOUND_MOST, most), NULL));
}

/* A day that a spreadsheet of another language does not understand stays a text, which the gateway may: so it only warns. */
static void day(lxw_data_validation *v)
{
    v->validate = LXW_VALIDATION_TYPE_DATE;
    v->criteria = LXW_VALIDATION_CRITERIA_BETWEEN;
    v->minimum_datetime = (lxw_datetime){ .year = DATE_LEAST, .month = 1, .day = 1 };
    v->maximum_datetime = (lxw_datetime){ .year = DATE_MOST, .month = 12, .day = 31 };
    v->error_type = LXW_VALIDATION_ERROR_TYPE_WARNING;
}

static void letters(lxw_data_validation *v, const Field *f)
{
    unsigned digits = digits_of(field_pattern(f));
    if (digits)
        between(v, LXW_VALIDATION_TYPE_LENGTH, digits, digits);
    else if (f->max_length)
        between(v, LXW_VALIDATION_TYPE_LENGTH, f->min_length, f->max_length);
}

/* Excel takes 255 characters of values; a comma would divide one. */
static bool fits_inline(char *const *values)
{
    size_t letters_in_all = 0;
    for (; *values; values++) {
        letters_in_all += text_characters(*values, strlen(*values)) + 1;
        if (strchr(*values, ','))
            return false;
    }
    return letters_in_all <= MESSAGE_MOST;
}

/* The library (1.1.4) never frees the formula of a list, some 30 bytes: so the range is used only where it must be. */
static void list(lxw_data_validation *v, const struct Choices *c)
{
    if (fits_inline(c->values)) {
        v->validate = LXW_VALIDATION_TYPE_LIST;
        v->value_list = c->values;
    } else {
        v->validate = LXW_VALIDATION_TYPE_LIST_FORMULA;
        v->value_formula = c->range;
    }
}

static void rule_of(const Book *b, size_t col, lxw_data_validation *v)
{
    const Field *f = column_leaf(&b->c->at[col]);
    if (b->choices[col].values) {
        list(v, &b->choices[col]);
    } else if (f->type == TYPE_INTEGER || f->type == TYPE_DECIMAL) {
        bounds(v, f);
    } else if (f->type == TYPE_DATE) {
        day(v);
    } else if (f->type == TYPE_TEXT) {
        letters(v, f);
    }
}

/* Excel takes no more. */
static char *message(char *text, size_t most)
{
    size_t characters = 0;
    for (char *s = text; *s; s++)
        if ((*s & 0xC0) != 0x80 && characters++ == most) {
            *s = '\0';
            break;
        }
    return text;
}

static void check_put(Book *b, lxw_col_t col)
{
    lxw_data_validation v = { .ignore_blank = LXW_VALIDATION_ON };
    rule_of(b, col, &v);
    if (!v.validate)
        return;
    v.error_title = template_said(b->c, "wrong_title", NULL, NULL);
    v.error_message = message(b->choices[col].values ? template_said(b->c, "wrong_choice", NULL, NULL) : column_form(b->c, &b->c->at[col]), MESSAGE_MOST);
    book_did(b, worksheet_data_validation_range(b->data, 1, col, TEMPLATE_ROWS, col, &v));
}

void template_data_write(Book *b)
{
    book_did(b, worksheet_set_row(b->data, 0, HEADING_HEIGHT, NULL));
    worksheet_freeze_panes(b->data, 1, 0);
    worksheet_set_comments_author(b->data, "nqs-gateway");
    book_page(b->data);
    book_did(b, worksheet_repeat_rows(b->data, 0, 0));
    for (size_t i = 0; i < b->c->n; i++) {
        const HeadingColumn *h = &b->c->at[i];
        lxw_col_t col = (lxw_col_t)i;
        Look look = look_of(column_leaf(h));
        book_did(b, worksheet_set_column(b->data, col, col, width_of(h, look), b->looks[look]));
        book_put(b, b->data, 0, col, h->heading, column_required(h) ? LOOK_REQUIRED : LOOK_OPTIONAL);
        comment_put(b, col);
        check_put(b, col);
    }
}
