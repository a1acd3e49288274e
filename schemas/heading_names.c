/* Which heading means which field, and how the columns of a feed's table are headed. */
#include "gateway/base/text.h"
#include "schemas/headings.h"
#include <string.h>

typedef struct { const char *s; size_t len; } Words;

static Words folded(const char *s, size_t len, Arena *a)
{
    Words w = { NULL, 0 };
    w.s = text_folded(s, len, a, &w.len);
    return w;
}

static bool same(Words w, const char *label, Arena *a)
{
    if (!label)
        return false;
    Words l = folded(label, strlen(label), a);
    return l.len && l.len == w.len && memcmp(l.s, w.s, w.len) == 0;
}

/* The fields under a field that a path goes on to; of an array, those of its items. */
static const Field *members(const Field *f, size_t *n)
{
    if (f->type == TYPE_ARRAY)
        f = &f->fields[0];
    *n = f->type == TYPE_OBJECT ? f->n_fields : 0;
    return f->fields;
}

/* "history.state", already folded: names of fields are in small letters. */
static const Field *by_path(const Feed *feed, Words path, const Field **top)
{
    const Field *fields = feed->fields, *f = NULL;
    size_t n = feed->n_fields;
    for (const char *at = path.s, *end = path.s + path.len; at <= end; ) {
        const char *dot = memchr(at, '.', (size_t)(end - at));
        size_t len = (size_t)((dot ? dot : end) - at);
        f = len ? field_find(fields, n, at, len) : NULL;
        if (!f)
            return NULL;
        if (at == path.s)
            *top = f;
        if (!dot)
            return f;
        fields = members(f, &n);
        at = dot + 1;
    }
    return f;
}

static const Field *by_label(const Feed *feed, Words heading, const Field **top, Arena *a)
{
    for (const Field *f = feed->fields; f < feed->fields + feed->n_fields; f++)
        if (same(heading, f->label_kk, a) || same(heading, f->label_ru, a))
            return *top = f;
    return NULL;
}

/* "Label (path)": what stands in the last brackets. Labels may end in brackets of their own, so this is tried last. */
static const Field *in_brackets(const Feed *feed, Words heading, const Field **top)
{
    const char *open = heading.len ? memrchr(heading.s, '(', heading.len) : NULL;
    if (!open || heading.s[heading.len - 1] != ')')
        return NULL;
    return by_path(feed, (Words){ open + 1, heading.len - (size_t)(open + 1 - heading.s) - 1 }, top);
}

const Field *heading_field(const Feed *feed, const char *heading, size_t len, const Field **top)
{
    SCOPED(arena_free) Arena *a = arena_new();
    Words w = folded(heading, len, a);
    const Field *f = by_path(feed, w, top);
    f = f ? f : by_label(feed, w, top, a);
    return f ? f : in_brackets(feed, w, top);
}

/* Whose members have columns of their own; NULL: the field has one column. Items within items would need rows within rows, so those go as JSON text. */
static const Field *spread(const Field *f, bool in_items)
{
    if (f->type == TYPE_OBJECT)
        return f;
    return f->type == TYPE_ARRAY && !in_items && f->fields[0].type == TYPE_OBJECT ? &f->fields[0] : NULL;
}

/* Counts *left down to the column that is wanted. */
static bool column_find(const Field *f, const char *path, bool in_items, size_t *left, Arena *a, HeadingColumn *out)
{
    const Field *object = spread(f, in_items);
    if (!object) {
        out->field = f;
        out->path = path;
        return !(*left)--;
    }
    for (const Field *m = object->fields; m < object->fields + object->n_fields; m++)
        if (column_find(m, arena_printf(a, "%s.%s", path, m->name), in_items || f->type == TYPE_ARRAY, left, a, out))
            return true;
    return false;
}

static const char *label(const Field *f, const char *lang)
{
    return strcmp(lang, "kk") == 0 ? f->label_kk : strcmp(lang, "ru") == 0 ? f->label_ru : NULL;
}

static const char *heading_text(const HeadingColumn *c, const char *lang, Arena *a)
{
    const char *top = label(c->top, lang), *own = label(c->field, lang);
    if (!top || c->field == c->top)
        return top ? top : c->path;
    return own ? arena_printf(a, "%s: %s (%s)", top, own, c->path) : arena_printf(a, "%s (%s)", top, c->path);
}

Rc heading_column(const Feed *feed, const char *lang, size_t i, Arena *a, HeadingColumn *out)
{
    for (const Field *f = feed->fields; f < feed->fields + feed->n_fields; f++)
        if (column_find(f, f->name, false, &i, a, out)) {
            out->top = f;
            out->heading = heading_text(out, lang, a);
            return RC_OK;
        }
    return RC_END;
}
