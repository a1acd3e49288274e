#include "gateway/base/guard_xml.h"
#include "gateway/base/text.h"
#include "gateway/base/words.h"
#include <stdio.h>
#include <strings.h>

static void markup_begin(XmlGuard *x, Piece *p)
{
    x->begin = piece_offset(p);
    x->in_markup = true;
    x->held = x->run = 0;
    x->state = OPEN;
    p->at++;
}

/* Notes one more byte of a short word; false when it gets too long. */
static bool hold(XmlGuard *x, char c, size_t most)
{
    if (x->held >= most)
        return false;
    x->word[x->held++] = c;
    return true;
}

static Rc outside(XmlGuard *x, Piece *p, Error *err)
{
    p->at = skip(p->at, p->end, SPACE);
    if (p->at == p->end)
        return RC_OK;
    if (*p->at != '<')
        return malformed(p, "text_outside_root", err);
    markup_begin(x, p);
    return RC_OK;
}

static Rc text(XmlGuard *x, Piece *p, Error *err)
{
    for (;; p->at++) {
        p->at = skip_plain(p->at, p->end, '<', '&', ']');
        if (p->at == p->end)
            return RC_OK;
        if (*p->at == '<') {
            markup_begin(x, p);
            return RC_OK;
        }
        if (*p->at == '&')
            return reference_begin(x, p);
        if (*p->at == ']')
            break;
        if (!is(*p->at, SPACE))
            return malformed(p, "control_character", err);
    }
    x->state = BRACKETS;
    x->run = 0;
    return RC_OK;
}

static Rc brackets(XmlGuard *x, Piece *p, Error *err)
{
    for (; p->at < p->end && *p->at == ']'; p->at++)
        x->run += x->run < 2;
    if (p->at == p->end)
        return RC_OK;
    if (*p->at == '>' && x->run == 2)
        return malformed(p, "]]>", err);
    x->state = TEXT;
    return RC_OK;
}

static Rc reference(XmlGuard *x, Piece *p, Error *err)
{
    for (; p->at < p->end; p->at++) {
        if (*p->at == ';') {
            if (!reference_read(x->word, x->held))
                return malformed(p, "reference", err);
            x->state = x->back;
            p->at++;
            return RC_OK;
        }
        if (!(is(*p->at, NAMED) || *p->at == '#') || !hold(x, *p->at, REFERENCE_MAX - 2))
            return malformed(p, "reference", err);
    }
    return RC_OK;
}

static const struct { const char *word; State next; } bangs[] = {
    { "--", COMMENT }, { "[CDATA[", CDATA }, { "DOCTYPE", STATES },
};

static Rc bang_known(XmlGuard *x, State next, Error *err)
{
    if (next == STATES)
        return error_refuse(err, "doctype", NULL, NULL, NULL);
    if (next == CDATA) {
        if (content(x) == OUTSIDE)
            return guard_malformed(err, "text_outside_root", x->begin);
        x->in_markup = false;       /* CDATA is content: as long as it likes */
    }
    x->state = next;
    return RC_OK;
}

static Rc bang(XmlGuard *x, Piece *p, Error *err)
{
    x->word[x->held++] = *p->at++;
    for (size_t i = 0; i < sizeof bangs / sizeof *bangs; i++) {
        int (*compare)(const char *, const char *, size_t) = bangs[i].next == STATES ? strncasecmp : strncmp;
        if (compare(bangs[i].word, x->word, x->held) == 0)
            return bangs[i].word[x->held] ? RC_OK : bang_known(x, bangs[i].next, err);
    }
    return guard_malformed(err, "markup", x->begin);
}

/* Goes on to the '>' behind `need` closing characters, which may not stand together anywhere else if strict. */
static inline Rc close_at(XmlGuard *x, Piece *p, char closing, unsigned need, bool strict, Error *err)
{
    while (p->at < p->end) {
        if (!x->run && (p->at = skip_plain(p->at, p->end, closing, closing, closing)) == p->end)
            return RC_OK;
        char c = *p->at;
        if ((unsigned char)c < 0x20 && !is(c, SPACE))
            return malformed(p, "control_character", err);
        if (x->run == need && strict && c != '>')
            return malformed(p, "comment", err);
        p->at++;
        if (x->run == need && c == '>') {
            markup_end(x);
            return RC_OK;
        }
        x->run = c != closing ? 0 : x->run < need ? x->run + 1 : need;
    }
    return RC_OK;
}

/* "<!-->" and "<!--->" only begin a comment, but libxml2 ends it there or not as the document happens to be cut. */
static Rc comment(XmlGuard *x, Piece *p, Error *err)
{
    while (p->at < p->end && x->run < 2 && piece_offset(p) == x->begin + strlen("<!--") + x->run) {
        if (*p->at == '>')
            return malformed(p, "comment", err);
        if (*p->at != '-')
            break;
        x->run++;
        p->at++;
    }
    return close_at(x, p, '-', 2, true, err);
}

static Rc cdata  (XmlGuard *x, Piece *p, Error *err) { return close_at(x, p, ']', 2, false, err); }
static Rc pi     (XmlGuard *x, Piece *p, Error *err) { return close_at(x, p, '?', 1, false, err); }

/* The name "xml", in any case, is kept for the declaration, which stands at the very beginning or nowhere. */
static Rc target_end(XmlGuard *x, Piece *p, Error *err)
{
    if (!x->held || !(is(*p->at, SPACE) || *p->at == '?'))
        return malformed(p, "processing_instruction", err);
    if (x->held == 3 && strncasecmp(x->word, "xml", 3) == 0) {
        if (memcmp(x->word, "xml", 3) != 0 || x->begin != x->origin)
            return guard_malformed(err, "declaration", x->begin);
        x->state = DECLARATION;
        x->held = 0;
        return RC_OK;
    }
    x->state = *p->at++ == '?' ? PI_END : PI;
    return RC_OK;
}

static Rc target(XmlGuard *x, Piece *p, Error *err)
{
    for (; p->at < p->end && is(*p->at, x->held ? NAMED : LETTER); p->at++)
        hold(x, *p->at, sizeof x->word);
    return p->at == p->end ? RC_OK : target_end(x, p, err);
}

static Rc pi_end(XmlGuard *x, Piece *p, Error *err)
{
    if (*p->at != '>')
        return malformed(p, "processing_instruction", err);
    p->at++;
    markup_end(x);
    return RC_OK;
}

static Rc declaration(XmlGuard *x, Piece *p, Error *err)
{
    for (; p->at < p->end; p->at++) {
        if (*p->at == '>' && x->held && x->word[x->held - 1] == '?') {
            p->at++;
            markup_end(x);
            return xml_declaration_check(x->word, x->held - 1, x->begin, err);
        }
        if (!hold(x, *p->at, sizeof x->word))
            return guard_malformed(err, "declaration", x->begin);
    }
    return RC_OK;
}

/* missing: what the document lacks if it ends in that state; NULL: nothing but the end tags. */
static const struct { XmlStep *step; const char *missing; } states[STATES] = {
    [OUTSIDE]     = { outside,        NULL },       [TEXT]        = { text,           NULL },
    [BRACKETS]    = { brackets,       NULL },       [REFERENCE]   = { reference,      ";" },
    [OPEN]        = { xml_open,       ">" },        [NAME]        = { xml_name,       ">" },
    [TAG]         = { xml_tag,        ">" },        [EMPTY]       = { xml_empty,      ">" },
    [ATTRIBUTE]   = { xml_attribute,  "=" },        [EQUALS]      = { xml_equals,     "=" },
    [QUOTE]       = { xml_quote,      "\"" },       [VALUE]       = { xml_value,      "\"" },
    [END_NAME]    = { xml_end_name,   ">" },        [END_TAG]     = { xml_end_tag,    ">" },
    [BANG]        = { bang,           ">" },        [COMMENT]     = { comment,        "-->" },
    [CDATA]       = { cdata,          "]]>" },      [TARGET]      = { target,         "?>" },
    [PI]          = { pi,             "?>" },       [PI_END]      = { pi_end,         ">" },
    [DECLARATION] = { declaration,    "?>" },
};

void xml_guard_init(XmlGuard *x, bool fragment, OnTag *on_tag, void *self)
{
    *x = (XmlGuard){ .on_tag = on_tag, .self = self, .fragment = fragment };
    x->names.ceiling = (GUARD_DEPTH + 1) * (MARKUP_MAX + 1);
    x->state = content(x);
}

Rc xml_guard_feed(XmlGuard *x, Piece *p, Error *err)
{
    const char *end = p->end;
    while (p->at < end) {
        p->end = end;
        if (x->in_markup) {         /* no step sees more than the markup's room, wherever the piece ends */
            uint64_t room = x->begin + MARKUP_MAX - piece_offset(p);
            if (!room)
                return guard_refuse(err, "too_large_markup", x->begin);
            if (room < (uint64_t)(end - p->at))
                p->end = p->at + room;
        }
        Rc rc = states[x->state].step(x, p, err);
        if (rc)
            return rc;
    }
    return RC_OK;
}

Rc xml_guard_end(const XmlGuard *x, Error *err)
{
    if (states[x->state].missing)
        return guard_torn(err, states[x->state].missing);
    if (x->depth) {
        const char *open_name = x->names.at + x->start[x->depth - 1];
        char missing[ERROR_ARG_SIZE];
        snprintf(missing, sizeof missing, "</%.*s>", (int)text_cut(open_name, strlen(open_name), sizeof missing - 4), open_name);
        return guard_torn(err, missing);
    }
    return x->root_seen || x->fragment ? RC_OK : guard_torn(err, "root");
}
