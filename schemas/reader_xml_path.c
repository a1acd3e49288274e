/* Records of a supplier's own XML: elements are followed along the layout's path, what lies beside it is passed over. */
#include "schemas/reader_internal.h"
#include <libxml/SAX2.h>
#include <stdlib.h>
#include <string.h>

enum { SLICE = 64 * 1024 };

/* Depth counts open elements, those of the prologue not. `on` of them lie on the path: when on is all of its steps, we are in a record. */
typedef struct {
    Outlet        *to;
    xmlParserCtxt *parser;
    Arena         *a;
    LayoutPath     path;
    size_t         first;           /* the step that the first element was: 0, or later where the outer ones are missing from a payload */
    bool           placed;          /* first is known */
    XmlRecord      record;
    size_t         depth, on, most;  /* most: as far along the path as the document went */
    bool           wrapped, in_wrap, in_record, ending;
    size_t         prologue_len;
    uint32_t       prologue_lines;
    Rc             rc;
    Error         *err;
} PathReader;

static bool is_step(const LayoutStep *s, const xmlChar *name, const xmlChar *ns)
{
    if (strcmp(s->name, "*") != 0 && !xmlStrEqual(name, BAD_CAST s->name))
        return false;
    return !s->ns || (ns ? xmlStrEqual(ns, BAD_CAST s->ns) : !*s->ns);
}

/* Payloads in a SOAP message may lack the outer elements; the first one there tells where the path begins. */
static void place(PathReader *x, const xmlChar *name, const xmlChar *ns)
{
    size_t last = x->wrapped ? x->path.n : 1;
    for (x->first = 0; x->first < last && !is_step(&x->path.step[x->first], name, ns);)
        x->first++;
    x->placed = x->first < last;
    if (!x->placed)
        x->first = 0;
}

static uint32_t line_now(const PathReader *x)
{
    const xmlParserInput *in = x->parser->input;
    uint32_t line = (uint32_t)xmlSAX2GetLineNumber(x->parser) - x->prologue_lines;
    for (const xmlChar *at = in->cur; at > in->base && *at != '<'; at--)
        line -= at < in->cur && *at == '\n';
    return line;
}

static void start(PathReader *x, const xmlChar *name, const xmlChar *ns, int n, const Attribute *attributes)
{
    if (x->in_record) {
        xml_record_start(&x->record, name, ns, n, attributes);
        return;
    }
    if (!x->depth && !x->placed)
        place(x, name, ns);
    bool on = x->on == x->depth && x->first + x->on < x->path.n && is_step(&x->path.step[x->first + x->on], name, ns);
    x->depth++;
    x->on += on;
    if (x->first + x->on > x->most)
        x->most = x->first + x->on;
    if (!on || x->first + x->on < x->path.n)
        return;
    x->in_record = true;
    xml_record_begin(&x->record, RECORD_PUT, line_now(x), n, attributes);
}

static void end(PathReader *x)
{
    if (x->in_record) {
        if (!xml_record_end(&x->record))
            return;
        x->in_record = false;
        x->rc = outlet_emit(x->to, &x->record.r, x->err);
    }
    if (x->on == x->depth)
        x->on--;
    x->depth--;
}

static void on_start(void *self, const xmlChar *name, const xmlChar *prefix, const xmlChar *ns, int n_namespaces, const xmlChar **namespaces,
                     int n_attributes, int n_defaulted, const xmlChar **attributes)
{
    (void)prefix, (void)n_namespaces, (void)namespaces, (void)n_defaulted;
    PathReader *x = self;
    if (x->rc)
        return;
    if (x->ending)                          /* libxml2 reports a tag cut off in the middle as if it were whole */
        x->rc = refuse_torn(x->err);
    else if (x->wrapped && !x->in_wrap)
        x->in_wrap = true;
    else
        start(x, name, ns, n_attributes, (const Attribute *)attributes);
}

static void on_end(void *self, const xmlChar *name, const xmlChar *prefix, const xmlChar *ns)
{
    (void)name, (void)prefix, (void)ns;
    PathReader *x = self;
    if (!x->rc && x->depth)
        end(x);
}

static void on_text(void *self, const xmlChar *text, int len)
{
    PathReader *x = self;
    if (!x->rc && x->in_record)
        xml_record_text(&x->record, (const char *)text, (size_t)len);
}

static uint64_t offset_now(PathReader *x)
{
    long at = xmlByteConsumed(x->parser);
    return at > (long)x->prologue_len ? (uint64_t)at - x->prologue_len : 0;
}

static void on_error(void *self, xmlErrorPtr e)
{
    PathReader *x = self;
    if (!x->rc && e->level >= XML_ERR_ERROR)
        x->rc = xml_refuse(x->to, e, x->ending, offset_now(x), x->err);
}

static void on_doctype(void *self, const xmlChar *name, const xmlChar *public_id, const xmlChar *system_id)
{
    (void)name, (void)public_id, (void)system_id;
    PathReader *x = self;
    if (!x->rc)
        x->rc = xml_doctype(x->parser, x->err);
}

static void path_free(void *form)
{
    PathReader *x = form;
    if (x->parser)
        xml_parser_free(&x->parser);
    arena_free(&x->a);
    free(x);
}

static Rc path_feed(void *form, const char *bytes, size_t n, Error *err)
{
    PathReader *x = form;
    x->err = err;
    for (size_t at = 0; at < n && !x->rc; at += SLICE)
        xmlParseChunk(x->parser, bytes + at, (int)(n - at < SLICE ? n - at : SLICE), 0);
    return x->rc;
}

static Rc path_end(void *form, Error *err)
{
    PathReader *x = form;
    x->err = err;
    x->ending = true;
    if (x->wrapped)
        xmlParseChunk(x->parser, "</w>", 4, 0);
    if (!x->rc)
        xmlParseChunk(x->parser, NULL, 0, 1);
    if (!x->rc && !x->parser->wellFormed)
        x->rc = refuse_torn(err);
    if (!x->rc && (!x->placed || x->most + 1 < x->path.n))
        x->rc = error_refuse(err, "records_not_found", x->to->layout->records, NULL, NULL);
    return x->rc;
}

static Rc prologue_feed(PathReader *x, const char *prologue, Error *err)
{
    x->wrapped = true;
    x->prologue_len = strlen(prologue);
    for (const char *at = prologue; (at = strchr(at, '\n')); at++)
        x->prologue_lines++;
    return path_feed(x, prologue, x->prologue_len, err);
}

static Rc path_open(Outlet *to, const char *prologue, void **out, Error *err)
{
    static const xmlSAXHandler sax = {
        .startElementNs = on_start, .endElementNs = on_end, .internalSubset = on_doctype, .serror = on_error,
        .characters = on_text, .ignorableWhitespace = on_text, .cdataBlock = on_text,
    };
    PathReader *x = *out = calloc(1, sizeof *x);
    if (!x)
        return error_set(err, RC_RETRY, "out of memory");
    x->to = to;
    x->a = arena_new();
    x->record.a = to->a;
    x->record.own = true;
    if (layout_path(to->layout, FORMAT_XML, x->a, &x->path, err))
        return err->rc;
    x->parser = xml_parser_new(&sax, x);
    if (!x->parser)
        return error_set(err, RC_RETRY, "out of memory");
    return prologue ? prologue_feed(x, prologue, err) : RC_OK;
}

const ReaderForm reader_xml_path = { .open = path_open, .feed = path_feed, .end = path_end, .free = path_free };
