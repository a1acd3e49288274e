#include "schemas/reader_internal.h"
#include <stdlib.h>
#include <string.h>

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

static Rc line_read(NdjsonReader *r, const char *s, size_t len, Error *err)
{
    r->line++;
    return blanks(s, len) == len ? RC_OK : object_emit(r->to, s, len, r->line, "line", err);
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
