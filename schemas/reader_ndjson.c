#include "schemas/reader_internal.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHORT_LINE = 16 * 1024 };

typedef struct {
    Outlet  *to;
    Buffer   held;              /* the beginning of a line whose end has not come */
    bool     too_long;          /* that line is over the limit: only its end is awaited */
    uint32_t line;              /* lines ended so far */
} NdjsonReader;

static Rc ndjson_open(Outlet *to, const char *prologue, void **out, Error *err)
{
    (void)prologue;
    NdjsonReader *r = *out = calloc(1, sizeof *r);
    if (!r)
        return error_set(err, RC_RETRY, "out of memory");
    r->to = to;
    return RC_OK;
}

static void ndjson_free(void *form)
{
    NdjsonReader *r = form;
    buffer_free(&r->held);
    free(r);
}

/* The guard of the door saw lines only as UTF-8; here each is judged as a document of its own. */
static bool judge(const char *s, size_t len, Error *why)
{
    SCOPED(guard_free) Guard *g = guard_new(FORMAT_JSON, false, NULL, NULL);
    return guard_feed(g, s, len, why) == RC_OK && guard_end(g, why) == RC_OK;
}

static Rc line_bad(NdjsonReader *r, const char *why, Error *err)
{
    char bad[BAD_SIZE];
    snprintf(bad, sizeof bad, "line is not a JSON object: %s", why);
    return outlet_bad(r->to, r->line, bad, err);
}

/* A short line with few brackets holds neither too many values nor too many levels, and need not be scanned for them. */
static bool few_brackets(const char *s, size_t len)
{
    unsigned n = 0;
    for (int kind = 0; kind < 2; kind++)
        for (const char *at = s; n <= RECORD_DEPTH && (at = memchr(at, "[{"[kind], (size_t)(s + len - at))); at++)
            n++;
    return n <= RECORD_DEPTH;
}

static Rc line_read(NdjsonReader *r, const char *s, size_t len, Error *err)
{
    uint32_t ignored = 0;
    ElementScan scan = { 0 };
    Error why;
    r->line++;
    size_t skip = blanks(s, len);
    if (skip == len)
        return RC_OK;
    if (s[skip] != '{')
        return line_bad(r, "it does not begin with {", err);
    if (len > SHORT_LINE || !few_brackets(s, len))
        element_scan(&scan, s + skip, s + len, &ignored);
    const char *refusal = element_refusal(&scan, len);
    if (refusal)
        return outlet_bad(r->to, r->line, refusal, err);
    if (!judge(s, len, &why))
        return line_bad(r, why.code, err);
    SCOPED(element_free) cJSON *json = element_parse(s, len);
    if (!json)
        return line_bad(r, "an escape in a string is wrong", err);
    Rc rc = element_emit(r->to, json, s, len, r->line, err);
    /* In a document of its own a doubled key is this line's fault, not the delivery's. It is found before anything is handed on. */
    return rc == RC_REJECT && strcmp(err->code, "duplicate_json_key") == 0 ? line_bad(r, "a key stands twice", err) : rc;
}

static Rc line_end(NdjsonReader *r, const char *s, size_t len, Error *err)
{
    bool too_long = r->too_long || r->held.len + len > RECORD_LIMIT;
    Rc rc;
    if (too_long) {
        r->line++;
        rc = outlet_bad(r->to, r->line, BAD_TOO_LARGE, err);
    } else if (r->held.len) {
        buffer_add(&r->held, s, len);
        rc = line_read(r, r->held.at, r->held.len, err);
    } else {
        rc = line_read(r, s, len, err);
    }
    r->too_long = false;
    buffer_clear(&r->held);
    return rc;
}

static void line_hold(NdjsonReader *r, const char *s, size_t len)
{
    r->too_long = r->too_long || r->held.len + len > RECORD_LIMIT;
    if (!r->too_long)
        buffer_add(&r->held, s, len);
}

static Rc ndjson_feed(void *form, const char *bytes, size_t n, Error *err)
{
    NdjsonReader *r = form;
    const char *end = bytes + n;
    for (const char *at = bytes, *feed; at < end; at = feed + 1) {
        feed = memchr(at, '\n', (size_t)(end - at));
        if (!feed) {
            line_hold(r, at, (size_t)(end - at));
            return RC_OK;
        }
        Rc rc = line_end(r, at, (size_t)(feed - at), err);
        if (rc)
            return rc;
    }
    return RC_OK;
}

static Rc ndjson_end(void *form, Error *err)
{
    NdjsonReader *r = form;
    return r->held.len || r->too_long ? line_end(r, "", 0, err) : RC_OK;
}

const ReaderForm reader_ndjson = { .open = ndjson_open, .feed = ndjson_feed, .end = ndjson_end, .free = ndjson_free };
