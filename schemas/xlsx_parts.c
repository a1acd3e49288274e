/* The shared texts and the styles of a workbook. */
#include "schemas/xlsx.h"
#include <stdlib.h>
#include <string.h>

/* ---- shared texts ---- */

/* A cell holds at most 32,767 characters (Excel), none of them of more than four bytes. */
enum { TEXT_MOST = 128 * 1024 };

typedef struct { PartReading reading; SharedTexts *out; Buffer text; bool in_item, in_text; unsigned phonetic; } Texts;

static void text_start(void *self, const xmlChar *name, const xmlChar *prefix, const xmlChar *ns, int n_namespaces, const xmlChar **namespaces, int n,
                       int n_defaulted, const xmlChar **attributes)
{
    (void)prefix, (void)ns, (void)n_namespaces, (void)namespaces, (void)n, (void)n_defaulted, (void)attributes;
    Texts *t = self;
    if (is_element(name, "si")) {
        t->in_item = true;
        buffer_clear(&t->text);
    } else if (is_element(name, "rPh")) {
        t->phonetic++;
    } else if (is_element(name, "t")) {
        t->in_text = t->in_item && !t->phonetic;
    }
}

static void text_end(void *self, const xmlChar *name, const xmlChar *prefix, const xmlChar *ns)
{
    (void)prefix, (void)ns;
    Texts *t = self;
    if (t->reading.rc)
        return;
    if (is_element(name, "si") && t->in_item) {
        t->in_item = false;
        t->reading.rc = shared_texts_add(t->out, t->text.at ? t->text.at : "", t->text.len, t->reading.err);
    } else if (is_element(name, "rPh")) {
        t->phonetic -= t->phonetic > 0;
    } else if (is_element(name, "t")) {
        t->in_text = false;
    }
}

static void text_characters_take(void *self, const xmlChar *s, int len)
{
    Texts *t = self;
    if (!t->in_text || t->reading.rc)
        return;
    if (t->text.len + (size_t)len > TEXT_MOST)
        t->reading.rc = error_refuse(t->reading.err, "not_xlsx", "a text of over 32,767 characters", NULL, NULL);
    else
        buffer_add(&t->text, s, (size_t)len);
}

Rc texts_read(Package *p, const char *part, SharedTexts *out, Error *err)
{
    static const xmlSAXHandler sax = { .startElementNs = text_start, .endElementNs = text_end, .characters = text_characters_take,
                                       .ignorableWhitespace = text_characters_take, .cdataBlock = text_characters_take };
    Texts t = { .out = out };
    Rc rc = *part ? part_read(p, part, &sax, &t.reading, err) : RC_OK;
    buffer_free(&t.text);
    shared_texts_whole(out);
    return rc;
}

/* ---- styles ---- */

enum { CUSTOM_MOST = 4096, DIGITS_MOST = 30 };
typedef struct { unsigned id; signed char shows; } Custom;
typedef struct { PartReading reading; Styles *out; Custom *custom; size_t n_custom, room; bool in_cells; } StylesReading;

/* "0000" is so many digits. */
static signed char shown_by(const char *code)
{
    size_t zeros = strspn(code, "0");
    if (zeros > 1 && !code[zeros])
        return (signed char)(zeros < DIGITS_MOST ? zeros : DIGITS_MOST);
    return format_is_date(code) ? STYLE_DATE : 0;
}

static signed char shown_by_id(const StylesReading *s, unsigned id)
{
    for (size_t i = 0; i < s->n_custom; i++)
        if (s->custom[i].id == id)
            return s->custom[i].shows;
    return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58) ? STYLE_DATE : 0;
}

static void custom_take(StylesReading *s, int n, const xmlChar **attributes)
{
    char id[16], code[256];
    if (s->n_custom == CUSTOM_MOST || !part_attribute(n, attributes, "numFmtId", id, sizeof id) || !part_attribute(n, attributes, "formatCode", code, sizeof code))
        return;
    s->custom[s->n_custom++] = (Custom){ (unsigned)strtoul(id, NULL, 10), shown_by(code) };
}

static void style_take(StylesReading *s, int n, const xmlChar **attributes)
{
    char id[16];
    if (s->out->n == s->room)
        return;
    s->out->at[s->out->n++] = part_attribute(n, attributes, "numFmtId", id, sizeof id) ? shown_by_id(s, (unsigned)strtoul(id, NULL, 10)) : 0;
}

static void style_start(void *self, const xmlChar *name, const xmlChar *prefix, const xmlChar *ns, int n_namespaces, const xmlChar **namespaces, int n,
                        int n_defaulted, const xmlChar **attributes)
{
    (void)prefix, (void)ns, (void)n_namespaces, (void)namespaces, (void)n_defaulted;
    StylesReading *s = self;
    if (is_element(name, "numFmt"))
        custom_take(s, n, attributes);
    else if (is_element(name, "cellXfs"))
        s->in_cells = true;
    else if (is_element(name, "xf") && s->in_cells)
        style_take(s, n, attributes);
}

static void style_end(void *self, const xmlChar *name, const xmlChar *prefix, const xmlChar *ns)
{
    (void)prefix, (void)ns;
    StylesReading *s = self;
    if (is_element(name, "cellXfs"))
        s->in_cells = false;
}

Rc styles_read(Package *p, const char *part, Arena *a, Styles *out, Error *err)
{
    static const xmlSAXHandler sax = { .startElementNs = style_start, .endElementNs = style_end };
    *out = (Styles){ arena_alloc(a, XLSX_STYLES), 0 };
    StylesReading s = { .out = out, .custom = arena_alloc(a, CUSTOM_MOST * sizeof(Custom)), .room = XLSX_STYLES };
    return *part ? part_read(p, part, &sax, &s.reading, err) : RC_OK;
}
