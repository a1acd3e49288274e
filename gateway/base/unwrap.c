#include "gateway/base/unwrap.h"
#include "gateway/base/reference.h"
#include "gateway/base/words.h"

enum { PIECE = 8192 };

static const char cdata_begin[] = "<![CDATA[";

/* What has been taken out and not yet been handed on: the sink sees few large pieces, however many references there are. */
typedef struct { char at[PIECE]; size_t len; UnwrapSink *sink; void *self; bool *begun; Error *err; } Out;

static Rc flush(Out *o)
{
    size_t n = o->len;
    o->len = 0;
    return n ? o->sink(o->self, o->at, n, o->err) : RC_OK;
}

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

static Rc put(Out *o, const char *s, size_t n)
{
    for (; !*o->begun && n && is_space(*s); s++)
        n--;
    *o->begun |= n > 0;
    while (n) {
        size_t part = n < PIECE - o->len ? n : PIECE - o->len;
        memcpy(o->at + o->len, s, part);
        o->len += part;
        s += part;
        n -= part;
        Rc rc = o->len == PIECE ? flush(o) : RC_OK;
        if (rc)
            return rc;
    }
    return RC_OK;
}

static Rc refuse(Error *err, const char *what) { return error_refuse(err, "unwrap", what, NULL, NULL); }

static Rc put_character(Out *o, uint32_t c)
{
    static const unsigned leads[] = { 0, 0x00, 0xC0, 0xE0, 0xF0 };
    char s[4];
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i; i--, c >>= 6)
        s[i] = (char)(0x80 | (c & 0x3F));
    s[0] = (char)(leads[n] | c);
    return put(o, s, n);
}

static Rc reference_byte(Unwrap *u, char c, Out *o)
{
    if (c != ';') {
        u->held[u->n_held++] = c;
        return u->n_held == REFERENCE_MAX ? refuse(o->err, "reference") : RC_OK;
    }
    uint32_t character = reference_read(u->held + 1, u->n_held - 1);
    u->n_held = 0;
    return character ? put_character(o, character) : refuse(o->err, "entity");
}

static Rc markup_byte(Unwrap *u, char c, Out *o)
{
    if (c != cdata_begin[u->n_held])
        return refuse(o->err, u->n_held > 1 && c == '-' ? "comment" : "tag");
    u->held[u->n_held++] = c;
    if (!cdata_begin[u->n_held]) {
        u->n_held = 0;
        u->in_cdata = true;
    }
    return RC_OK;
}

/* Behind "]" or "]]" of a CDATA section. *again: c is content and has not been taken. */
static Rc bracket_byte(Unwrap *u, char c, Out *o, bool *again)
{
    if (c == ']' && u->n_held == 2)
        return put(o, "]", 1);
    if (c == ']') {
        u->held[u->n_held++] = c;
        return RC_OK;
    }
    unsigned n = u->n_held;
    u->n_held = 0;
    if (c == '>' && n == 2) {
        u->in_cdata = false;
        return RC_OK;
    }
    *again = true;
    return put(o, u->held, n);
}

static Rc held_byte(Unwrap *u, char c, Out *o, bool *again)
{
    *again = false;
    if (u->held[0] == '&')
        return reference_byte(u, c, o);
    return u->held[0] == '<' ? markup_byte(u, c, o) : bracket_byte(u, c, o, again);
}

/* Where a run of plain text ends. */
static const char *run_end(const Unwrap *u, const char *at, const char *end)
{
    char a = u->in_cdata ? ']' : '<', b = u->in_cdata ? ']' : '&';
    while ((at = skip_plain(at, end, a, b, '\r')) < end && *at != a && *at != b && *at != '\r')
        at++;
    return at;
}

static Rc run(Unwrap *u, const char **at, const char *end, Out *o)
{
    if (u->after_cr && **at == '\n')
        (*at)++;
    u->after_cr = false;
    const char *begin = *at, *stop = run_end(u, begin, end);
    *at = stop;
    Rc rc = put(o, begin, (size_t)(stop - begin));
    if (rc || stop == end)
        return rc;
    *at = stop + 1;
    if (*stop == '\r') {
        u->after_cr = true;
        return put(o, "\n", 1);
    }
    u->held[0] = *stop;
    u->n_held = 1;
    return RC_OK;
}

Rc unwrap_feed(Unwrap *u, const char *bytes, size_t n, UnwrapSink *sink, void *self, Error *err)
{
    const char *end = bytes + n;
    Out out = { .len = 0, .sink = sink, .self = self, .begun = &u->begun, .err = err };
    for (const char *at = bytes; at < end; ) {
        bool again = false;
        bool held = u->n_held > 0;
        Rc rc = held ? held_byte(u, *at, &out, &again) : run(u, &at, end, &out);
        if (rc)
            return rc;
        at += held && !again;
    }
    return flush(&out);
}

Rc unwrap_end(const Unwrap *u, Error *err)
{
    if (!u->n_held && !u->in_cdata)
        return RC_OK;
    return error_refuse(err, "torn", u->in_cdata ? "]]>" : u->held[0] == '&' ? ";" : ">", NULL, NULL);
}
