/* What the two halves of the XML guard share: its states, and what a byte may be in a name. Internal to gateway/base. */
#pragma once
#include "gateway/base/guard_internal.h"

/* Every state is a step: it takes what it can of the piece and names the next state. No step needs more than one byte, so a
   document may be cut anywhere. */
typedef enum {
    OUTSIDE, TEXT, BRACKETS, REFERENCE,                         /* content */
    OPEN, NAME, TAG, EMPTY, ATTRIBUTE, EQUALS, QUOTE, VALUE,    /* <a b="c"> */
    END_NAME, END_TAG,                                          /* </a> */
    BANG, COMMENT, CDATA, TARGET, PI, PI_END, DECLARATION,      /* <! and <? */
    STATES
} State;

enum { LETTER = 1, NAMED = 2, SPACE = 4 };      /* may begin a name; may go on in one */

static const unsigned char xml_kinds[256] = {
    ['\t'] = SPACE, ['\n'] = SPACE, ['\r'] = SPACE, [' '] = SPACE,
    ['-'] = NAMED, ['.'] = NAMED, ['0' ... '9'] = NAMED,
    ['A' ... 'Z'] = LETTER | NAMED, ['a' ... 'z'] = LETTER | NAMED, ['_'] = LETTER | NAMED, [':'] = LETTER | NAMED,
    [0x80 ... 0xFF] = LETTER | NAMED,
};

static inline bool is(char c, unsigned kind) { return xml_kinds[(unsigned char)c] & kind; }

static inline const char *skip(const char *at, const char *end, unsigned kind)
{
    while (at < end && is(*at, kind))
        at++;
    return at;
}

static inline Rc malformed(const Piece *p, const char *what, Error *err) { return guard_malformed(err, what, piece_offset(p)); }

static inline State content(const XmlGuard *x) { return x->depth || x->fragment ? TEXT : OUTSIDE; }

static inline void markup_end(XmlGuard *x)
{
    x->in_markup = false;
    x->state = content(x);
}

static inline Rc reference_begin(XmlGuard *x, Piece *p)
{
    x->back = x->state;
    x->state = REFERENCE;
    x->held = 0;
    p->at++;
    return RC_OK;
}

/* A step's caller has looked that the piece is not empty, unless the step itself begins by doing so. Inside a tag each step calls the
   next one, which is where the speed is; the dispatcher in guard_xml.c is for documents that were cut there. */
typedef Rc XmlStep(XmlGuard *x, Piece *p, Error *err);

/* guard_xml_tag.c */
XmlStep xml_open, xml_name, xml_tag, xml_empty, xml_attribute, xml_equals, xml_quote, xml_value, xml_end_name, xml_end_tag;
