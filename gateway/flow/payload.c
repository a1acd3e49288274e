#include "gateway/base/unwrap.h"
#include "gateway/flow/settling.h"
#include "gateway/model/format.h"
#include "persistence/marks.h"
#include <string.h>

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

static Rc push_parts(Settling *st, Slice *s, Buffer *part, Error *err)
{
    for (int no = 0;; no++) {
        buffer_clear(part);
        Rc rc = inbox_read(st->parts, s->e, no, part, err);
        if (rc)
            return rc == RC_END ? RC_OK : rc;
        if (push(s, part->at, part->len, err))
            return err->rc;
    }
}

/* Of a delivery of many messages: the payloads of all its envelopes, one behind the other. */
static Rc push_stream(Settling *st, const Envelope *head, Reader *r, Error *err)
{
    SCOPED(buffer_free) Buffer ids = {0}, part = {0};
    SCOPED(arena_free) Arena *a = arena_new();
    if (stream_batches(st->parts, head->stream, &ids, err))
        return err->rc;
    for (const char *id = ids.at; id && *id; id += ID_SIZE) {
        Envelope e;
        const char *feed;
        int party;
        arena_reset(a);
        Slice s = { .reader = r, .e = &e };
        if (envelope_find(st->parts, st->g->vault, arena_text(a, id, ID_SIZE - 1), a, &e, &party, &feed, err) || push_parts(st, &s, &part, err))
            return err->rc;
    }
    return reader_end(r, err);
}

static Rc push_all(Settling *st, const Envelope *e, const Buffer *bytes, Reader *r, Error *err)
{
    Slice s = { .reader = r, .e = e };
    SCOPED(buffer_free) Buffer part = {0};
    if (bytes)
        return push(&s, bytes->at, bytes->len, err) || reader_end(r, err) ? err->rc : RC_OK;
    return push_parts(st, &s, &part, err) || reader_end(r, err) ? err->rc : RC_OK;
}

/* The parts of a message as one document that can be read at any place. Whoever reads goes mostly forward, from its end to its beginning once, so the part last
   used is at hand, and the last one of the document too. */
typedef struct { Settling *st; const Envelope *e; const Buffer *bytes; Buffer part, tail; int no; } Parts;

static void parts_free(Parts *p)
{
    buffer_free(&p->part);
    buffer_free(&p->tail);
}

static Rc part_at(Parts *p, int no, const Buffer **out, Error *err)
{
    bool is_tail = no == p->e->parts - 1;
    Buffer *b = is_tail ? &p->tail : &p->part;
    *out = b;
    if (is_tail ? b->len > 0 : p->no == no)
        return RC_OK;
    buffer_clear(b);
    if (!is_tail)
        p->no = no;
    Rc rc = inbox_read(p->st->parts, p->e, no, b, err);
    return rc == RC_END ? error_set(err, RC_FATAL, "envelope %s: part %d is not there", p->e->id, no) : rc;
}

static Rc parts_at(void *parts, uint64_t offset, char *to, size_t n, Error *err)
{
    Parts *p = parts;
    while (n) {
        const Buffer *b = p->bytes;
        size_t from = (size_t)offset;
        if (!b && part_at(p, (int)(offset / PART_SIZE), &b, err))
            return err->rc;
        if (!p->bytes)
            from = (size_t)(offset % PART_SIZE);
        size_t there = b->len > from ? b->len - from : 0, take = n < there ? n : there;
        if (!take)
            return error_set(err, RC_FATAL, "envelope %s ends early", p->e->id);
        memcpy(to, b->at + from, take);
        to += take;
        offset += take;
        n -= take;
    }
    return RC_OK;
}

Rc payload_push(Settling *st, const Envelope *e, const Buffer *bytes, Reader *r, Error *err)
{
    if (e->stream)
        return push_stream(st, e, r, err);
    if (!format_names[e->format].whole)
        return push_all(st, e, bytes, r, err);
    SCOPED(parts_free) Parts p = { .st = st, .e = e, .bytes = bytes, .no = -1 };
    return reader_whole(r, &(Bytes){ parts_at, &p, e->kept_bytes }, err);
}
