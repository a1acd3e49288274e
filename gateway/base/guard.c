#include "gateway/base/guard_internal.h"
#include "gateway/base/text.h"
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char bom[] = "\xEF\xBB\xBF";

typedef struct { uint64_t line; size_t length; bool any; } LineGuard;

struct Guard {
    Format   format;
    uint64_t offset;                /* bytes fed so far */
    unsigned bom_seen;              /* bytes that agree with a BOM; none can come any more when bom_over */
    bool     bom_over;
    Utf8     utf8;
    unsigned none;                  /* of XML: bytes EF BF that came last */
    bool     in_sequence;           /* its first text has begun */
    union { XmlGuard xml; JsonGuard json; LineGuard lines; CsvGuard csv; XlsxGuard xlsx; };
    const char *names[GUARD_DEPTH];
};

Rc guard_refuse(Error *err, const char *code, uint64_t number)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, number);
    return error_refuse(err, code, text, NULL, NULL);
}

Rc guard_malformed(Error *err, const char *what, uint64_t offset)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, offset);
    return error_refuse(err, "not_well_formed", what, text, NULL);
}

Rc guard_torn(Error *err, const char *missing) { return error_refuse(err, "torn", missing, NULL, NULL); }

/* The usual charsets are always known, so only memory can be lacking. */
static void csv_init(Guard *g)
{
    Error err;
    if (csv_guard_init(&g->csv, NULL, 0, 0, &err))
        abort();
}

Guard *guard_new(Format format, bool fragment, OnTag *on_tag, void *self)
{
    Guard *g = calloc(1, sizeof *g);
    if (!g)
        abort();
    g->format = format;
    if (format == FORMAT_XML)
        xml_guard_init(&g->xml, fragment, on_tag, self);
    else if (format == FORMAT_JSON || format == FORMAT_JSON_SEQ)
        json_guard_init(&g->json);
    else if (format == FORMAT_CSV)
        csv_init(g);
    return g;
}

void guard_free(Guard **g)
{
    if (*g && (*g)->format == FORMAT_XML)
        buffer_free(&(*g)->xml.names);
    if (*g && (*g)->format == FORMAT_CSV)
        csv_guard_free(&(*g)->csv);
    free(*g);
    *g = NULL;
}

Rc guard_table(Guard *g, const char *charset, char separator, unsigned heading_row, Error *err)
{
    if (g->format != FORMAT_CSV)
        return RC_OK;
    csv_guard_free(&g->csv);
    return csv_guard_init(&g->csv, charset, separator, heading_row, err);
}

static Rc lines_feed(LineGuard *l, Piece *p, Error *err)
{
    while (p->at < p->end) {
        const char *newline = memchr(p->at, '\n', (size_t)(p->end - p->at));
        const char *stop = newline ? newline : p->end;
        l->length += (size_t)(stop - p->at);
        if (l->length > LINE_MAX_BYTES)
            return guard_refuse(err, "line_too_long", l->line + 1);
        while (!l->any && p->at < stop)
            l->any = !strchr(" \t\r", *p->at++);
        p->at = newline ? newline + 1 : stop;
        if (newline) {
            l->line++;
            l->length = 0;
        }
    }
    return RC_OK;
}

/* RFC 7464: each text is a document of its own, begun by a separator; nothing between two of them is no text. */
static Rc text_begin(Guard *g, Piece *p, Error *err)
{
    if (g->in_sequence && !json_guard_fresh(&g->json) && json_guard_end(&g->json, err))
        return err->rc;
    g->in_sequence = true;
    json_guard_init(&g->json);
    p->at++;
    return RC_OK;
}

static Rc sequence_feed(Guard *g, Piece *p, Error *err)
{
    const char *end = p->end;
    Rc rc = RC_OK;
    while (p->at < end && !rc) {
        if (*p->at == RECORD_SEPARATOR) {
            rc = text_begin(g, p, err);
        } else if (!g->in_sequence) {
            rc = guard_malformed(err, "record_separator", piece_offset(p));
        } else {
            const char *next = memchr(p->at, RECORD_SEPARATOR, (size_t)(end - p->at));
            p->end = next ? next : end;
            rc = json_guard_feed(&g->json, p, err);
            p->end = end;
        }
    }
    return rc;
}

static Rc sequence_end(const Guard *g, Error *err)
{
    if (!g->in_sequence)
        return guard_torn(err, "record separator");
    return json_guard_fresh(&g->json) ? RC_OK : json_guard_end(&g->json, err);
}

/* Takes n bytes at the guard's offset to the part that knows the format. */
static Rc pass(Guard *g, const char *bytes, size_t n, Error *err)
{
    Piece p = { bytes, bytes, bytes + n, g->offset };
    g->offset += n;
    switch (g->format) {
    case FORMAT_XML:    return xml_guard_feed(&g->xml, &p, err);
    case FORMAT_JSON:   return json_guard_feed(&g->json, &p, err);
    case FORMAT_NDJSON: return lines_feed(&g->lines, &p, err);
    case FORMAT_JSON_SEQ: return sequence_feed(g, &p, err);
    default:            break;
    }
    assert(!"a format");
    return RC_FATAL;
}

/* How many of the bytes are good; all of them almost always, so the place is looked for only when it is needed. */
static size_t utf8_good(Utf8 *u, const char *bytes, size_t n)
{
    Utf8 before = *u;
    if (utf8_feed(u, bytes, n))
        return n;
    size_t i = 0;
    while (i < n && utf8_feed(&before, bytes + i, 1))
        i++;
    return i;
}

/* U+FFFE and U+FFFF are no characters of XML (XML 1.0, 2.2). How many bytes stand before the last one of such. */
static size_t xml_good(Guard *g, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (g->none == 2 && c >= 0xBE)
            return i;
        g->none = c == 0xEF ? 1 : g->none == 1 && c == 0xBF ? 2 : 0;
        if (g->none)
            continue;
        const char *next = memchr(bytes + i, 0xEF, n - i);
        i = next ? (size_t)(next - bytes) - 1 : n - 1;
    }
    return n;
}

/* A mark at the very beginning is stepped over; what only began like one is content. Returns how many bytes were used. */
static size_t bom_feed(Guard *g, const char *bytes, size_t n, Error *err)
{
    size_t i = 0;
    while (i < n && g->bom_seen < 3 && bytes[i] == bom[g->bom_seen]) {
        g->bom_seen++;
        i++;
    }
    if (i == n && g->bom_seen < 3)
        return i;
    g->bom_over = true;
    if (g->bom_seen == 3) {
        g->offset = 3;
        if (g->format == FORMAT_XML)
            g->xml.origin = 3;
    } else {
        err->rc = pass(g, bom, g->bom_seen, err);
    }
    return i;
}

static Rc feed_good(Guard *g, const char *bytes, size_t n, Error *err)
{
    size_t used = 0;
    if (!g->bom_over) {
        err->rc = RC_OK;
        used = bom_feed(g, bytes, n, err);
        if (err->rc)
            return err->rc;
    }
    return used < n ? pass(g, bytes + used, n - used, err) : RC_OK;
}

Rc guard_feed(Guard *g, const char *bytes, size_t n, Error *err)
{
    if (!n)
        return RC_OK;
    if (g->format == FORMAT_CSV)
        return csv_guard_feed(&g->csv, bytes, n, err);
    if (g->format == FORMAT_XLSX)
        return xlsx_guard_feed(&g->xlsx, bytes, n, err);
    /* What stands before a bad byte is judged first, so the verdict does not depend on how the document was cut. */
    size_t good = utf8_good(&g->utf8, bytes, n), known = g->format == FORMAT_XML ? xml_good(g, bytes, good) : good;
    Rc rc = feed_good(g, bytes, known, err);
    if (rc || known == n)
        return rc;
    uint64_t offset = g->offset + (g->bom_over ? 0 : g->bom_seen);
    if (known < good)
        return guard_malformed(err, "noncharacter", offset);
    return guard_refuse(err, bytes[good] ? "not_utf8" : "nul_character", offset);
}

Rc guard_end(Guard *g, Error *err)
{
    if (!utf8_whole(&g->utf8))
        return guard_torn(err, "character");
    switch (g->format) {
    case FORMAT_XML:    return xml_guard_end(&g->xml, err);
    case FORMAT_JSON:   return json_guard_end(&g->json, err);
    case FORMAT_NDJSON: return g->lines.any ? RC_OK : guard_torn(err, "line");
    case FORMAT_JSON_SEQ: return sequence_end(g, err);
    case FORMAT_CSV:    return csv_guard_end(&g->csv, err);
    case FORMAT_XLSX:   return xlsx_guard_end(&g->xlsx, err);
    default:            break;
    }
    assert(!"a format");
    return RC_FATAL;
}

const char *const *guard_open_names(Guard *g, size_t *n)
{
    *n = g->format == FORMAT_XML ? g->xml.depth : 0;
    for (size_t i = 0; i < *n; i++)
        g->names[i] = g->xml.names.at + g->xml.start[i];
    return g->names;
}
