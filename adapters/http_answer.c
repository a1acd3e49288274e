#include "adapters/http_inside.h"
#include <assert.h>
#include <string.h>

enum { STREAM_BLOCK = 16 * 1024 };

void answer_header(Exchange *x, const char *name, const char *value)
{
    AnswerHeader *h = arena_alloc(x->arena, sizeof *h);
    *h = (AnswerHeader){ x->answer.headers, arena_text(x->arena, name, strlen(name)), arena_text(x->arena, value, strlen(value)) };
    x->answer.headers = h;
}

static void answered(Exchange *x, unsigned status, const char *type)
{
    assert(!x->answered);
    x->answered = true;
    x->answer.status = status;
    x->answer.type = type;
}

void answer_with(Exchange *x, unsigned status, const char *type, Buffer *body)
{
    answered(x, status, type);
    x->answer.body = *body;
    *body = (Buffer){0};
}

void answer_fixed(Exchange *x, unsigned status, const char *type, const char *bytes, size_t n)
{
    answered(x, status, type);
    x->answer.fixed = bytes;
    x->answer.fixed_len = n;
}

void answer_stream(Exchange *x, unsigned status, const char *type, uint64_t length, StreamNext *next)
{
    answered(x, status, arena_text(x->arena, type, strlen(type)));
    x->answer.length = length;
    x->answer.next = next;
}

/* The event thread copies out of the piece at hand; when it is used up the connection sleeps until a worker has the next. */
static ssize_t stream_read(void *exchange, uint64_t at, char *to, size_t max)
{
    Exchange *x = exchange;
    Answer *a = &x->answer;
    (void)at;
    if (a->piece_len) {
        size_t n = a->piece_len < max ? a->piece_len : max;
        memcpy(to, a->piece, n);
        a->piece += n;
        a->piece_len -= n;
        return (ssize_t)n;
    }
    if (a->stream == RC_END)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (a->stream || !exchange_hand(x, JOB_STREAM))
        return MHD_CONTENT_READER_END_WITH_ERROR;
    return 0;
}

static struct MHD_Response *response_new(Exchange *x)
{
    Answer *a = &x->answer;
    if (a->next) {
        x->sent = a->length;
        return MHD_create_response_from_callback(a->length, STREAM_BLOCK, stream_read, x, NULL);
    }
    const char *bytes = a->fixed ? a->fixed : a->body.at;
    x->sent = a->fixed ? a->fixed_len : a->body.len;
    static char nothing[1];
    return MHD_create_response_from_buffer(x->sent, bytes ? (void *)(uintptr_t)bytes : nothing, MHD_RESPMEM_PERSISTENT);
}

enum MHD_Result answer_send(Exchange *x)
{
    struct MHD_Response *r = response_new(x);
    if (!r)
        return MHD_NO;
    if (x->answer.type)
        MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, x->answer.type);
    for (const AnswerHeader *h = x->answer.headers; h; h = h->next)
        MHD_add_response_header(r, h->name, h->value);
    MHD_add_response_header(r, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header(r, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    if (x->close || x->unread)
        MHD_add_response_header(r, MHD_HTTP_HEADER_CONNECTION, "close");
    enum MHD_Result ok = MHD_queue_response(x->connection, x->answer.status, r);
    MHD_destroy_response(r);
    metrics_count(METRIC_ANSWERS, x->answer.status / 100 - 2, 1);
    if (ok && x->unread) {
        const union MHD_ConnectionInfo *info = MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        if (info)
            linger_add(&x->server->linger, info->connect_fd);
    }
    return ok;
}
