#include "persistence/staging.h"
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

static void put16(Buffer *b, int v) { uint16_t n = htons((uint16_t)v); buffer_add(b, &n, 2); }
static void put32(Buffer *b, int64_t v) { uint32_t n = htonl((uint32_t)v); buffer_add(b, &n, 4); }
static void put64(Buffer *b, int64_t v) { put32(b, v >> 32); put32(b, v & 0xffffffff); }
static void null(Buffer *b) { put32(b, -1); }

static void bytes(Buffer *b, const char *s, size_t n)
{
    put32(b, (int64_t)n);
    buffer_add(b, s, n);
}

/* A length that is known only when what follows is written. */
static size_t length_begin(Buffer *b)
{
    put32(b, 0);
    return b->len;
}

static void length_end(Buffer *b, size_t begin)
{
    uint32_t n = htonl((uint32_t)(b->len - begin));
    memcpy(b->at + begin - 4, &n, 4);
}

static int digits(const char *s, int n)
{
    int v = 0;
    while (n-- > 0)
        v = v * 10 + *s++ - '0';
    return v;
}

/* Days since 2000-01-01 of a canonical date (days-from-civil over 400-year eras). */
static int32_t date_days(const char *s)
{
    int y = digits(s, 4), m = digits(s + 5, 2), d = digits(s + 8, 2);
    y -= m <= 2;
    int era = y / 400, yoe = y - era * 400;
    int doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 730425;
}

/* PostgreSQL's numeric: groups of four decimal digits around the point. */
static void numeric(Buffer *b, const char *s, size_t n)
{
    bool minus = *s == '-';
    s += minus, n -= minus;
    const char *point = memchr(s, '.', n);
    int whole = point ? (int)(point - s) : (int)n, fraction = point ? (int)(n - (size_t)whole - 1) : 0;
    char text[64];
    int lead = (4 - whole % 4) % 4, len = 0;
    memset(text, '0', sizeof text);
    memcpy(text + lead, s, (size_t)whole);
    len = lead + whole;
    if (fraction)
        memcpy(text + len, point + 1, (size_t)fraction);
    len += (fraction + 3) / 4 * 4;
    int groups = len / 4, weight = (lead + whole) / 4 - 1, first = 0;
    while (first < groups && memcmp(text + 4 * first, "0000", 4) == 0)
        first++, weight--;
    while (groups > first && memcmp(text + 4 * (groups - 1), "0000", 4) == 0)
        groups--;
    put32(b, 8 + 2 * (groups - first));
    put16(b, groups - first);
    put16(b, groups == first ? 0 : weight);
    put16(b, minus ? 0x4000 : 0);
    put16(b, fraction);
    for (int g = first; g < groups; g++)
        put16(b, digits(text + 4 * g, 4));
}

static int hex4(const char *s)
{
    int v = 0;
    for (int i = 0; i < 4; i++)
        v = v * 16 + (s[i] <= '9' ? s[i] - '0' : (s[i] | 32) - 'a' + 10);
    return v;
}

/* Unescapes one string of canonical JSON (only control characters come as \u00xx); returns behind its closing quote. */
static const char *json_item(const char *s, Buffer *out)
{
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
    for (s++; *s != '"'; s++) {
        if (*s != '\\') {
            buffer_char(out, *s);
        } else if (*++s == 'u') {
            buffer_char(out, (char)hex4(s + 1));
            s += 4;
        } else {
            const char *at = strchr(from, *s);
            buffer_char(out, at ? to[at - from] : *s);
        }
    }
    return s + 1;
}

static void text_array(Buffer *b, const char *json)
{
    size_t whole = length_begin(b);
    bool empty = json[1] == ']';
    int n = 0;
    put32(b, !empty);
    put32(b, 0);
    put32(b, 25);
    size_t dimension = b->len;
    if (!empty) {
        put32(b, 0);
        put32(b, 1);
    }
    for (const char *s = json + 1; *s == '"'; s += *s == ',') {
        size_t item = length_begin(b);
        s = json_item(s, b);
        length_end(b, item);
        n++;
    }
    if (!empty) {
        uint32_t count = htonl((uint32_t)n);
        memcpy(b->at + dimension, &count, 4);
    }
    length_end(b, whole);
}

static void jsonb(Buffer *b, const Value *v)
{
    put32(b, (int64_t)v->len + 1);
    buffer_char(b, 1);
    buffer_add(b, v->text, v->len);
}

static void integer(Buffer *b, const char *type, const char *s)
{
    int64_t n = strtoll(s, NULL, 10);
    if (strcmp(type, "bigint") == 0) {
        put32(b, 8);
        put64(b, n);
    } else if (strcmp(type, "smallint") == 0) {
        put32(b, 2);
        put16(b, (int)n);
    } else {
        put32(b, 4);
        put32(b, n);
    }
}

static void column(Buffer *b, const Field *f, const Value *v)
{
    if (!v->text) {
        null(b);
    } else if (f->personal) {
        bytes(b, v->text, v->len);
    } else if (f->type == TYPE_DATE) {
        put32(b, 4);
        put32(b, date_days(v->text));
    } else if (f->type == TYPE_INTEGER) {
        integer(b, f->column_type, v->text);
    } else if (f->type == TYPE_DECIMAL) {
        numeric(b, v->text, v->len);
    } else if (f->type == TYPE_BOOLEAN) {
        put32(b, 1);
        buffer_char(b, *v->text == 't');
    } else if (f->type == TYPE_TEXT) {
        bytes(b, v->text, v->len);
    } else if (f->column_type[0] == 't') {
        text_array(b, v->text);
    } else {
        jsonb(b, v);
    }
}

void row_copy(const Feed *feed, const Row *row, Buffer *out)
{
    static const Value absent;
    put16(out, 5 + (int)feed->n_fields);
    put32(out, 4), put32(out, row->seq);
    put32(out, 4), put32(out, row->round);
    put32(out, 4), put32(out, row->wish);
    if (row->ground)
        bytes(out, row->ground, strlen(row->ground));
    else
        null(out);
    bytes(out, (const char *)row->hash, ROW_HASH_SIZE);
    for (size_t i = 0; i < feed->n_fields; i++)
        column(out, &feed->fields[i], row->wish == WISH_PUT || feed->fields[i].key_position ? &row->values[i] : &absent);
}

void staged_source_args(const char *period, int64_t number, Args *args)
{
    arg_text(args, period);
    arg_int(args, number);
}

Rc stage_begin(Db *db, const Table *t, Error *err)
{
    char sql[128];
    snprintf(sql, sizeof sql, "truncate %s", t->stage);
    return db_exec(db, t->stage_ddl, err) || db_exec(db, sql, err) ? err->rc : RC_OK;
}

Rc stage_analyse(Db *db, const Table *t, Error *err)
{
    char sql[128];
    snprintf(sql, sizeof sql, "analyze %s", t->stage);
    return db_exec(db, sql, err);
}
