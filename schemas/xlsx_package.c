#include "schemas/xlsx.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { ENTRIES_MOST = 10000, PIECE = 32 * 1024, FREE_BYTES = 4 << 20, RATIO_MOST = 100, DECODED_MOST = 1 << 30 };

/* libzip reads at any place through these; what went wrong there is kept for whoever asked. */
typedef struct { Bytes bytes; uint64_t at; zip_error_t error; Error *why; } Source;

static zip_int64_t source_read(Source *s, void *to, zip_uint64_t n)
{
    uint64_t left = s->bytes.size - s->at, take = n < left ? n : left;
    if (take && s->bytes.at(s->bytes.self, s->at, to, (size_t)take, s->why)) {
        zip_error_set(&s->error, ZIP_ER_READ, 0);
        return -1;
    }
    s->at += take;
    return (zip_int64_t)take;
}

static zip_int64_t source_seek(Source *s, void *data, zip_uint64_t len)
{
    zip_int64_t to = zip_source_seek_compute_offset(s->at, s->bytes.size, data, len, &s->error);
    if (to < 0)
        return -1;
    s->at = (uint64_t)to;
    return 0;
}

static zip_int64_t source_stat(const Source *s, zip_stat_t *out)
{
    zip_stat_init(out);
    out->size = s->bytes.size;
    out->valid = ZIP_STAT_SIZE;
    return sizeof *out;
}

static zip_int64_t source_call(void *self, void *data, zip_uint64_t len, zip_source_cmd_t what)
{
    Source *s = self;
    switch (what) {
    case ZIP_SOURCE_OPEN:     s->at = 0; return 0;
    case ZIP_SOURCE_READ:     return source_read(s, data, len);
    case ZIP_SOURCE_CLOSE:    return 0;
    case ZIP_SOURCE_STAT:     return source_stat(s, data);
    case ZIP_SOURCE_SEEK:     return source_seek(s, data, len);
    case ZIP_SOURCE_TELL:     return (zip_int64_t)s->at;
    case ZIP_SOURCE_ERROR:    return zip_error_to_data(&s->error, data, len);
    case ZIP_SOURCE_FREE:     free(s); return 0;
    case ZIP_SOURCE_SUPPORTS: return zip_source_make_command_bitmap(ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE, ZIP_SOURCE_STAT, ZIP_SOURCE_ERROR,
                                                                    ZIP_SOURCE_FREE, ZIP_SOURCE_SEEK, ZIP_SOURCE_TELL, -1);
    default:                  zip_error_set(&s->error, ZIP_ER_OPNOTSUPP, 0); return -1;
    }
}

/* Bytes that could not be had are the world's fault, not the workbook's. */
static Rc refuse_zip(const Package *p, const zip_error_t *why, const char *what, Error *err)
{
    if (p->why.rc) {
        *err = p->why;
        return err->rc;
    }
    if (zip_error_code_zip(why) == ZIP_ER_MEMORY)
        return error_set(err, RC_RETRY, "out of memory");
    return error_refuse(err, "not_xlsx", what, NULL, NULL);
}

Rc package_open(const Bytes *bytes, Package *out, Error *err)
{
    zip_error_t why;
    Source *s = calloc(1, sizeof *s);
    if (!s)
        abort();
    *out = (Package){ .size = bytes->size };
    s->bytes = *bytes;
    s->why = &out->why;
    zip_error_init(&s->error);
    zip_error_init(&why);
    zip_source_t *source = zip_source_function_create(source_call, s, &why);
    if (!source)
        abort();
    out->zip = zip_open_from_source(source, ZIP_RDONLY, &why);
    if (!out->zip)
        zip_source_free(source);
    Rc rc = out->zip ? RC_OK : refuse_zip(out, &why, "zip", err);
    zip_error_fini(&why);
    if (!rc && zip_get_num_entries(out->zip, 0) > ENTRIES_MOST)
        rc = error_refuse(err, "not_xlsx", "zip: over 10000 entries", NULL, NULL);
    return rc;
}

void package_close(Package *p)
{
    if (p->zip)
        zip_discard(p->zip);
    p->zip = NULL;
}

/* Names differ in more than case. -1: there is no such part. *again: there are several, and others might read another. */
static zip_int64_t part_find(const Package *p, const char *part, bool *again)
{
    zip_int64_t found = -1, n = zip_get_num_entries(p->zip, 0);
    *again = false;
    for (zip_int64_t i = 0; i < n; i++) {
        const char *name = zip_get_name(p->zip, (zip_uint64_t)i, 0);
        if (!name || strcasecmp(name, part) != 0)
            continue;
        *again = found >= 0;
        found = found < 0 ? i : found;
    }
    return found;
}

bool package_has(const Package *p, const char *part)
{
    bool again;
    return part_find(p, part, &again) >= 0;
}

bool part_attribute(int n, const xmlChar **attributes, const char *name, char *out, size_t size)
{
    const Attribute *at = (const Attribute *)attributes;
    for (; n-- > 0; at++) {
        size_t len = (size_t)(at->end - at->value);
        if (strcmp((const char *)at->name, name) != 0 || len >= size)
            continue;
        memcpy(out, at->value, len);
        out[len] = '\0';
        return true;
    }
    return false;
}

static void on_error(void *self, xmlErrorPtr e)
{
    PartReading *r = self;
    if (r->rc || e->level < XML_ERR_ERROR)
        return;
    bool starved = e->code == XML_ERR_NO_MEMORY && !xml_names_full(e);
    r->rc = starved ? error_set(r->err, RC_RETRY, "libxml2 is out of memory") : error_refuse(r->err, "not_xlsx", r->part, NULL, NULL);
}

static Rc bytes_count(Package *p, uint64_t n, Error *err)
{
    p->decoded += n;
    bool bomb = p->decoded > DECODED_MOST || (p->decoded > FREE_BYTES && p->decoded / RATIO_MOST > p->size);
    return bomb ? error_refuse(err, "zip_bomb", NULL, NULL, NULL) : RC_OK;
}

static Rc pieces_read(Package *p, zip_file_t *f, Guard *g, PartReading *r, Error *err)
{
    char piece[PIECE];
    zip_int64_t n = 0;
    while (!r->rc && (n = zip_fread(f, piece, sizeof piece)) > 0) {
        if (bytes_count(p, (uint64_t)n, err) || guard_feed(g, piece, (size_t)n, err))
            return err->rc;
        xmlParseChunk(r->parser, piece, (int)n, 0);
    }
    if (r->rc)
        return r->rc;
    if (n < 0)
        return refuse_zip(p, zip_file_get_error(f), r->part, err);
    if (guard_end(g, err))
        return err->rc;
    xmlParseChunk(r->parser, NULL, 0, 1);
    return r->rc;
}

Rc part_read(Package *p, const char *part, const xmlSAXHandler *sax, PartReading *r, Error *err)
{
    SCOPED(guard_free) Guard *g = guard_new(FORMAT_XML, false, NULL, NULL);
    xmlSAXHandler handler = *sax;
    handler.serror = on_error;
    bool again;
    zip_int64_t no = part_find(p, part, &again);
    zip_file_t *f = no < 0 || again ? NULL : zip_fopen_index(p->zip, (zip_uint64_t)no, 0);
    if (!f)
        return no < 0 || again ? error_refuse(err, "not_xlsx", part, NULL, NULL) : refuse_zip(p, zip_get_error(p->zip), part, err);
    SCOPED(xml_parser_free) xmlParserCtxt *parser = xml_parser_new(&handler, r);
    r->parser = parser;
    r->part = part;
    r->err = err;
    Rc rc = parser ? pieces_read(p, f, g, r, err) : error_set(err, RC_RETRY, "out of memory");
    zip_fclose(f);
    return rc;
}
