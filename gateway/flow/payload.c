#include "gateway/base/unwrap.h"
#include "gateway/flow/settling.h"

/* The slice of the kept message that is the payload, on its way into the reader. */
typedef struct { Reader *reader; Unwrap unwrap; const Envelope *e; uint64_t at; } Slice;

static Rc into_reader(void *reader, const char *bytes, size_t n, Error *err) { return reader_feed(reader, bytes, n, err); }

static Rc push(Slice *s, const char *bytes, size_t n, Error *err)
{
    uint64_t begin = s->e->payload_offset, end = begin + s->e->payload_length, from = s->at, to = s->at + n;
    s->at = to;
    if (to <= begin || from >= end)
        return RC_OK;
    const char *first = bytes + (from < begin ? begin - from : 0), *last = bytes + (to > end ? end - from : n);
    if (s->e->form == PAYLOAD_TEXT)
        return unwrap_feed(&s->unwrap, first, (size_t)(last - first), into_reader, s->reader, err);
    return reader_feed(s->reader, first, (size_t)(last - first), err);
}

Rc payload_push(Settling *st, const Envelope *e, const Buffer *bytes, Reader *r, Error *err)
{
    Slice s = { .reader = r, .e = e };
    SCOPED(buffer_free) Buffer part = {0};
    if (bytes)
        return push(&s, bytes->at, bytes->len, err) || reader_end(r, err) ? err->rc : RC_OK;
    for (int no = 0;; no++) {
        buffer_clear(&part);
        Rc rc = inbox_read(st->parts, e, no, &part, err);
        if (rc == RC_END)
            return reader_end(r, err);
        if (rc || push(&s, part.at, part.len, err))
            return err->rc;
    }
}
