/* What the first bytes of a payload say it is about. */
#include "schemas/reader_internal.h"
#include <string.h>

enum { CLAIM_SLICE = 1024 };

typedef struct { const char *name; size_t offset, size; } ClaimPart;
static const ClaimPart parts[] = {
    { "feed",   offsetof(Claim, feed),   FEED_SIZE },
    { "period", offsetof(Claim, period), PERIOD_SIZE },
    { "kind",   offsetof(Claim, kind),   KIND_SIZE },
};

/* The document's first element, as libxml2 comes to it. */
typedef struct {
    Claim         *out;
    Buffer        *root;            /* NULL: nobody asks for its name */
    xmlParserCtxt *parser;
    Outlet         to;              /* only to say where */
    size_t         prologue_len;
    bool           wrapped, in_wrap, told, ending;
    Rc             rc;
    Error         *err;
} XmlClaim;

Rc claim_put(Claim *c, const char *name, const char *value, size_t len, bool *known, Error *err)
{
    const ClaimPart *p = parts, *end = parts + sizeof parts / sizeof *parts;
    while (p < end && strcmp(p->name, name) != 0)
        p++;
    *known = p < end;
    if (p == end)
        return RC_OK;
    if (len >= p->size || memchr(value, '\0', len))
        return error_refuse(err, "bad_parameter", name, NULL, NULL);
    char *to = (char *)c + p->offset;
    memcpy(to, value, len);
    to[len] = '\0';
    return RC_OK;
}

static void on_error(void *self, xmlErrorPtr e)
{
    XmlClaim *x = self;
    if (x->told || x->rc || e->level < XML_ERR_ERROR)
        return;
    long at = xmlByteConsumed(x->parser) - (long)x->prologue_len;
    x->rc = xml_refuse(&x->to, e, x->ending, at > 0 ? (uint64_t)at : 0, x->err);
}

static void on_doctype(void *self, const xmlChar *name, const xmlChar *public_id, const xmlChar *system_id)
{
    (void)name, (void)public_id, (void)system_id;
    XmlClaim *x = self;
    if (!x->rc)
        x->rc = xml_doctype(x->parser, x->err);
}

static void root_take(XmlClaim *x, int n, const Attribute *attributes)
{
    bool known;
    for (const Attribute *at = attributes; n-- > 0 && !x->rc; at++)
        if (!at->ns)
            x->rc = claim_put(x->out, (const char *)at->name, (const char *)at->value, (size_t)(at->end - at->value), &known, x->err);
}

static Rc unknown_root(const XmlClaim *x, const xmlChar *name, const xmlChar *ns)
{
    char full[ERROR_ARG_SIZE * 2];
    if (x->root && ns)
        buffer_print(x->root, "{%s}%s", (const char *)ns, (const char *)name);
    else if (x->root)
        buffer_text(x->root, (const char *)name);
    element_name(full, sizeof full, name, ns);
    return error_refuse(x->err, "unknown_root", full, NULL, NULL);
}

static void on_start(void *self, const xmlChar *name, const xmlChar *prefix, const xmlChar *ns, int n_namespaces, const xmlChar **namespaces,
                     int n_attributes, int n_defaulted, const xmlChar **attributes)
{
    (void)prefix, (void)n_namespaces, (void)namespaces, (void)n_defaulted;
    XmlClaim *x = self;
    if (x->told || x->rc)
        return;
    if (x->wrapped && !x->in_wrap) {
        x->in_wrap = true;
        return;
    }
    if (x->ending) {                        /* libxml2 reports a tag cut off in the middle as if it were whole */
        x->rc = refuse_torn(x->err);
        return;
    }
    x->told = true;
    if (element_is(name, ns, "delivery", DELIVERY_NS)) {
        root_take(x, n_attributes, (const Attribute *)attributes);
    } else if (!x->wrapped || !(element_is(name, ns, "record", DELIVERY_NS) || element_is(name, ns, "withdraw", DELIVERY_NS))) {
        x->rc = unknown_root(x, name, ns);
    }
}

static Rc claim_xml(XmlClaim *x, const char *prologue, const char *bytes, size_t n, bool is_all)
{
    static const xmlSAXHandler sax = { .startElementNs = on_start, .internalSubset = on_doctype, .serror = on_error };
    SCOPED(xml_parser_free) xmlParserCtxt *p = x->parser = xml_parser_new(&sax, x);
    if (!p)
        return error_set(x->err, RC_RETRY, "out of memory");
    x->wrapped = prologue;
    x->prologue_len = prologue ? strlen(prologue) : 0;
    if (prologue)
        xmlParseChunk(p, prologue, (int)x->prologue_len, 0);
    for (size_t at = 0; at < n && !x->told && !x->rc; at += CLAIM_SLICE)
        xmlParseChunk(p, bytes + at, (int)(n - at < CLAIM_SLICE ? n - at : CLAIM_SLICE), 0);
    x->ending = true;
    if (is_all && !x->told && !x->rc)
        xmlParseChunk(p, NULL, 0, 1);
    return x->rc ? x->rc : x->told ? RC_OK : RC_END;
}

/* The bytes do not tell. */
static Rc not_told(size_t n, bool is_all, Error *err)
{
    if (is_all)
        return refuse_torn(err);
    return n < CLAIM_WINDOW ? RC_END : error_refuse(err, "claim_too_late", NULL, NULL, NULL);
}

Rc claim_read(Format format, const char *xml_prologue, const char *bytes, size_t n, bool is_all, Claim *out, Buffer *root, Error *err)
{
    static const char mark[] = "\xEF\xBB\xBF";
    unsigned bom = n >= 3 && memcmp(bytes, mark, 3) == 0 ? 3 : 0;
    bool unmarked = n >= 3 || memcmp(bytes, mark, n) != 0;          /* false: what is there may still become a BOM */
    Claim said = { 0 };
    XmlClaim x = { .out = &said, .root = root, .err = err, .to.bom = bom };
    Rc rc = RC_END;
    if (format != FORMAT_XML && format != FORMAT_JSON)
        rc = RC_OK;
    else if (unmarked && format == FORMAT_JSON)
        rc = claim_json(bytes + bom, n - bom, &said, err);
    else if (unmarked)
        rc = claim_xml(&x, xml_prologue, bytes + bom, n - bom, is_all);
    if (rc == RC_END)
        return not_told(n, is_all, err);
    if (!rc)
        *out = said;
    return rc;
}
