#include "adapters/soap_head.h"
#include "gateway/base/buffer.h"
#include <ctype.h>
#include <libxml/parser.h>
#include <pthread.h>
#include <string.h>

typedef struct { Arena *a; SoapHead *head; Error *err; } Reading;

bool soap_guid(const char *s)
{
    static const char form[] = "{xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx}";
    for (const char *f = form; *f; f++, s++)
        if (*f == 'x' ? !isxdigit((unsigned char)*s) : *s != *f)
            return false;
    return !*s;
}

static bool named(const xmlNode *n, const char *name) { return n->type == XML_ELEMENT_NODE && !strcmp((const char *)n->name, name); }

/* Trimmed; NULL when nothing is left. */
static const char *text_of(const xmlNode *n, Arena *a)
{
    char *s = (char *)xmlNodeGetContent(n);
    if (!s)
        return NULL;
    const char *from = s + strspn(s, " \t\r\n");
    size_t len = strlen(from);
    while (len && strchr(" \t\r\n", from[len - 1]))
        len--;
    const char *text = len ? arena_text(a, from, len) : NULL;
    xmlFree(s);
    return text;
}

static const struct { const char *key; size_t at, size; } properties[] = {
    { "nqs-feed",   offsetof(Claim, feed),   FEED_SIZE },
    { "nqs-period", offsetof(Claim, period), PERIOD_SIZE },
    { "nqs-kind",   offsetof(Claim, kind),   KIND_SIZE },
};

static Rc mapping_named(Reading *r, const char *value)
{
    if (r->head->mapping && strcmp(r->head->mapping, value))
        return error_refuse(r->err, "bad_parameter", "nqs-mapping", NULL, NULL);
    r->head->mapping = value;
    return RC_OK;
}

static Rc property(Reading *r, const char *key, const char *value)
{
    if (key && value && !strcmp(key, "nqs-mapping"))
        return mapping_named(r, value);
    for (size_t i = 0; key && value && i < sizeof properties / sizeof *properties; i++) {
        if (strcmp(properties[i].key, key))
            continue;
        char *to = (char *)&r->head->claim + properties[i].at;
        if (strlen(value) >= properties[i].size || (*to && strcmp(to, value)))
            return error_refuse(r->err, "bad_parameter", properties[i].key, NULL, NULL);
        memcpy(to, value, strlen(value) + 1);
    }
    return RC_OK;
}

static Rc properties_read(Reading *r, const xmlNode *n)
{
    const char *key = NULL;
    for (const xmlNode *c = n->children; c; c = c->next) {
        if (named(c, "key"))
            key = text_of(c, r->a);
        else if (named(c, "value") && property(r, key, text_of(c, r->a)))
            return r->err->rc;
    }
    return RC_OK;
}

static void sender_read(Reading *r, const xmlNode *n)
{
    for (const xmlNode *c = n->children; c; c = c->next) {
        if (named(c, "senderId"))
            r->head->sender_id = text_of(c, r->a);
        else if (named(c, "password"))
            r->head->password = text_of(c, r->a);
    }
}

static const struct { const char *name; size_t at; } texts[] = {
    { "messageId",   offsetof(SoapHead, message_id) },   { "correlationId", offsetof(SoapHead, correlation_id) },
    { "serviceId",   offsetof(SoapHead, service_id) },   { "messageDate",   offsetof(SoapHead, message_date) },
    { "sessionId",   offsetof(SoapHead, session_id) },
};

static Rc info_read(Reading *r, const xmlNode *info)
{
    for (const xmlNode *c = info->children; c; c = c->next) {
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
            if (named(c, texts[i].name))
                memcpy((char *)r->head + texts[i].at, &(const char *){ text_of(c, r->a) }, sizeof(const char *));
        if (named(c, "sender"))
            sender_read(r, c);
        else if (named(c, "properties") && properties_read(r, c))
            return r->err->rc;
    }
    if (r->head->session_id && !soap_guid(r->head->session_id))
        r->head->session_id = NULL;
    return RC_OK;
}

/* Where the payload begins: the innermost of the elements we closed ourselves. */
static xmlNode *payload_parent(xmlNode *root, unsigned open)
{
    while (--open && xmlLastElementChild(root))
        root = xmlLastElementChild(root);
    return root;
}

static const char *prologue(xmlDoc *doc, const xmlNode *at, Arena *a)
{
    SCOPED(buffer_free) Buffer out = {0};
    xmlNs **list = xmlGetNsList(doc, at);
    buffer_text(&out, "<w");
    for (xmlNs **ns = list; ns && *ns; ns++) {
        if (!(*ns)->href || !*(*ns)->href)
            continue;
        buffer_print(&out, (*ns)->prefix ? " xmlns:%s=\"" : " xmlns%s=\"", (*ns)->prefix ? (const char *)(*ns)->prefix : "");
        buffer_xml(&out, (const char *)(*ns)->href, strlen((const char *)(*ns)->href));
        buffer_char(&out, '"');
    }
    buffer_char(&out, '>');
    xmlFree(list);
    return arena_text(a, out.at, out.len);
}

static Rc version_check(const xmlNode *root, Error *err)
{
    const char *ns = root->ns && root->ns->href ? (const char *)root->ns->href : "";
    if (!strcmp(ns, "http://schemas.xmlsoap.org/soap/envelope/"))
        return RC_OK;
    return error_refuse(err, "not_soap", strcmp(ns, "http://www.w3.org/2003/05/soap-envelope") ? "Envelope" : "SOAP 1.2", NULL, NULL);
}

static xmlDoc *parse(const char *bytes, size_t n, const SoapScan *scan)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    SCOPED(buffer_free) Buffer whole = {0};
    pthread_once(&once, xmlInitParser);
    buffer_add(&whole, bytes, n);
    for (unsigned i = scan->head_open; i; i--)
        buffer_print(&whole, "</%s>", scan->name[i - 1]);
    return xmlReadMemory(whole.at, (int)whole.len, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOENT);
}

static void doc_end(void *doc) { xmlFreeDoc(doc); }

Instant soap_date(const SoapHead *h)
{
    Instant at;
    bool zoned;
    return h->message_date && instant_read(h->message_date, &at, &zoned) ? at : 0;
}

Rc soap_head_read(const char *bytes, size_t n, const SoapScan *scan, Arena *a, SoapHead *out, Error *err)
{
    xmlDoc *doc = parse(bytes, n, scan);
    xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
    if (!root)
        return error_refuse(err, "not_well_formed", "Envelope", "0", NULL);
    arena_adopt(a, doc_end, doc);
    if (version_check(root, err))
        return err->rc;
    *out = (SoapHead){0};
    Reading r = { a, out, err };
    xmlNode *payload = payload_parent(root, scan->head_open);
    for (xmlNode *c = payload_parent(root, 4)->children; c; c = c->next)      /* of request */
        if (named(c, "requestInfo") && info_read(&r, c))
            return err->rc;
    out->prologue = prologue(doc, payload, a);
    if (out->message_id && strlen(out->message_id) >= MESSAGE_ID_SIZE)
        return error_refuse(err, "bad_parameter", "messageId", NULL, NULL);
    return RC_OK;
}

static const xmlNode *child(const xmlNode *of, const char *name)
{
    const xmlNode *c = of ? of->children : NULL;
    while (c && !named(c, name))
        c = c->next;
    return c;
}

Rc soap_reply_read(const char *bytes, size_t n, const SoapScan *scan, Arena *a, SoapReply *out, Error *err)
{
    xmlDoc *doc = parse(bytes, n, scan);
    xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
    if (!root)
        return error_refuse(err, "not_well_formed", "Envelope", "0", NULL);
    arena_adopt(a, doc_end, doc);
    const xmlNode *info = child(payload_parent(root, 4), soap_reply.info), *code = child(child(info, "status"), "code"), *date = child(info, "responseDate");
    *out = (SoapReply){ code ? text_of(code, a) : NULL, date ? text_of(date, a) : NULL, prologue(doc, payload_parent(root, scan->head_open), a) };
    return RC_OK;
}

/* The first element of that name, wherever it stands: detail holds it at different depths. */
static const xmlNode *anywhere(const xmlNode *from, const char *name)
{
    for (const xmlNode *n = from; n;) {
        if (named(n, name))
            return n;
        if (n->type == XML_ELEMENT_NODE && n->children) {
            n = n->children;
            continue;
        }
        while (n && n != from && !n->next)
            n = n->parent;
        n = n && n != from ? n->next : NULL;
    }
    return NULL;
}

const char *soap_fault_code(const char *bytes, size_t n, Arena *a)
{
    static const SoapScan whole = {0};
    xmlDoc *doc = parse(bytes, n, &whole);
    const xmlNode *fault = doc ? anywhere(xmlDocGetRootElement(doc), "Fault") : NULL;
    if (doc)
        arena_adopt(a, doc_end, doc);
    if (!fault)
        return NULL;
    const xmlNode *code = anywhere(fault, "errorCode");
    const char *text = code || (code = anywhere(fault, "faultcode")) ? text_of(code, a) : NULL;
    const char *colon = text ? strchr(text, ':') : NULL;
    return !text ? "" : colon ? colon + 1 : text;
}

const char *soap_answer_code(const char *bytes, size_t n, Arena *a)
{
    static const SoapScan whole = {0};
    xmlDoc *doc = parse(bytes, n, &whole);
    const xmlNode *info = doc ? anywhere(xmlDocGetRootElement(doc), soap_reply.info) : NULL, *code = child(child(info, "status"), "code");
    if (doc)
        arena_adopt(a, doc_end, doc);
    return code ? text_of(code, a) : NULL;
}
