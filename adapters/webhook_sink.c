#include "adapters/fetch_http.h"
#include "adapters/sinks.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_MB = 1, HEADERS = 6, KB = 1024 };

typedef struct {
    char    *url, *secret_file, *authorization_file, *ca_file;
    unsigned connect_seconds, timeout_seconds, batch_events, batch_kb;
} Settings;

typedef struct {
    SinkUse         use;
    const Settings *s;
    FetchHttp      *http;
    Buffer          body;
    char            mac[HEX_TEXT + 8], time[24];
} Webhook;

static const SinkSetting settings[] = {
#define TEXT(key, required, help) { #key, NULL, help, offsetof(Settings, key), false, required }
#define NUMBER(key, fallback, help) { #key, fallback, help, offsetof(Settings, key), true, false }
    TEXT(url, true, "http or https address that takes POST; redirects are not followed"),
    TEXT(secret_file, true, "file of mode 0600 or stricter whose first line is the secret of the signatures, shared with the receiver"),
    TEXT(authorization_file, false, "file of mode 0600 or stricter whose first line is the value of the header Authorization"),
    TEXT(ca_file, false, "certificates of authorities that may vouch for an https address; left out: the system's"),
    NUMBER(connect_seconds, "10", "for a connection"),
    NUMBER(timeout_seconds, "30", "for one request, whole"),
    NUMBER(batch_events, "500", "events of one request, at most"),
    NUMBER(batch_kb, "512", "size of one request, KB; a larger event goes alone"),
#undef TEXT
#undef NUMBER
    { NULL, NULL, NULL, 0, false, false },
};

static const char *wrong(const void *s)
{
    const char *url = ((const Settings *)s)->url;
    return strncmp(url, "http://", 7) && strncmp(url, "https://", 8) ? "webhook.url is neither http nor https" : NULL;
}

static void *webhook_open(const SinkUse *use)
{
    Webhook *w = calloc(1, sizeof *w);
    if (!w)
        abort();
    *w = (Webhook){ .use = *use, .s = use->settings, .http = fetch_http_new(use->stopping) };
    return w;
}

static Rc webhook_begin(void *self, const Parcel *p, Error *err)
{
    (void)self, (void)p, (void)err;
    return RC_OK;
}

/* Over the time and the body, so that nobody can send an old request again as a new one. */
static Rc sign(Webhook *w, Error *err)
{
    SCOPED(buffer_free) Buffer text = {0};
    char secret[SECRET_SIZE];
    if (secret_read(w->s->secret_file, secret, err))
        return err->rc;
    snprintf(w->time, sizeof w->time, "%" PRId64, clock_now(door_settings(w->use.g)->clock) / 1000000);
    buffer_print(&text, "%s.", w->time);
    buffer_add(&text, w->body.at, w->body.len);
    memcpy(w->mac, "sha256=", 8);
    sink_hmac(secret, &text, w->mac + 7);
    explicit_bzero(secret, sizeof secret);
    return RC_OK;
}

static Rc no_answer(void *self, unsigned status, const char *bytes, size_t n, Error *err)
{
    (void)self, (void)status, (void)bytes, (void)n, (void)err;
    return RC_OK;
}

static Rc post(Webhook *w, unsigned *status, Error *err)
{
    char publication[128];
    snprintf(publication, sizeof publication, "%.100s", w->use.publication);
    PullHeader headers[HEADERS] = {
        { (char []){ "Content-Type" }, (char []){ "application/cloudevents-batch+json; charset=UTF-8" }, NULL }, { (char []){ "Expect" }, (char []){ "" }, NULL },
        { (char []){ "NQS-Publication" }, publication, NULL }, { (char []){ "NQS-Timestamp" }, w->time, NULL }, { (char []){ "NQS-Signature" }, w->mac, NULL },
        { (char []){ "Authorization" }, NULL, w->s->authorization_file },
    };
    Pull p = {
        .url = w->s->url, .ca_file = w->s->ca_file, .headers = headers, .headers_count = HEADERS - !w->s->authorization_file,
        .connect_seconds = w->s->connect_seconds, .timeout_seconds = w->s->timeout_seconds, .max_page_mb = ANSWER_MB,
    };
    FetchAsk ask = { .url = w->s->url, .body = w->body.at, .body_len = w->body.len, .any_status = true, .sink = no_answer };
    uint64_t bytes = 0;
    return sign(w, err) || fetch_http_headers(w->http, &p, err) || fetch_http(w->http, &p, &ask, status, &bytes, err) ? err->rc : RC_OK;
}

static bool will_never_take(unsigned status) { return status >= 400 && status < 500 && status != 408 && status != 425 && status != 429; }

/* A status that came counts, whatever became of the rest of the answer. */
static Rc webhook_put(void *self, const Event *events, size_t n, size_t *taken, Error *err)
{
    Webhook *w = self;
    unsigned status = 0;
    *taken = events_batch(events, n, w->s->batch_events, (size_t)w->s->batch_kb * KB, &w->body);
    Rc rc = post(w, &status, err);
    if (status >= 200 && status < 300)
        return RC_OK;
    if (will_never_take(status))
        return error_set(err, RC_REJECT, "the receiver answered %u", status);
    if (status && rc == RC_OK)
        return error_set(err, RC_RETRY, "the receiver answered %u", status);
    char what[sizeof err->text];
    snprintf(what, sizeof what, "%s", err->text);
    return rc == RC_FATAL ? rc : error_set(err, RC_RETRY, "no answer: %.400s", what);
}

static Rc webhook_end(void *self, Error *err)
{
    (void)self, (void)err;
    return RC_OK;
}

static void webhook_drop(void *self) { (void)self; }

static void webhook_close(void *self)
{
    Webhook *w = self;
    fetch_http_free(&w->http);
    buffer_free(&w->body);
    free(w);
}

const SinkKind webhook_sink = {
    .name = "webhook", .settings_size = sizeof(Settings), .settings = settings, .wrong = wrong, .whole = false,
    .open = webhook_open, .begin = webhook_begin, .put = webhook_put, .end = webhook_end, .drop = webhook_drop, .close = webhook_close,
};
