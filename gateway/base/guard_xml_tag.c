#include "gateway/base/guard_xml.h"
#include "gateway/base/words.h"

static Rc element_begin(XmlGuard *x, Piece *p, Error *err)
{
    if (!x->depth && x->root_seen && !x->fragment)
        return guard_malformed(err, "second_root", x->begin);
    if (x->depth == GUARD_DEPTH)
        return guard_refuse(err, "too_deep", GUARD_DEPTH);
    x->root_seen = true;
    x->attributes = 0;
    x->start[x->depth] = x->names.len;
    x->state = NAME;
    return xml_name(x, p, err);
}

Rc xml_open(XmlGuard *x, Piece *p, Error *err)
{
    char c = *p->at;
    if (is(c, LETTER))
        return element_begin(x, p, err);
    if (c == '/' && x->depth) {
        x->state = END_NAME;
        x->matched = 0;
    } else if (c == '!') {
        x->state = BANG;
    } else if (c == '?') {
        x->state = TARGET;
    } else {
        return malformed(p, c == '/' ? "end_tag" : "tag", err);
    }
    p->at++;
    return RC_OK;
}

static size_t top_length(const XmlGuard *x) { return x->names.len - x->start[x->depth - 1] - 1; }

static Rc tell(XmlGuard *x, const Piece *p, Saw what, unsigned depth, Error *err)
{
    if (!x->on_tag)
        return RC_OK;
    size_t begin = x->start[depth - 1];
    Tag tag = { what, depth, x->names.at + begin, x->names.len - begin - 1, x->begin, piece_offset(p) };
    return x->on_tag(x->self, &tag, err);
}

Rc xml_name(XmlGuard *x, Piece *p, Error *err)
{
    const char *begin = p->at;
    p->at = skip(p->at, p->end, NAMED);
    buffer_add(&x->names, begin, (size_t)(p->at - begin));
    if (p->at == p->end)
        return RC_OK;
    buffer_char(&x->names, '\0');
    x->state = TAG;
    x->spaced = false;
    return xml_tag(x, p, err);
}

static Rc element_open(XmlGuard *x, Piece *p, Error *err)
{
    p->at++;
    x->depth++;
    markup_end(x);
    return tell(x, p, SAW_START, x->depth, err);
}

Rc xml_tag(XmlGuard *x, Piece *p, Error *err)
{
    const char *begin = p->at;
    p->at = skip(p->at, p->end, SPACE);
    x->spaced |= p->at > begin;
    if (p->at == p->end)
        return RC_OK;
    if (*p->at == '>')
        return element_open(x, p, err);
    if (*p->at == '/') {
        x->state = EMPTY;
        p->at++;
        return RC_OK;
    }
    if (!is(*p->at, LETTER) || !x->spaced)
        return malformed(p, "tag", err);
    if (++x->attributes > ATTRIBUTES_MAX)
        return guard_refuse(err, "too_many_attributes", ATTRIBUTES_MAX);
    x->state = ATTRIBUTE;
    return xml_attribute(x, p, err);
}

Rc xml_empty(XmlGuard *x, Piece *p, Error *err)
{
    if (*p->at != '>')
        return malformed(p, "tag", err);
    p->at++;
    markup_end(x);
    Rc rc = tell(x, p, SAW_EMPTY, x->depth + 1, err);
    x->names.len = x->start[x->depth];
    return rc;
}

Rc xml_attribute(XmlGuard *x, Piece *p, Error *err)
{
    p->at = skip(p->at, p->end, NAMED);
    if (p->at == p->end)
        return RC_OK;
    x->state = EQUALS;
    return xml_equals(x, p, err);
}

Rc xml_equals(XmlGuard *x, Piece *p, Error *err)
{
    p->at = skip(p->at, p->end, SPACE);
    if (p->at == p->end)
        return RC_OK;
    if (*p->at++ != '=')
        return guard_malformed(err, "attribute", piece_offset(p) - 1);
    x->state = QUOTE;
    return xml_quote(x, p, err);
}

Rc xml_quote(XmlGuard *x, Piece *p, Error *err)
{
    p->at = skip(p->at, p->end, SPACE);
    if (p->at == p->end)
        return RC_OK;
    if (*p->at != '"' && *p->at != '\'')
        return malformed(p, "attribute", err);
    x->quote = *p->at++;
    x->state = VALUE;
    return xml_value(x, p, err);
}

Rc xml_value(XmlGuard *x, Piece *p, Error *err)
{
    for (;; p->at++) {
        p->at = skip_plain(p->at, p->end, x->quote, '<', '&');
        if (p->at == p->end)
            return RC_OK;
        if (*p->at == '&')
            return reference_begin(x, p);
        if (*p->at == x->quote)
            break;
        if (!is(*p->at, SPACE))
            return malformed(p, *p->at == '<' ? "attribute" : "control_character", err);
    }
    p->at++;
    x->state = TAG;
    x->spaced = false;
    return RC_OK;
}

Rc xml_end_name(XmlGuard *x, Piece *p, Error *err)
{
    size_t left = top_length(x) - x->matched, given = (size_t)(p->end - p->at), n = given < left ? given : left;
    if (memcmp(p->at, x->names.at + x->start[x->depth - 1] + x->matched, n) != 0)
        return guard_malformed(err, "end_tag", x->begin);
    x->matched += n;
    p->at += n;
    if (n < left)
        return RC_OK;
    x->state = END_TAG;
    return xml_end_tag(x, p, err);
}

Rc xml_end_tag(XmlGuard *x, Piece *p, Error *err)
{
    p->at = skip(p->at, p->end, SPACE);
    if (p->at == p->end)
        return RC_OK;
    if (*p->at != '>')
        return guard_malformed(err, "end_tag", x->begin);
    p->at++;
    x->depth--;
    markup_end(x);
    Rc rc = tell(x, p, SAW_END, x->depth + 1, err);
    x->names.len = x->start[x->depth];
    return rc;
}
