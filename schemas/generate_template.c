#include "schemas/generate_template_parts.h"
#include <string.h>

#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

Columns template_columns(const Template *t, Arena *a)
{
    Columns c = { t, a, NULL, 0 };
    HeadingColumn h;
    while (!heading_column(t->feed, t->lang, c.n, a, &h))
        c.n++;
    c.at = arena_alloc(a, (c.n + 1) * sizeof *c.at);
    for (size_t i = 0; i < c.n; i++)
        heading_column(t->feed, t->lang, i, a, &c.at[i]);
    return c;
}

char *template_said(const Columns *c, const char *code, const char *one, const char *two)
{
    SCOPED(buffer_free) Buffer text = {0};
    c->t->say(c->t->self, code, (const char *[ERROR_ARGS]){ one, two }, &text);
    return arena_text(c->a, text.at, text.len);
}

const char *template_label(const Columns *c, const char *kk, const char *ru)
{
    return strcmp(c->t->lang, "kk") == 0 ? kk : strcmp(c->t->lang, "ru") == 0 ? ru : NULL;
}

/* Quoted as well where another reader might take a character for its separator. */
static void cell(const char *text, Buffer *out)
{
    if (!strpbrk(text, ";,\t\"\r\n")) {
        buffer_text(out, text);
        return;
    }
    buffer_char(out, '"');
    for (const char *s = text; *s; s++) {
        if (*s == '"')
            buffer_char(out, '"');
        buffer_char(out, *s);
    }
    buffer_char(out, '"');
}

void generate_template_csv(const Template *t, Buffer *out)
{
    SCOPED(arena_free) Arena *a = arena_new();
    Columns c = template_columns(t, a);
    buffer_text(out, BYTE_ORDER_MARK);
    for (size_t i = 0; i < c.n; i++) {
        if (i)
            buffer_char(out, ';');
        cell(c.at[i].heading, out);
    }
    buffer_text(out, "\r\n");
}
