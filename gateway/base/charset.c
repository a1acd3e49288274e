#include "gateway/base/charset.h"
#include "gateway/base/text.h"
#include "gateway/base/words.h"
#include <errno.h>
#include <iconv.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MARK_SIZE = 3, RUN_MOST = 64, HELD_MOST = 16, OUT_SIZE = 16 * 1024 };

typedef enum { BEGINS, ASCII, RUN, UTF8, OTHER } State;     /* ASCII and RUN: it is not decided yet */

struct Charset {
    CharsetSink *sink;
    void    *self;
    State    state;
    char    *name;              /* as asked for, or found; NULL: none */
    iconv_t  cd;
    bool     has_cd;
    Utf8     utf8;
    uint64_t offset;            /* of the document, behind all that was decoded */
    char     held[RUN_MOST + HELD_MOST];
    size_t   n_held;
    char     out[OUT_SIZE];
};

static const struct { char mark[MARK_SIZE + 1]; size_t n; const char *name; } marks[] = {
    { "\xEF\xBB\xBF", 3, "UTF-8" }, { "\xFF\xFE", 2, "UTF-16LE" }, { "\xFE\xFF", 2, "UTF-16BE" },
};

static bool is_utf8(const char *name) { return strcasecmp(name, "UTF-8") == 0 || strcasecmp(name, "UTF8") == 0; }

static bool usual(char c) { return (signed char)c > 0; }

static const char *skip_usual(const char *at, const char *end)
{
    for (; end - at >= 8; at += 8) {
        uint64_t w = word_load(at);
        if ((w | (w - EACH(1))) & EACH(0x80))
            break;
    }
    while (at < end && usual(*at))
        at++;
    return at;
}

static Rc refuse(const Charset *c, const char *code, uint64_t offset, Error *err)
{
    char at[24];
    snprintf(at, sizeof at, "%" PRIu64, offset);
    return strcmp(code, "not_in_charset") == 0 ? error_refuse(err, code, c->name, at, NULL) : error_refuse(err, code, at, NULL, NULL);
}

/* A slash would ask iconv to replace what it cannot tell. */
static iconv_t decoder_of(const char *name)
{
    errno = EINVAL;
    return strchr(name, '/') ? (iconv_t)-1 : iconv_open("UTF-8", name);
}

static Rc name_set(Charset *c, const char *name, Error *err)
{
    free(c->name);
    c->name = strdup(name);
    if (!c->name)
        return error_set(err, RC_RETRY, "out of memory");
    if (is_utf8(name))
        return RC_OK;
    if (c->has_cd)
        iconv_close(c->cd);
    c->cd = decoder_of(name);
    c->has_cd = c->cd != (iconv_t)-1;
    if (c->has_cd)
        return RC_OK;
    return errno == EINVAL ? error_refuse(err, "unknown_charset", name, NULL, NULL) : error_set(err, RC_RETRY, "iconv: %s", strerror(errno));
}

Rc charset_open(const char *name, CharsetSink *sink, void *self, Charset **out, Error *err)
{
    SCOPED(charset_free) Charset *c = calloc(1, sizeof *c);
    if (!c)
        return error_set(err, RC_RETRY, "out of memory");
    c->sink = sink;
    c->self = self;
    Rc rc = name ? name_set(c, name, err) : RC_OK;
    if (!rc)
        *out = TAKE(c);
    return rc;
}

void charset_free(Charset **c)
{
    if (!*c)
        return;
    if ((*c)->has_cd)
        iconv_close((*c)->cd);
    free((*c)->name);
    free(*c);
    *c = NULL;
}

static Rc give(Charset *c, const char *utf8, size_t n, Error *err) { return n ? c->sink(c->self, utf8, n, err) : RC_OK; }

static Rc utf8_pass(Charset *c, const char *bytes, size_t n, Error *err)
{
    Utf8 before = c->utf8;
    size_t good = n;
    if (!utf8_feed(&c->utf8, bytes, n))
        for (good = 0; utf8_feed(&before, bytes + good, 1); )
            good++;
    c->offset += good;
    Rc rc = give(c, bytes, good, err);
    return rc || good == n ? rc : refuse(c, bytes[good] ? "not_utf8" : "nul_character", c->offset, err);
}

/* A NUL stands at nul in what was decoded from `from` on: how far into the source is that? */
static size_t nul_place(Charset *c, const char *from, size_t n, size_t nul)
{
    char *in = (char *)from, *out = c->out;
    size_t in_left = n, room = nul;
    iconv(c->cd, NULL, NULL, NULL, NULL);
    iconv(c->cd, &in, &in_left, &out, &room);
    return (size_t)(in - from);
}

/* Decodes as much of the bytes as fits. Returns how much was used; *stopped is errno of iconv, 0 if all was decoded. */
static Rc step(Charset *c, const char *bytes, size_t n, size_t *used, int *stopped, Error *err)
{
    char *in = (char *)bytes, *out = c->out;
    size_t left = n, room = sizeof c->out;
    *stopped = iconv(c->cd, &in, &left, &out, &room) == (size_t)-1 ? errno : 0;
    size_t made = sizeof c->out - room;
    const char *nul = memchr(c->out, '\0', made);
    *used = n - left;
    if (!nul) {
        c->offset += *used;
        return give(c, c->out, made, err);
    }
    made = (size_t)(nul - c->out);
    uint64_t offset = c->offset + nul_place(c, bytes, n, made);
    Rc rc = give(c, c->out, made, err);
    return rc ? rc : refuse(c, "nul_character", offset, err);
}

/* What is left is the beginning of a character, for which *used bytes were not enough. */
static Rc decode(Charset *c, const char *bytes, size_t n, size_t *used, Error *err)
{
    for (*used = 0; *used < n; ) {
        size_t took;
        int stopped;
        Rc rc = step(c, bytes + *used, n - *used, &took, &stopped, err);
        if (rc)
            return rc;
        *used += took;
        if (stopped == EINVAL)
            return RC_OK;
        if (stopped == EILSEQ)
            return refuse(c, "not_in_charset", c->offset, err);
    }
    return RC_OK;
}

/* A character that began in an earlier piece is finished byte by byte; the rest is decoded where it stands. */
static Rc other_pass(Charset *c, const char *bytes, size_t n, Error *err)
{
    size_t at = 0, used = 0;
    Rc rc = RC_OK;
    while (!rc && c->n_held && at < n) {
        if (c->n_held == HELD_MOST)
            return refuse(c, "not_in_charset", c->offset, err);
        c->held[c->n_held++] = bytes[at++];
        rc = decode(c, c->held, c->n_held, &used, err);
        memmove(c->held, c->held + used, c->n_held - used);
        c->n_held -= used;
    }
    if (rc || c->n_held)
        return rc;
    rc = decode(c, bytes + at, n - at, &used, err);
    if (rc || at + used == n)
        return rc;
    size_t rest = n - at - used;
    if (rest > HELD_MOST)
        return refuse(c, "not_in_charset", c->offset, err);
    memcpy(c->held, bytes + at + used, rest);
    c->n_held = rest;
    return RC_OK;
}

/* The charset is known: what was held back goes first. */
static Rc settle(Charset *c, State state, Error *err)
{
    char held[sizeof c->held];
    size_t n = c->n_held;
    memcpy(held, c->held, n);
    c->n_held = 0;
    c->utf8 = (Utf8){ 0 };
    c->state = state;
    return state == UTF8 ? utf8_pass(c, held, n, err) : other_pass(c, held, n, err);
}

static Rc settle_1251(Charset *c, Error *err)
{
    Rc rc = name_set(c, "WINDOWS-1251", err);
    return rc ? rc : settle(c, OTHER, err);
}

/* NUL is left to whatever comes: it is refused by every charset. */
static Rc ascii_pass(Charset *c, const char **at, const char *end, Error *err)
{
    const char *begin = *at;
    *at = skip_usual(begin, end);
    c->offset += (uint64_t)(*at - begin);
    Rc rc = give(c, begin, (size_t)(*at - begin), err);
    if (!rc && *at < end) {
        if (!**at)
            return refuse(c, "nul_character", c->offset, err);
        c->state = RUN;
        c->utf8 = (Utf8){ 0 };
    }
    return rc;
}

static Rc run_pass(Charset *c, const char **at, const char *end, Error *err)
{
    while (*at < end) {
        char byte = **at;
        bool over = (usual(byte) || !byte) && utf8_whole(&c->utf8);
        if (over || c->n_held == RUN_MOST)
            return settle(c, UTF8, err);
        bool good = byte && utf8_feed(&c->utf8, &byte, 1);
        if (!good)
            return settle_1251(c, err);
        c->held[c->n_held++] = byte;
        ++*at;
    }
    return RC_OK;
}

static Rc begin(Charset *c, Error *err)
{
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (c->n_held >= marks[i].n && memcmp(c->held, marks[i].mark, marks[i].n) == 0) {
            c->offset = marks[i].n;
            c->n_held -= marks[i].n;
            memmove(c->held, c->held + marks[i].n, c->n_held);
            Rc rc = name_set(c, marks[i].name, err);
            return rc ? rc : settle(c, is_utf8(marks[i].name) ? UTF8 : OTHER, err);
        }
    if (c->name)
        return settle(c, is_utf8(c->name) ? UTF8 : OTHER, err);
    char held[MARK_SIZE];
    size_t n = c->n_held;
    memcpy(held, c->held, n);
    c->n_held = 0;
    c->state = ASCII;
    return charset_feed(c, held, n, err);
}

static bool may_be_mark(const Charset *c)
{
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (c->n_held < marks[i].n && memcmp(c->held, marks[i].mark, c->n_held) == 0)
            return true;
    return false;
}

Rc charset_feed(Charset *c, const char *bytes, size_t n, Error *err)
{
    Rc rc = RC_OK;
    for (const char *at = bytes, *end = bytes + n; at < end && !rc; ) {
        switch (c->state) {
        case BEGINS:
            c->held[c->n_held++] = *at++;
            rc = may_be_mark(c) ? RC_OK : begin(c, err);
            break;
        case ASCII: rc = ascii_pass(c, &at, end, err); break;
        case RUN:   rc = run_pass(c, &at, end, err); break;
        case UTF8:  return utf8_pass(c, at, (size_t)(end - at), err);
        case OTHER: return other_pass(c, at, (size_t)(end - at), err);
        }
    }
    return rc;
}

Rc charset_end(Charset *c, Error *err)
{
    Rc rc = c->state == BEGINS && c->n_held ? begin(c, err) : RC_OK;
    if (!rc && c->state == RUN)
        rc = utf8_whole(&c->utf8) ? settle(c, UTF8, err) : settle_1251(c, err);
    if (rc)
        return rc;
    return c->n_held || !utf8_whole(&c->utf8) ? error_refuse(err, "torn", "character", NULL, NULL) : RC_OK;
}
