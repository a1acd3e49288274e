/* Records of a supplier's own XML: elements are followed along the layout's path, what lies beside it is passed over. */
#include "schemas/reader_internal.h"
#include <stdlib.h>
#include <string.h>

/* Depth counts open elements, those of the prologue not. `on` of them lie on the path: when on is all of its steps, we are in a record. */
typedef struct {
    XmlPush        push;
    Arena         *a;
    LayoutPath     path;
    size_t         first;           /* the step that the first element was: 0, or later where the outer ones are missing from a payload */
    bool           placed;          /* first is known */
    XmlRecord      record;
    size_t         depth, on, most;  /* most: as far along the path as the document went */
    bool           in_wrap, in_record;
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
    size_t last = x->push.wrapped ? x->path.n : 1;
    for (x->first = 0; x->first < last && !is_step(&x->path.step[x->first], name, ns);)
        x->first++;
    x->placed = x->first < last;
    if (!x->placed)
        x->first = 0;
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
    xml_record_begin(&x->record, RECORD_PUT, xml_push_line(&x->push), n, attributes);
}

static void end(PathReader *x)
{
    if (x->in_record) {
        if (!xml_record_end(&x->record))
            return;
        x->in_record = false;
        x->push.rc = outlet_emit(x->push.to, &x->record.r, x->push.err);
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
    if (x->push.rc)
        return;
    if (x->push.ending)                          /* libxml2 reports a tag cut off in the middle as if it were whole */
        x->push.rc = refuse_torn(x->push.err);
    else if (x->push.wrapped && !x->in_wrap)
        x->in_wrap = true;
    else
        start(x, name, ns, n_attributes, (const Attribute *)attributes);
}

static void on_end(void *self, const xmlChar *name, const xmlChar *prefix, const xmlChar *ns)
{
    (void)name, (void)prefix, (void)ns;
    PathReader *x = self;
    if (!x->push.rc && x->depth)
        end(x);
}

static void on_text(void *self, const xmlChar *text, int len)
{
    PathReader *x = self;
    if (!x->push.rc && x->in_record)
        xml_record_text(&x->record, (const char *)text, (size_t)len);
}

static void path_free(void *form)
{
    PathReader *x = form;
    xml_push_free(&x->push);
    arena_free(&x->a);
    free(x);
}

static Rc path_feed(void *form, const char *bytes, size_t n, Error *err) { return xml_push(form, bytes, n, err); }

static Rc path_end(void *form, Error *err)
{
    PathReader *x = form;
    if (!xml_push_end(&x->push, err) && (!x->placed || x->most + 1 < x->path.n))
        x->push.rc = error_refuse(err, "records_not_found", x->push.to->layout->records, NULL, NULL);
    return x->push.rc;
}

static Rc path_open(Outlet *to, const char *prologue, void **out, Error *err)
{
    static const xmlSAXHandler sax = { .startElementNs = on_start, .endElementNs = on_end, .characters = on_text, .ignorableWhitespace = on_text, .cdataBlock = on_text };
    PathReader *x = *out = calloc(1, sizeof *x);
    if (!x)
        return error_set(err, RC_RETRY, "out of memory");
    x->a = arena_new();
    x->record.a = to->a;
    x->record.own = true;
    return layout_path(to->layout, FORMAT_XML, x->a, &x->path, err) || xml_push_open(&x->push, to, &sax, prologue, err) ? err->rc : RC_OK;
}

const ReaderForm reader_xml_path = { .open = path_open, .feed = path_feed, .end = path_end, .free = path_free };
