#include "schemas/reader_internal.h"
#include <libxml/SAX2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIGNATURE_NS "http://www.w3.org/2000/09/xmldsig#"

enum { SLICE = 64 * 1024 };     /* bounds libxml2's input buffer; its speed was the same from 1 KB to 256 KB */
enum { XML_NAMES = 1024 * 1024 };   /* bytes of different names in one document: libxml2 keeps each until the end */

typedef enum { AT_TOP, AT_WRAP, AT_DELIVERY, AT_RECORD, AT_SIGNATURE } Place;

typedef struct {
    Outlet        *to;
    xmlParserCtxt *parser;
    XmlRecord      record;
    Place          place, around;           /* around: where the record under way stands */
    unsigned       skipped;                 /* open elements of the signature */
    bool           wrapped, has_delivery, has_records, has_signature, ending;
    size_t         prologue_len;
    uint32_t       prologue_lines;
    Rc             rc;                      /* once set, everything that still comes is ignored */
    Error         *err;                     /* of the call under way */
} XmlReader;

bool element_is(const xmlChar *name, const xmlChar *ns, const char *want, const char *want_ns)
{
    return ns && xmlStrEqual(name, BAD_CAST want) && xmlStrEqual(ns, BAD_CAST want_ns);
}

void element_name(char *out, size_t size, const xmlChar *name, const xmlChar *ns)
{
    if (ns)
        snprintf(out, size, "{%s}%s", (const char *)ns, (const char *)name);
    else
        snprintf(out, size, "%s", (const char *)name);
}

Rc xml_refuse(const Outlet *to, const xmlError *e, bool final, uint64_t offset, Error *err)
{
    char what[48];
    if (e->code == XML_ERR_NO_MEMORY && xmlDictGetUsage(((xmlParserCtxt *)e->ctxt)->dict) > XML_NAMES)
        return outlet_refuse(to, "too many names", offset, err);
    if (e->code == XML_ERR_NO_MEMORY)
        return error_set(err, RC_RETRY, "libxml2 is out of memory");
    if (final)
        return refuse_torn(err);
    if (e->code == XML_NS_ERR_UNDEFINED_NAMESPACE)
        return error_refuse(err, "undeclared_prefix", e->str1, NULL, NULL);
    if (e->code == XML_ERR_ATTRIBUTE_REDEFINED || e->code == XML_NS_ERR_ATTRIBUTE_REDEFINED)
        return outlet_refuse(to, "doubled attribute", offset, err);
    snprintf(what, sizeof what, "XML error %d", e->code);
    return outlet_refuse(to, what, offset, err);
}

static void refuse_place(XmlReader *x, const char *what) { x->rc = error_refuse(x->err, "not_a_delivery", what, NULL, NULL); }

static void refuse_element(XmlReader *x, const xmlChar *name, const xmlChar *ns)
{
    char full[ERROR_ARG_SIZE * 2];
    element_name(full, sizeof full, name, ns);
    refuse_place(x, full);
}

static uint64_t offset_now(XmlReader *x)
{
    long at = xmlByteConsumed(x->parser);
    return at > (long)x->prologue_len ? (uint64_t)at - x->prologue_len : 0;
}

static void on_error(void *self, xmlErrorPtr e)
{
    XmlReader *x = self;
    if (!x->rc && e->level >= XML_ERR_ERROR)
        x->rc = xml_refuse(x->to, e, x->ending, offset_now(x), x->err);
}

static void on_doctype(void *self, const xmlChar *name, const xmlChar *public_id, const xmlChar *system_id)
{
    (void)name, (void)public_id, (void)system_id;
    XmlReader *x = self;
    if (!x->rc)
        x->rc = xml_doctype(x->parser, x->err);
}

/* libxml2 reports a start tag at its end; the lines inside the tag are taken off again. */
static uint32_t line_now(const XmlReader *x)
{
    const xmlParserInput *in = x->parser->input;
    uint32_t line = (uint32_t)xmlSAX2GetLineNumber(x->parser) - x->prologue_lines;
    for (const xmlChar *at = in->cur; at > in->base && *at != '<'; at--)
        line -= at < in->cur && *at == '\n';
    return line;
}

static bool record_begins(XmlReader *x, const xmlChar *name, const xmlChar *ns, int n, const Attribute *attributes)
{
    bool put = element_is(name, ns, "record", DELIVERY_NS);
    if (!put && !element_is(name, ns, "withdraw", DELIVERY_NS))
        return false;
    x->has_records = true;
    x->around = x->place;
    x->place = AT_RECORD;
    x->record.ns = ns;
    xml_record_begin(&x->record, put ? RECORD_PUT : RECORD_WITHDRAW, line_now(x), n, attributes);
    return true;
}

static void start_in_delivery(XmlReader *x, const xmlChar *name, const xmlChar *ns, int n, const Attribute *attributes)
{
    if (!x->has_signature && record_begins(x, name, ns, n, attributes))
        return;
    if (x->has_signature || !element_is(name, ns, "Signature", SIGNATURE_NS)) {
        refuse_element(x, name, ns);
        return;
    }
    x->has_signature = true;
    x->skipped = 1;
    x->place = AT_SIGNATURE;
}

/* The payload's root, or one of the roots of a compound payload. */
static void start_outside(XmlReader *x, const xmlChar *name, const xmlChar *ns, int n, const Attribute *attributes)
{
    if (x->wrapped && x->place == AT_TOP) {
        x->place = AT_WRAP;
    } else if (!x->has_delivery && !x->has_records && element_is(name, ns, "delivery", DELIVERY_NS)) {
        x->has_delivery = true;
        x->place = AT_DELIVERY;
    } else if (x->place == AT_TOP || x->has_delivery || !record_begins(x, name, ns, n, attributes)) {
        refuse_element(x, name, ns);
    }
}

static void on_start(void *self, const xmlChar *name, const xmlChar *prefix, const xmlChar *ns, int n_namespaces, const xmlChar **namespaces,
                     int n_attributes, int n_defaulted, const xmlChar **attributes)
{
    (void)prefix, (void)n_namespaces, (void)namespaces, (void)n_defaulted;
    XmlReader *x = self;
    const Attribute *at = (const Attribute *)attributes;
    if (x->rc)
        return;
    if (x->ending)                          /* libxml2 reports a tag cut off in the middle as if it were whole */
        x->rc = refuse_torn(x->err);
    else if (x->place == AT_RECORD)
        xml_record_start(&x->record, name, ns, n_attributes, at);
    else if (x->place == AT_DELIVERY)
        start_in_delivery(x, name, ns, n_attributes, at);
    else if (x->place == AT_SIGNATURE)
        x->skipped++;
    else
        start_outside(x, name, ns, n_attributes, at);
}

static void on_end(void *self, const xmlChar *name, const xmlChar *prefix, const xmlChar *ns)
{
    (void)name, (void)prefix, (void)ns;
    XmlReader *x = self;
    if (x->rc)
        return;
    if (x->place == AT_RECORD) {
        if (!xml_record_end(&x->record))
            return;
        x->place = x->around;
        x->rc = outlet_emit(x->to, &x->record.r, x->err);
    } else if (x->place == AT_SIGNATURE) {
        if (!--x->skipped)
            x->place = AT_DELIVERY;
    } else {
        x->place = x->place == AT_DELIVERY && x->wrapped ? AT_WRAP : AT_TOP;
    }
}

static void on_text(void *self, const xmlChar *text, int len)
{
    XmlReader *x = self;
    if (x->rc || x->place == AT_SIGNATURE)
        return;
    if (x->place == AT_RECORD)
        xml_record_text(&x->record, (const char *)text, (size_t)len);
    else if (blanks((const char *)text, (size_t)len) < (size_t)len)
        refuse_place(x, "text");
}

xmlParserCtxt *xml_parser_new(const xmlSAXHandler *sax, void *self)
{
    xmlSAXHandler copy = *sax;
    copy.initialized = XML_SAX2_MAGIC;
    xmlParserCtxt *p = xmlCreatePushParserCtxt(&copy, self, NULL, 0, NULL);
    if (!p)
        return NULL;
    xmlCtxtUseOptions(p, XML_PARSE_NONET | XML_PARSE_NOENT);
    xmlDictSetLimit(p->dict, XML_NAMES);
    return p;
}

/* libxml2 makes a document of its own for a DTD even under SAX, and leaves it to us. */
void xml_parser_free(xmlParserCtxt **p)
{
    if (*p && (*p)->myDoc)
        xmlFreeDoc((*p)->myDoc);
    xmlFreeParserCtxt(*p);
    *p = NULL;
}

Rc xml_doctype(xmlParserCtxt *p, Error *err)
{
    xmlStopParser(p);
    return error_refuse(err, "doctype", NULL, NULL, NULL);
}

static void xml_free(void *form)
{
    XmlReader *x = form;
    xml_parser_free(&x->parser);
    free(x);
}

static Rc xml_feed(void *form, const char *bytes, size_t n, Error *err)
{
    XmlReader *x = form;
    x->err = err;
    for (size_t at = 0; at < n && !x->rc; at += SLICE)
        xmlParseChunk(x->parser, bytes + at, (int)(n - at < SLICE ? n - at : SLICE), 0);
    return x->rc;
}

static Rc xml_end(void *form, Error *err)
{
    XmlReader *x = form;
    x->err = err;
    x->ending = true;
    if (x->wrapped)
        xmlParseChunk(x->parser, "</w>", 4, 0);
    if (!x->rc)
        xmlParseChunk(x->parser, NULL, 0, 1);
    if (!x->rc && (!x->parser->wellFormed || !(x->has_delivery || x->has_records)))
        x->rc = refuse_torn(err);
    return x->rc;
}

static Rc prologue_feed(XmlReader *x, const char *prologue, Error *err)
{
    x->wrapped = true;
    x->prologue_len = strlen(prologue);
    for (const char *at = prologue; (at = strchr(at, '\n')); at++)
        x->prologue_lines++;
    return xml_feed(x, prologue, x->prologue_len, err);
}

static Rc xml_open(Outlet *to, const char *prologue, void **out, Error *err)
{
    static const xmlSAXHandler sax = {
        .startElementNs = on_start, .endElementNs = on_end, .internalSubset = on_doctype, .serror = on_error,
        .characters = on_text, .ignorableWhitespace = on_text, .cdataBlock = on_text,
    };
    XmlReader *x = calloc(1, sizeof *x);
    if (x) {
        *out = x;
        x->to = to;
        x->record.a = to->a;
        x->parser = xml_parser_new(&sax, x);
    }
    if (!x || !x->parser)
        return error_set(err, RC_RETRY, "out of memory");
    return prologue ? prologue_feed(x, prologue, err) : RC_OK;
}

const ReaderForm reader_xml = { .open = xml_open, .feed = xml_feed, .end = xml_end, .free = xml_free };
