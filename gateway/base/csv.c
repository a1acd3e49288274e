#include "gateway/base/csv.h"
#include "gateway/base/words.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Commas stand in texts, so where two are equally many the earlier one is meant. */
static const char candidates[CSV_CANDIDATES] = { ';', '\t', ',' };

void csv_scan_init(CsvScan *s, char separator, unsigned heading_row)
{
    *s = (CsvScan){ .separator = separator, .heading_row = heading_row };
}

static Rc refuse(const CsvScan *s, const char *code, Error *err)
{
    char row[24];
    snprintf(row, sizeof row, "%" PRIu64, s->row + 1);
    return error_refuse(err, code, row, NULL, NULL);
}

/* How often the row has c by now; 0: it is no separator. */
static unsigned separator_count(CsvScan *s, char c)
{
    if (s->separator)
        return c == s->separator ? ++s->columns : 0;
    for (int i = 0; i < CSV_CANDIDATES; i++)
        if (c == candidates[i])
            return ++s->count[i];
    return 0;
}

static bool has_value(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'))
        at++;
    return at < end;
}

/* A byte outside of quotes that may mean something. */
static bool plain_byte(CsvScan *s, char c)
{
    bool opens = c == '"' && !s->inside, doubled = c == '"' && s->closed;
    unsigned n = opens || doubled ? 0 : separator_count(s, c);
    s->quoted = opens || doubled;
    s->valued |= !n && !opens && c != ' ' && c != '\t';
    s->inside = !n && !s->quoted;
    s->closed = false;
    return n < CSV_COLUMNS_MAX;
}

/* Stops at the byte that ends the row, at `end`, or behind the separator that is too much. */
static const char *row_go(CsvScan *s, const char *at, const char *end, bool *too_many)
{
    char a = s->separator ? s->separator : ',', b = s->separator ? a : ';';
    while (at < end && !*too_many) {
        const char *stop = s->quoted ? memchr(at, '"', (size_t)(end - at)) : skip_plain(at, end, '"', a, b);
        stop = stop ? stop : end;
        if (stop > at) {
            s->valued = s->valued || has_value(at, stop);
            s->inside |= !s->quoted;
            s->closed = false;
            at = stop;
        } else if (s->quoted) {
            s->quoted = false;
            s->closed = s->inside = true;
            at++;
        } else if (*at == '\n' || *at == '\r') {
            return at;
        } else {
            *too_many = !plain_byte(s, *at++);
        }
    }
    return at;
}

static void head_keep(CsvScan *s, const char *at, size_t n)
{
    for (size_t i = 0; i < n && s->length + i < sizeof s->head; i++)
        s->head[s->length + i] = at[i];
}

static bool is_sep_line(const CsvScan *s)
{
    return !s->begun && s->length == 5 && strncasecmp(s->head, "sep=", 4) == 0 && strchr(";,\t|", s->head[4]);
}

static void separator_choose(CsvScan *s)
{
    int most = 0;
    for (int i = 1; i < CSV_CANDIDATES; i++)
        if (s->count[i] > s->count[most])
            most = i;
    s->separator = s->count[most] ? candidates[most] : ',';
}

static void row_end(CsvScan *s, CsvPart *part)
{
    part->ended = true;
    part->is_sep = is_sep_line(s);
    if (part->is_sep)
        s->separator = s->separator ? s->separator : s->head[4];
    else
        s->row++;
    if (!s->separator && (s->heading_row ? s->row == s->heading_row : s->valued))
        separator_choose(s);
    memset(s->count, 0, sizeof s->count);
    s->begun = true;
    s->valued = s->inside = s->closed = false;
    s->columns = 0;
    s->length = 0;
}

Rc csv_scan(CsvScan *s, const char **at, const char *end, CsvPart *part, Error *err)
{
    if (*at < end) {
        *at += s->after_cr && **at == '\n';
        s->after_cr = false;
    }
    size_t room = CSV_ROW_MAX + 1 - s->length;
    bool too_many = false;
    const char *limit = room < (size_t)(end - *at) ? *at + room : end, *stop = row_go(s, *at, limit, &too_many);
    *part = (CsvPart){ .at = *at, .n = (size_t)(stop - *at) };
    if (too_many)
        return refuse(s, "too_many_columns", err);
    if (!s->begun)
        head_keep(s, part->at, part->n);
    s->length += part->n;
    if (s->length > CSV_ROW_MAX)
        return refuse(s, "row_too_long", err);
    *at = stop;
    if (stop < end) {
        s->after_cr = *stop == '\r';
        ++*at;
        row_end(s, part);
    }
    return RC_OK;
}

Rc csv_scan_end(CsvScan *s, CsvPart *part, Error *err)
{
    *part = (CsvPart){ .at = "" };
    if (s->quoted)
        return error_refuse(err, "torn", "\"", NULL, NULL);
    if (s->length)
        row_end(s, part);
    return RC_OK;
}

void csv_put(Buffer *out, bool first, const char *value)
{
    if (!first)
        buffer_char(out, ',');
    buffer_char(out, '"');
    if (*value && strchr("=+-@\t\r", *value))
        buffer_char(out, '\'');
    for (; *value; value++) {
        if (*value == '"')
            buffer_char(out, '"');
        buffer_char(out, *value);
    }
    buffer_char(out, '"');
}

void csv_begin(Buffer *out, const char *const *names, size_t n)
{
    buffer_text(out, "\xEF\xBB\xBF");
    for (size_t i = 0; i < n; i++)
        csv_put(out, i == 0, names[i]);
    buffer_text(out, "\r\n");
}
