#include "schemas/generate_parts.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define DELIVERY_NS  "urn:kz:nqs:delivery:1"
#define SIGNATURE_NS "http://www.w3.org/2000/09/xmldsig#"
#define ESCAPABLE    "\\.?*+(){}[]|^-"

/* White space of Unicode (text_plain) that XML Schema itself does not collapse. */
#define SPACES "&#x85;&#xA0;&#x1680;&#x2000;-&#x200A;&#x2028;&#x2029;&#x202F;&#x205F;&#x3000;"

/* Kept deterministic: libxml2 would go back and forth on anything else. */
static const char own_types[] =
    "  <xs:simpleType name=\"visible\">\n"
    "    <xs:annotation><xs:documentation xml:lang=\"en\">Text with something in it that can be seen.</xs:documentation></xs:annotation>\n"
    "    <xs:restriction base=\"xs:token\"><xs:pattern value=\"[ " SPACES "]*[^ " SPACES "].*\"/></xs:restriction>\n"
    "  </xs:simpleType>\n"
    "  <xs:simpleType name=\"visible-two\">\n"
    "    <xs:annotation><xs:documentation xml:lang=\"en\">Text with two characters in it that can be seen.</xs:documentation></xs:annotation>\n"
    "    <xs:restriction base=\"xs:token\"><xs:pattern value=\"[ " SPACES "]*[^ " SPACES "][ " SPACES "]*[^ " SPACES "].*\"/></xs:restriction>\n"
    "  </xs:simpleType>\n"
    "  <xs:simpleType name=\"collapsed\">\n"
    "    <xs:annotation><xs:documentation xml:lang=\"en\">Text whose only white space is single spaces.</xs:documentation></xs:annotation>\n"
    "    <xs:restriction base=\"xs:token\"><xs:pattern value=\"[^" SPACES "]*\"/></xs:restriction>\n"
    "  </xs:simpleType>\n"
    "  <xs:simpleType name=\"date\">\n"
    "    <xs:annotation><xs:documentation xml:lang=\"en\">A day of the years 1900 to 2199, without a time zone.</xs:documentation></xs:annotation>\n"
    "    <xs:restriction base=\"xs:date\"><xs:pattern value=\"(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}\"/></xs:restriction>\n"
    "  </xs:simpleType>\n"
    "  <xs:simpleType name=\"integer\">\n"
    "    <xs:restriction base=\"xs:long\"><xs:pattern value=\"-?(0|[1-9][0-9]*)\"/></xs:restriction>\n"
    "  </xs:simpleType>\n"
    "  <xs:simpleType name=\"decimal\">\n"
    "    <xs:restriction base=\"xs:decimal\"><xs:totalDigits value=\"18\"/><xs:pattern value=\"-?(0|[1-9][0-9]*)(\\.[0-9]+)?\"/></xs:restriction>\n"
    "  </xs:simpleType>\n"
    "  <xs:simpleType name=\"boolean\">\n"
    "    <xs:restriction base=\"xs:boolean\"><xs:pattern value=\"true|false\"/></xs:restriction>\n"
    "  </xs:simpleType>\n";

typedef struct { Buffer *to; int depth; } Xsd;

static void indent(const Xsd *x) { buffer_print(x->to, "%*s", 2 * x->depth, ""); }

static void PRINTF(2, 3) line(Xsd *x, const char *fmt, ...)
{
    char text[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    x->depth -= text[0] == '<' && text[1] == '/';
    indent(x);
    buffer_text(x->to, text);
    buffer_char(x->to, '\n');
    x->depth += text[1] != '/' && !strstr(text, "/>") && !strstr(text, "</");
}

static void facet(Xsd *x, const char *name, const char *value, const char *end)
{
    indent(x);
    buffer_print(x->to, "<xs:%s value=\"", name);
    buffer_xml(x->to, value, strlen(value));
    buffer_print(x->to, "\"%s>\n", end);
}

static void documentation(Xsd *x, const char *lang, const char *text)
{
    if (!text)
        return;
    indent(x);
    buffer_print(x->to, "<xs:documentation xml:lang=\"%s\">", lang);
    buffer_xml(x->to, text, strlen(text));
    buffer_text(x->to, "</xs:documentation>\n");
}

static void annotation(Xsd *x, const char *kk, const char *ru, const char *en)
{
    if (!kk && !ru && !en)
        return;
    line(x, "<xs:annotation>");
    documentation(x, "kk", kk);
    documentation(x, "ru", ru);
    documentation(x, "en", en);
    line(x, "</xs:annotation>");
}

static void code(Xsd *x, const Code *c)
{
    bool labelled = c->label_kk || c->label_ru;
    facet(x, "enumeration", c->value, labelled ? "" : "/");
    if (!labelled)
        return;
    x->depth++;
    annotation(x, c->label_kk, c->label_ru, NULL);
    line(x, "</xs:enumeration>");
}

static void pattern(Xsd *x, const char *contract_pattern)
{
    SCOPED(buffer_free) Buffer written = {0};
    pattern_write(&written, contract_pattern, ESCAPABLE);
    facet(x, "pattern", buffer_string(&written), "/");
}

static void text_facets(Xsd *x, const Field *f)
{
    unsigned least = text_least(f);
    if (least && !f->n_codes)
        line(x, "<xs:minLength value=\"%u\"/>", least);
    if (f->max_length)
        line(x, "<xs:maxLength value=\"%u\"/>", f->max_length);
    if (field_pattern(f))
        pattern(x, field_pattern(f));
    for (size_t i = 0; i < f->n_codes; i++)
        code(x, &f->codes[i]);
}

static void number_facets(Xsd *x, const Field *f)
{
    char least[BOUND_TEXT], most[BOUND_TEXT];
    facet(x, "minInclusive", field_bound(f, BOUND_LEAST, least), "/");
    facet(x, "maxInclusive", field_bound(f, BOUND_MOST, most), "/");
}

static void scalar(Xsd *x, const Field *f)
{
    static const char *const texts[TEXT_FORMS] = {
        [TEXT_ANY] = "xs:token", [TEXT_VISIBLE] = "d:visible", [TEXT_VISIBLE_TWO] = "d:visible-two", [TEXT_COLLAPSED] = "d:collapsed",
    };
    static const char *const others[] = {
        [TYPE_DATE] = "d:date", [TYPE_INTEGER] = "d:integer", [TYPE_DECIMAL] = "d:decimal", [TYPE_BOOLEAN] = "d:boolean",
    };
    line(x, "<xs:simpleType>");
    line(x, "<xs:restriction base=\"%s\">", f->type == TYPE_TEXT ? texts[text_form(f)] : others[f->type]);
    if (f->type == TYPE_TEXT)
        text_facets(x, f);
    else if (f->type == TYPE_INTEGER || f->type == TYPE_DECIMAL)
        number_facets(x, f);
    line(x, "</xs:restriction>");
    line(x, "</xs:simpleType>");
}

static void element(Xsd *x, const Field *f, const char *occurs, bool needed);

static void members(Xsd *x, const Field *fields, size_t n)
{
    line(x, "<xs:all>");
    for (size_t i = 0; i < n; i++)
        element(x, &fields[i], fields[i].required ? "" : " minOccurs=\"0\"", fields[i].required);
    line(x, "</xs:all>");
}

/* An empty element of an array or object is absent, so where there must be one it has something in it. */
static void nested(Xsd *x, const Field *f, bool needed)
{
    line(x, "<xs:complexType>");
    if (f->type == TYPE_OBJECT) {
        members(x, f->fields, f->n_fields);
    } else {
        line(x, "<xs:sequence>");
        element(x, &f->fields[0], needed ? " maxOccurs=\"unbounded\"" : " minOccurs=\"0\" maxOccurs=\"unbounded\"", true);
        line(x, "</xs:sequence>");
    }
    line(x, "</xs:complexType>");
}

static void element(Xsd *x, const Field *f, const char *occurs, bool needed)
{
    line(x, "<xs:element name=\"%s\"%s>", f->name, occurs);
    annotation(x, f->label_kk, f->label_ru, f->description);
    if (f->type == TYPE_ARRAY || f->type == TYPE_OBJECT)
        nested(x, f, needed);
    else
        scalar(x, f);
    line(x, "</xs:element>");
}

static void record_types(Xsd *x, const Feed *feed)
{
    line(x, "<xs:complexType name=\"record\">");
    members(x, feed->fields, feed->n_fields);
    line(x, "</xs:complexType>");
    if (!feed_withdraws(feed))
        return;
    line(x, "<xs:complexType name=\"withdraw\">");
    annotation(x, NULL, NULL, "Takes back the record of this key, with the ground for it.");
    line(x, "<xs:all>");
    for (size_t i = 0; i < feed->n_key; i++)
        element(x, feed->key[i], "", true);
    line(x, "</xs:all>");
    line(x, "<xs:attribute name=\"ground\" type=\"d:visible\" use=\"required\"/>");
    line(x, "</xs:complexType>");
}

/* Of type xs:string, for here no white space is forgiven. */
static void attributes(Xsd *x, const Feed *feed)
{
    line(x, "<xs:attribute name=\"feed\" type=\"xs:string\" fixed=\"%s\" use=\"required\"/>", feed->code);
    line(x, "<xs:attribute name=\"period\" use=\"required\">");
    line(x, "<xs:simpleType>");
    line(x, "<xs:restriction base=\"xs:string\">");
    facet(x, "pattern", period_pattern(feed->period), "/");
    line(x, "</xs:restriction>");
    line(x, "</xs:simpleType>");
    line(x, "</xs:attribute>");
    line(x, "<xs:attribute name=\"kind\" use=\"required\">");
    line(x, "<xs:simpleType>");
    line(x, "<xs:restriction base=\"xs:string\">");
    for (Kind k = 1; k <= KIND_NIL; k <<= 1)
        if (feed->kinds & k)
            facet(x, "enumeration", kind_name(k), "/");
    line(x, "</xs:restriction>");
    line(x, "</xs:simpleType>");
    line(x, "</xs:attribute>");
}

static void delivery(Xsd *x, const Feed *feed)
{
    line(x, "<xs:element name=\"delivery\">");
    annotation(x, feed->title_kk, feed->title_ru, feed->purpose);
    line(x, "<xs:complexType>");
    line(x, "<xs:sequence>");
    line(x, "<xs:choice minOccurs=\"0\" maxOccurs=\"unbounded\">");
    line(x, "<xs:element name=\"record\" type=\"d:record\"/>");
    if (feed_withdraws(feed))
        line(x, "<xs:element name=\"withdraw\" type=\"d:withdraw\"/>");
    line(x, "</xs:choice>");
    line(x, "<xs:any namespace=\"" SIGNATURE_NS "\" processContents=\"skip\" minOccurs=\"0\"/>");
    line(x, "</xs:sequence>");
    attributes(x, feed);
    line(x, "</xs:complexType>");
    line(x, "</xs:element>");
}

void generate_xsd(const Feed *feed, Buffer *out)
{
    Xsd x = { out, 0 };
    line(&x, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    x.depth = 0;
    line(&x, "<!-- Generated from the contract of the feed %s, version %s. Do not edit. -->", feed->code, feed->version);
    x.depth = 0;
    line(&x, "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xmlns:d=\"" DELIVERY_NS "\" targetNamespace=\"" DELIVERY_NS
         "\" elementFormDefault=\"qualified\">");
    delivery(&x, feed);
    record_types(&x, feed);
    buffer_text(out, own_types);
    line(&x, "</xs:schema>");
}
