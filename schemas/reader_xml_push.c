/* A document pushed through libxml2 in pieces, with our options, errors and prologue: what the readers of XML share. */
#include "schemas/reader_internal.h"
#include <libxml/SAX2.h>
#include <stdio.h>
#include <string.h>

enum { SLICE = 64 * 1024 };     /* bounds libxml2's input buffer; its speed was the same from 1 KB to 256 KB */
enum { XML_NAMES = 1024 * 1024 };   /* bytes of different names in one document: libxml2 keeps each until the end */

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

bool xml_names_full(const xmlError *e) { return e->code == XML_ERR_NO_MEMORY && xmlDictGetUsage(((xmlParserCtxt *)e->ctxt)->dict) > XML_NAMES; }

Rc xml_refuse(const Outlet *to, const xmlError *e, bool final, uint64_t offset, Error *err)
{
    char what[48];
    if (xml_names_full(e))
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

static uint64_t offset_now(XmlPush *x)
{
    long at = xmlByteConsumed(x->parser);
    return at > (long)x->prologue_len ? (uint64_t)at - x->prologue_len : 0;
}

static void on_error(void *self, xmlErrorPtr e)
{
    XmlPush *x = self;
    if (!x->rc && e->level >= XML_ERR_ERROR)
        x->rc = xml_refuse(x->to, e, x->ending, offset_now(x), x->err);
}

static void on_doctype(void *self, const xmlChar *name, const xmlChar *public_id, const xmlChar *system_id)
{
    (void)name, (void)public_id, (void)system_id;
    XmlPush *x = self;
    if (!x->rc)
        x->rc = xml_doctype(x->parser, x->err);
}

/* libxml2 reports a start tag at its end; the lines inside the tag are taken off again. */
uint32_t xml_push_line(const XmlPush *x)
{
    const xmlParserInput *in = x->parser->input;
    uint32_t line = (uint32_t)xmlSAX2GetLineNumber(x->parser) - x->prologue_lines;
    for (const xmlChar *at = in->cur; at > in->base && *at != '<'; at--)
        line -= at < in->cur && *at == '\n';
    return line;
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

void xml_push_free(XmlPush *x)
{
    if (x->parser)
        xml_parser_free(&x->parser);
}

Rc xml_push(XmlPush *x, const char *bytes, size_t n, Error *err)
{
    x->err = err;
    for (size_t at = 0; at < n && !x->rc; at += SLICE)
        xmlParseChunk(x->parser, bytes + at, (int)(n - at < SLICE ? n - at : SLICE), 0);
    return x->rc;
}

Rc xml_push_end(XmlPush *x, Error *err)
{
    x->err = err;
    x->ending = true;
    if (x->wrapped)
        xmlParseChunk(x->parser, "</w>", 4, 0);
    if (!x->rc)
        xmlParseChunk(x->parser, NULL, 0, 1);
    if (!x->rc && !x->parser->wellFormed)
        x->rc = refuse_torn(err);
    return x->rc;
}

static Rc prologue_push(XmlPush *x, const char *prologue, Error *err)
{
    x->wrapped = true;
    x->prologue_len = strlen(prologue);
    for (const char *at = prologue; (at = strchr(at, '\n')); at++)
        x->prologue_lines++;
    return xml_push(x, prologue, x->prologue_len, err);
}

Rc xml_push_open(XmlPush *x, Outlet *to, const xmlSAXHandler *sax, const char *prologue, Error *err)
{
    xmlSAXHandler all = *sax;
    all.internalSubset = on_doctype;
    all.serror = on_error;
    x->to = to;
    x->parser = xml_parser_new(&all, x);
    if (!x->parser)
        return error_set(err, RC_RETRY, "out of memory");
    return prologue ? prologue_push(x, prologue, err) : RC_OK;
}
