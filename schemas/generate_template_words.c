/* What a template says of one column. */
#include "schemas/generate_parts.h"
#include "schemas/generate_template_parts.h"
#include <stdio.h>
#include <string.h>

enum { NUMBER_TEXT = 16 };

static bool is_list(const Field *f) { return f->type == TYPE_ARRAY; }

/* A list within the items of another has no rows of its own. */
static bool list_of_cells(const HeadingColumn *h) { return is_list(h->field) && (h->field == h->top || !is_list(h->top)); }

const Field *column_leaf(const HeadingColumn *h) { return list_of_cells(h) ? &h->field->fields[0] : h->field; }

bool column_is_json(const HeadingColumn *h) { return column_leaf(h)->type == TYPE_ARRAY || column_leaf(h)->type == TYPE_OBJECT; }

bool column_repeats(const HeadingColumn *h) { return is_list(h->top) || list_of_cells(h); }

bool column_required(const HeadingColumn *h) { return h->top->required && h->field->required; }

static const char *top_heading(const Columns *c, const HeadingColumn *h)
{
    const char *label = template_label(c, h->top->label_kk, h->top->label_ru);
    return label ? label : h->top->name;
}

char *column_need(const Columns *c, const HeadingColumn *h)
{
    if (column_required(h))
        return template_said(c, "required", NULL, NULL);
    if (h->field->required)
        return template_said(c, "required_within", top_heading(c, h), NULL);
    return template_said(c, "optional", NULL, NULL);
}

static char *numbered(const Columns *c, const char *code, unsigned one, unsigned two)
{
    char a[NUMBER_TEXT], b[NUMBER_TEXT];
    snprintf(a, sizeof a, "%u", one);
    snprintf(b, sizeof b, "%u", two);
    return template_said(c, code, a, b);
}

static char *length_said(const Columns *c, const Field *f)
{
    if (f->min_length && f->max_length)
        return numbered(c, "length", f->min_length, f->max_length);
    return f->max_length ? numbered(c, "length_most", f->max_length, 0) : numbered(c, "length_least", f->min_length, 0);
}

static void joined(const char *text, Buffer *out) { buffer_print(out, "%s%s", out->len ? ", " : "", text); }

/* What a check is called says what is wanted better than a pattern does. */
static char *text_form_said(const Columns *c, const Field *f)
{
    SCOPED(buffer_free) Buffer form = {0};
    if (f->n_codes)
        return template_said(c, "form_codes", NULL, NULL);
    joined(template_said(c, f->check ? arena_printf(c->a, "form_%s", f->check) : "form_text", NULL, NULL), &form);
    if (f->min_length || f->max_length)
        joined(length_said(c, f), &form);
    if (f->pattern && !f->check)
        joined(template_said(c, "pattern", f->pattern, NULL), &form);
    return arena_text(c->a, form.at, form.len);
}

static char *number_form(const Columns *c, const Field *f, const char *code)
{
    char least[BOUND_TEXT], most[BOUND_TEXT];
    bool bounded = f->has_minimum || f->has_maximum || f->check;
    field_bound(f, BOUND_LEAST, least);
    field_bound(f, BOUND_MOST, most);
    return template_said(c, code, bounded ? least : NULL, bounded ? most : NULL);
}

char *column_form(const Columns *c, const HeadingColumn *h)
{
    const Field *f = column_leaf(h);
    switch (f->type) {
    case TYPE_TEXT:    return text_form_said(c, f);
    case TYPE_DATE:    return template_said(c, "form_date", NULL, NULL);
    case TYPE_INTEGER: return number_form(c, f, "form_integer");
    case TYPE_DECIMAL: return number_form(c, f, "form_decimal");
    case TYPE_BOOLEAN: return template_said(c, "form_boolean", template_said(c, "yes", NULL, NULL), template_said(c, "no", NULL, NULL));
    case TYPE_ARRAY:
    case TYPE_OBJECT:  break;
    }
    return template_said(c, "form_json", NULL, NULL);
}

char *column_codes(const Columns *c, const HeadingColumn *h, const char *between)
{
    SCOPED(buffer_free) Buffer text = {0};
    const Field *f = column_leaf(h);
    for (size_t i = 0; i < f->n_codes; i++) {
        const Code *code = &f->codes[i];
        const char *label = template_label(c, code->label_kk, code->label_ru);
        buffer_print(&text, "%s%s%s%s", i ? between : "", code->value, label ? " – " : "", label ? label : "");
    }
    return arena_text(c->a, text.at ? text.at : "", text.len);
}

static void line(const char *text, Buffer *out)
{
    if (*text)
        buffer_print(out, "%s%s", out->len ? "\n" : "", text);
}

char *column_comment(const Columns *c, const HeadingColumn *h)
{
    SCOPED(buffer_free) Buffer text = {0};
    bool in_english = !template_label(c, h->field->label_kk, h->field->label_ru);
    line(column_need(c, h), &text);
    line(column_form(c, h), &text);
    line(column_codes(c, h, "\n"), &text);
    if (column_repeats(h))
        line(template_said(c, "several", NULL, NULL), &text);
    if (h->field->key_position)
        line(template_said(c, "part_of_key", NULL, NULL), &text);
    if (h->field->personal)
        line(template_said(c, "personal", NULL, NULL), &text);
    if (in_english && h->field->description)
        line(h->field->description, &text);
    line(arena_printf(c->a, "%s: %s", template_said(c, "field", NULL, NULL), h->path), &text);
    return arena_text(c->a, text.at, text.len);
}
