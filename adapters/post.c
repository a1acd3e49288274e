#include "adapters/post.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { ANSWER_MB = 1, KB = 1024 };

size_t post_batch(const PostSettings *s, const Event *events, size_t n, Buffer *out)
{
    return events_batch(events, n, s->batch_events, (size_t)s->batch_kb * KB, out);
}

void post_sign(const Gateway *g, const char *secret, const Buffer *body, PostSignature *out)
{
    SCOPED(buffer_free) Buffer text = {0};
    snprintf(out->time, sizeof out->time, "%" PRId64, clock_now(door_settings(g)->clock) / 1000000);
    buffer_print(&text, "%s.", out->time);
    buffer_add(&text, body->at, body->len);
    memcpy(out->mac, "sha256=", 8);
    sink_hmac(secret, &text, out->mac + 7);
}

bool post_refused(unsigned status) { return status >= 400 && status < 500 && status != 408 && status != 425 && status != 429; }

Rc post(FetchHttp *http, const PostSettings *s, PullHeader *headers, unsigned n_headers, const Buffer *body, FetchSink *sink, void *self, unsigned *status, Error *err)
{
    Pull p = {
        .url = s->url, .ca_file = s->ca_file, .headers = headers, .headers_count = n_headers, .connect_seconds = s->connect_seconds,
        .timeout_seconds = s->timeout_seconds, .max_page_mb = ANSWER_MB,
    };
    FetchAsk ask = { .url = s->url, .body = body->at, .body_len = body->len, .any_status = true, .sink = sink, .self = self };
    uint64_t bytes = 0;
    return fetch_http_headers(http, &p, err) || fetch_http(http, &p, &ask, status, &bytes, err) ? err->rc : RC_OK;
}

Rc post_later(const FetchHttp *http, unsigned status, const char *how, Error *err)
{
    error_set(err, RC_RETRY, "the receiver answered %u%s", status, how);
    err->wait_seconds = fetch_http_wait(http);
    return err->rc;
}

Rc post_unanswered(Error *err)
{
    char what[sizeof err->text];
    snprintf(what, sizeof what, "%s", err->text);
    return err->rc == RC_FATAL ? err->rc : error_set(err, RC_RETRY, "no answer: %.400s", what);
}
