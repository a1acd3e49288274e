#include "schemas/reader_internal.h"
#include <stdlib.h>

#define SIGNATURE_NS "http://www.w3.org/2000/09/xmldsig#"

typedef enum { AT_TOP, AT_WRAP, AT_DELIVERY, AT_RECORD, AT_SIGNATURE } Place;

typedef struct {
    XmlPush        push;
    XmlRecord      record;
    Place          place, around;           /* around: where the record under way stands */
    unsigned       skipped;                 /* open elements of the signature */
    bool           has_delivery, has_records, has_signature;
} XmlReader;

static void refuse_place(XmlReader *x, const char *what) { x->push.rc = error_refuse(x->push.err, "not_a_delivery", what, NULL, NULL); }

static void refuse_element(XmlReader *x, const xmlChar *name, const xmlChar *ns)
{
    char full[ERROR_ARG_SIZE * 2];
    element_name(full, sizeof full, name, ns);
    refuse_place(x, full);
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
    xml_record_begin(&x->record, put ? RECORD_PUT : RECORD_WITHDRAW, xml_push_line(&x->push), n, attributes);
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
    if (x->push.wrapped && x->place == AT_TOP) {
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
    if (x->push.rc)
        return;
    if (x->push.ending)                          /* libxml2 reports a tag cut off in the middle as if it were whole */
        x->push.rc = refuse_torn(x->push.err);
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
    if (x->push.rc)
        return;
    if (x->place == AT_RECORD) {
        if (!xml_record_end(&x->record))
            return;
        x->place = x->around;
        x->push.rc = outlet_emit(x->push.to, &x->record.r, x->push.err);
    } else if (x->place == AT_SIGNATURE) {
        if (!--x->skipped)
            x->place = AT_DELIVERY;
    } else {
        x->place = x->place == AT_DELIVERY && x->push.wrapped ? AT_WRAP : AT_TOP;
    }
}

static void on_text(void *self, const xmlChar *text, int len)
{
    XmlReader *x = self;
    if (x->push.rc || x->place == AT_SIGNATURE)
        return;
    if (x->place == AT_RECORD)
        xml_record_text(&x->record, (const char *)text, (size_t)len);
    else if (blanks((const char *)text, (size_t)len) < (size_t)len)
        refuse_place(x, "text");
}

static void xml_free(void *form)
{
    XmlReader *x = form;
    xml_push_free(&x->push);
    free(x);
}

static Rc xml_feed(void *form, const char *bytes, size_t n, Error *err) { return xml_push(form, bytes, n, err); }

static Rc xml_end(void *form, Error *err)
{
    XmlReader *x = form;
    if (!xml_push_end(&x->push, err) && !(x->has_delivery || x->has_records))
        x->push.rc = refuse_torn(err);
    return x->push.rc;
}

static Rc xml_open(Outlet *to, const char *prologue, void **out, Error *err)
{
    static const xmlSAXHandler sax = { .startElementNs = on_start, .endElementNs = on_end, .characters = on_text, .ignorableWhitespace = on_text, .cdataBlock = on_text };
    XmlReader *x = *out = calloc(1, sizeof *x);
    if (!x)
        return error_set(err, RC_RETRY, "out of memory");
    x->record.a = to->a;
    return xml_push_open(&x->push, to, &sax, prologue, err);
}

const ReaderForm reader_xml = { .open = xml_open, .feed = xml_feed, .end = xml_end, .free = xml_free };
