#include "gateway/model/format.h"
#include "gateway/base/unwrap.h"
#include "gateway/flow/query_access.h"
#include "persistence/inbox.h"
#include <stdlib.h>

struct Content {
    Arena   *arena;
    Envelope e;
    Unwrap   unwrap;
    Buffer   part, text;
    uint64_t at;
    int      no;
};

Rc content_open(Desk *d, const Asker *a, const char *id, Content **out, Error *err)
{
    SCOPED(content_free) Content *c = calloc(1, sizeof *c);
    DeliveryRow row;
    const char *feed;
    int party;
    if (!c)
        abort();
    c->arena = arena_new();
    if (may_see_delivery(d, a, id, c->arena, &row, err) || may_read_content(d, a, &row, feeds_find(d->g->feeds, row.feed), err)
        || envelope_find(d->db, d->g->vault, id, c->arena, &c->e, &party, &feed, err))
        return err->rc;
    *out = TAKE(c);
    return RC_OK;
}

static Rc gather(void *text, const char *bytes, size_t n, Error *err)
{
    (void)err;
    buffer_add(text, bytes, n);
    return RC_OK;
}

static Rc slice(Content *c, const char **bytes, size_t *n, Error *err)
{
    uint64_t begin = c->e.payload_offset, end = begin + c->e.payload_length, from = c->at, to = c->at + c->part.len;
    c->at = to;
    *n = 0;
    if (to <= begin || from >= end)
        return RC_OK;
    size_t skip = from < begin ? (size_t)(begin - from) : 0, stop = to > end ? (size_t)(end - from) : c->part.len;
    *bytes = c->part.at + skip;
    *n = stop - skip;
    if (c->e.form != PAYLOAD_TEXT)
        return RC_OK;
    buffer_clear(&c->text);
    if (unwrap_feed(&c->unwrap, *bytes, *n, gather, &c->text, err))
        return err->rc;
    *bytes = c->text.at;
    *n = c->text.len;
    return RC_OK;
}

Rc content_next(Desk *d, Content *c, const char **bytes, size_t *n, Error *err)
{
    do {
        buffer_clear(&c->part);
        Rc rc = inbox_read(d->db, &c->e, c->no++, &c->part, err);
        if (rc || slice(c, bytes, n, err))
            return rc ? rc : err->rc;
    } while (*n == 0);
    return RC_OK;
}

/* An unwrapped payload is shorter than what stands in the message, by how much is known only at its end. */
uint64_t content_length(const Content *c) { return c->e.form == PAYLOAD_TEXT ? UINT64_MAX : c->e.payload_length; }

const char *content_type(const Content *c) { return format_names[c->e.format].media[0]; }

void content_free(Content **c)
{
    if (!*c)
        return;
    arena_free(&(*c)->arena);
    buffer_free(&(*c)->part);
    buffer_free(&(*c)->text);
    free(*c);
    *c = NULL;
}
