/* The tree of one XML record, built from tags and text as they come. */
#include "gateway/base/text.h"
#include "schemas/reader_internal.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define XSI_NS "http://www.w3.org/2001/XMLSchema-instance"

/* From here on the record is only followed to its end; nothing more is collected. */
static void PRINTF(2, 3) spoil(XmlRecord *x, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(x->bad, sizeof x->bad, fmt, ap);
    va_end(ap);
    x->bad[text_cut(x->bad, strlen(x->bad), sizeof x->bad - 5)] = '\0';
    x->r.node = NULL;
    x->r.bad = x->bad;
}

static bool room_take(XmlRecord *x, size_t bytes)
{
    x->used += bytes;
    if (x->used <= RECORD_LIMIT)
        return true;
    spoil(x, BAD_TOO_LARGE);
    return false;
}

static bool value_is(const Attribute *at, const char *text)
{
    size_t len = (size_t)(at->end - at->value);
    return len == strlen(text) && memcmp(at->value, text, len) == 0;
}

static void nil_look(XmlRecord *x, const Attribute *at)
{
    if (value_is(at, "true") || value_is(at, "1"))
        x->nil = x->depth;
    else if (!value_is(at, "false") && !value_is(at, "0"))
        spoil(x, "xsi:nil is neither true nor false");
}

/* A supplier's own attributes are children "@name"; those of XML Schema itself say nothing of the thing. */
static void attributes_take(XmlRecord *x, Node *to, int n, const Attribute *attributes)
{
    for (const Attribute *at = attributes; n-- > 0 && !x->r.bad; at++) {
        size_t name_len = strlen((const char *)at->name), len = (size_t)(at->end - at->value);
        if ((at->ns && xmlStrEqual(at->ns, BAD_CAST XSI_NS)) || !room_take(x, sizeof(Node) + name_len + 1 + len))
            continue;
        Node *child = arena_alloc(x->a, sizeof *child);
        *child = (Node){ .kind = NODE_STRING, .name_len = (unsigned)name_len + 1, .text = arena_text(x->a, (const char *)at->value, len), .len = len };
        child->name = arena_printf(x->a, "@%s", (const char *)at->name);
        node_append(to, child);
    }
}

static void attributes_look(XmlRecord *x, const xmlChar *element, int n, const Attribute *attributes)
{
    for (const Attribute *at = attributes; n-- > 0 && !x->r.bad; at++)
        if (!at->ns && !x->own)
            spoil(x, "attribute %s does not belong on element %s", (const char *)at->name, (const char *)element);
        else if (element_is(at->name, at->ns, "nil", XSI_NS))
            nil_look(x, at);
}

static void ground_look(XmlRecord *x, int n, const Attribute *attributes)
{
    for (const Attribute *at = attributes; n-- > 0; at++) {
        if (at->ns)
            continue;
        if (x->r.wish == RECORD_WITHDRAW && xmlStrEqual(at->name, BAD_CAST "ground"))
            x->r.ground = arena_text(x->a, (const char *)at->value, (size_t)(at->end - at->value));
        else
            spoil(x, "attribute %s does not belong on a record", (const char *)at->name);
    }
}

static void element_open(XmlRecord *x, Node *n)
{
    n->kind = NODE_ELEMENT;
    x->open[x->depth - 1] = (OpenElement){ .node = n };
}

void xml_record_begin(XmlRecord *x, RecordWish wish, uint32_t line, int n, const Attribute *attributes)
{
    x->r = (Record){ .line = line, .wish = wish };
    x->depth = 1;
    x->nil = 0;
    x->used = sizeof(Node);
    x->r.node = arena_alloc(x->a, sizeof(Node));
    element_open(x, x->r.node);
    if (n && x->own)
        attributes_take(x, x->r.node, n, attributes);
    else if (n)
        ground_look(x, n, attributes);
}

static void child_add(XmlRecord *x, const xmlChar *name)
{
    OpenElement *above = &x->open[x->depth - 2];
    Node *parent = above->node, *n = arena_alloc(x->a, sizeof *n);
    if (!parent->first && blanks(parent->text, parent->len) == parent->len)
        parent->len = 0;                        /* indentation before the first child is no text */
    n->name = (const char *)name;               /* libxml2's dictionary keeps it as long as the parser lives */
    n->name_len = (unsigned)strlen(n->name);
    node_append(parent, n);
    element_open(x, n);
}

static void foreign(XmlRecord *x, const char *name, const char *ns)
{
    if (ns)
        spoil(x, "element {%s}%s is not of " DELIVERY_NS, ns, name);
    else
        spoil(x, "element %s is not of " DELIVERY_NS, name);
}

void xml_record_start(XmlRecord *x, const xmlChar *name, const xmlChar *ns, int n, const Attribute *attributes)
{
    x->depth++;
    if (x->r.bad)
        return;
    if (!x->own && ns != x->ns && !xmlStrEqual(ns, BAD_CAST DELIVERY_NS))
        foreign(x, (const char *)name, (const char *)ns);
    else if (x->nil)
        spoil(x, "an element with xsi:nil is not empty");
    else if (x->depth > RECORD_DEPTH + 1)
        spoil(x, BAD_TOO_DEEP);
    else if (n)
        attributes_look(x, name, n, attributes);
    if (!x->r.bad && !x->nil && room_take(x, sizeof(Node)))
        child_add(x, name);
    if (x->own && n && !x->r.bad && !x->nil)
        attributes_take(x, x->open[x->depth - 1].node, n, attributes);
}

static void text_add(XmlRecord *x, OpenElement *o, const char *s, size_t len)
{
    Node *n = o->node;
    if (!o->text) {
        n->text = o->text = arena_text(x->a, s, len);
        n->len = o->room = len;
        return;
    }
    if (n->len + len > o->room) {
        o->room = 2 * (n->len + len);
        n->text = o->text = memcpy(arena_alloc(x->a, o->room + 1), o->text, n->len);
    }
    memcpy(o->text + n->len, s, len);
    n->len += len;
    o->text[n->len] = '\0';
}

/* What the sink sees must not depend on how the text was cut: white space counts as indentation only as long as nothing else came. */
void xml_record_text(XmlRecord *x, const char *s, size_t len)
{
    if (x->r.bad)
        return;
    if (x->nil) {
        if (blanks(s, len) < len)
            spoil(x, "an element with xsi:nil is not empty");
        return;
    }
    OpenElement *o = &x->open[x->depth - 1];
    if (!o->node->len && (o->node->first || x->depth == 1)) {
        size_t skip = blanks(s, len);
        s += skip;
        len -= skip;
    }
    if (len && room_take(x, len))
        text_add(x, o, s, len);
}

bool xml_record_end(XmlRecord *x)
{
    unsigned level = x->depth--;
    if (!x->r.bad && x->nil != level && !x->open[level - 1].node->len) {
        Node *n = x->open[level - 1].node;
        n->text = n->first ? NULL : "";
    }
    if (x->nil == level)
        x->nil = 0;
    return !x->depth;
}
