#include "adapters/channels.h"
#include "adapters/notice_event.h"
#include "adapters/post.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONNECT_SECONDS = 10, TIMEOUT_SECONDS = 30 };

typedef struct { const Gateway *g; FetchHttp *http; } Webhook;

static bool wanted(const NoticeSettings *s) { return s->webhook; }

static const char *address(const Recipient *r, Arena *a)
{
    (void)a;
    return r->webhook;
}

/* As publications come by webhook: an array of events, here of one. */
static void write_event(const Gateway *g, const Notice *n, Buffer *out)
{
    NoticeMemory memory;
    Event e = notice_event(n->number, n->message_id, n->at, n->data, strlen(n->data), &memory);
    (void)g;
    events_batch(&e, 1, 1, SIZE_MAX, out);
}

static void *webhook_open(const Gateway *g, const atomic_bool *stopping)
{
    Webhook *w = calloc(1, sizeof *w);
    if (!w)
        abort();
    *w = (Webhook){ g, fetch_http_new(stopping) };
    return w;
}

static Rc no_answer(void *self, unsigned status, const char *bytes, size_t n, Error *err)
{
    (void)self, (void)status, (void)bytes, (void)n, (void)err;
    return RC_OK;
}

static Rc webhook_send(void *self, const Outgoing *n, char *answer, Error *err)
{
    Webhook *w = self;
    PostSettings s = { .url = (char *)n->address, .connect_seconds = CONNECT_SECONDS, .timeout_seconds = TIMEOUT_SECONDS };
    SCOPED(buffer_free) Buffer body = {0};
    PostSignature signature;
    char secret[CHANNEL_SECRET], number[24];
    unsigned status = 0;
    buffer_add(&body, n->bytes, n->n);
    channel_secret(w->g, n->bin, secret);
    post_sign(w->g, secret, &body, &signature);
    explicit_bzero(secret, sizeof secret);
    snprintf(number, sizeof number, "%lld", (long long)n->number);
    PullHeader headers[] = {
        { (char []){ "Content-Type" }, (char []){ "application/cloudevents-batch+json; charset=UTF-8" }, NULL }, { (char []){ "Expect" }, (char []){ "" }, NULL },
        { (char []){ "NQS-Notice" }, number, NULL }, { (char []){ "NQS-Timestamp" }, signature.time, NULL }, { (char []){ "NQS-Signature" }, signature.mac, NULL },
    };
    Rc rc = post(w->http, &s, headers, sizeof headers / sizeof *headers, &body, no_answer, NULL, &status, err);
    if (status)
        snprintf(answer, CHANNEL_ANSWER, "HTTP %u", status);
    if (status >= 200 && status < 300)
        return RC_OK;
    if (post_refused(status))
        return error_set(err, RC_REJECT, "the receiver answered %u", status);
    return status && rc == RC_OK ? post_later(w->http, status, "", err) : post_unanswered(err);
}

static void webhook_close(void *self)
{
    Webhook *w = self;
    fetch_http_free(&w->http);
    free(w);
}

const Channel webhook_channel = { .name = "webhook", .wanted = wanted, .address = address, .write = write_event, .open = webhook_open, .send = webhook_send, .close = webhook_close };
