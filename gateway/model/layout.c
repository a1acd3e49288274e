#include "gateway/model/layout.h"
#include <string.h>

enum { STEPS_MOST = 16 };

static Rc wrong(Error *err, const char *why) { return error_set(err, RC_FATAL, "%s", why); }

/* "{urn:example}Name", or "Name" of any namespace; "*" is any name. */
static Rc xml_step(const char **at, Arena *a, LayoutStep *out, Error *err)
{
    if (**at == '{') {
        size_t len = strcspn(*at, "}");
        if (!(*at)[len])
            return wrong(err, "a namespace is not closed by }");
        out->ns = arena_text(a, *at + 1, len - 1);
        *at += len + 1;
    }
    size_t len = strcspn(*at, "/");
    if (!len || strcspn(*at, " {}[]:@\"") < len)
        return wrong(err, "write names as in {urn:example}List/{urn:example}Item; prefixes do not count");
    out->name = arena_text(a, *at, len);
    *at += len;
    return RC_OK;
}

static Rc xml_steps(const char *at, Arena *a, LayoutPath *out, Error *err)
{
    for (;; at++) {
        if (out->n == STEPS_MOST)
            return wrong(err, "more than 16 steps");
        if (xml_step(&at, a, &out->step[out->n++], err))
            return err->rc;
        if (!*at)
            return RC_OK;
    }
}

/* A name as it stands, or in quotes, where two quotes stand for one. */
static Rc json_name(const char **at, Arena *a, LayoutStep *out, Error *err)
{
    bool quoted = **at == '"';
    const char *s = *at + quoted;
    char *name = arena_alloc(a, strlen(s) + 1), *to = name;
    for (; *s && (quoted ? *s != '"' || s[1] == '"' : !strchr(".[]\"", *s)); s++) {
        s += quoted && *s == '"';
        *to++ = *s;
    }
    if ((quoted && *s != '"') || to == name)
        return wrong(err, quoted ? "a quote is not closed, or holds nothing" : *s == '[' ? "write [] behind what is a list" : "a name is missing");
    out->name = name;
    *at = s + quoted;
    return RC_OK;
}

static Rc json_steps(const char *at, Arena *a, LayoutPath *out, Error *err)
{
    for (;;) {
        LayoutStep *s = &out->step[out->n++];
        if (strncmp(at, "[]", 2) != 0 && json_name(&at, a, s, err))
            return err->rc;
        if (strncmp(at, "[]", 2) == 0) {
            s->each = true;
            at += 2;
        }
        if (!*at)
            return RC_OK;
        if (out->n == STEPS_MOST)
            return wrong(err, "more than 16 steps");
        if (*at == '.')
            at++;
        else if (*at != '[')
            return wrong(err, "write names divided by dots, [] behind what is a list");
    }
}

Rc layout_path(const Layout *l, Format format, Arena *a, LayoutPath *out, Error *err)
{
    *out = (LayoutPath){ .step = arena_alloc(a, STEPS_MOST * sizeof *out->step) };
    return format == FORMAT_XML ? xml_steps(l->records, a, out, err) : json_steps(l->records, a, out, err);
}
