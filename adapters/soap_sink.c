#include "adapters/sinks.h"
#include "adapters/soap_call.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_MB = 1, HEADERS = 3, KB = 1024, HASH_DIGITS = 32 };

typedef struct {
    char    *url, *sender_id, *password_file, *service, *success, *refused, *ca_file;
    unsigned connect_seconds, timeout_seconds, batch_events, batch_kb;
} Settings;

typedef struct {
    SinkUse         use;
    const Settings *s;
    FetchHttp      *http;
    Buffer          batch, answer;
} SoapSink;

static const SinkSetting settings[] = {
#define TEXT(key, fallback, required, help) { #key, fallback, help, offsetof(Settings, key), false, required }
#define NUMBER(key, fallback, help) { #key, fallback, help, offsetof(Settings, key), true, false }
    TEXT(url, NULL, true, "http or https address of the synchronous channel"),
    TEXT(sender_id, NULL, true, "our senderId"),
    TEXT(password_file, NULL, true, "file of mode 0600 or stricter whose first line is the password"),
    TEXT(service, NULL, true, "serviceId"),
    TEXT(success, "SCSS001, Success", false, "codes of the answer that mean success, comma separated"),
    TEXT(refused, "SCE001", false, "codes that mean it will never be taken, comma separated; any other is tried again"),
    TEXT(ca_file, NULL, false, "certificates of authorities that may vouch for an https address; left out: the system's"),
    NUMBER(connect_seconds, "10", "for a connection"),
    NUMBER(timeout_seconds, "60", "for one request, whole"),
    NUMBER(batch_events, "200", "events of one request, at most"),
    NUMBER(batch_kb, "256", "size of one request's events, KB; a larger event goes alone"),
#undef TEXT
#undef NUMBER
    { NULL, NULL, NULL, 0, false, false },
};

static const char *wrong(const void *s)
{
    const char *url = ((const Settings *)s)->url;
    return strncmp(url, "http://", 7) && strncmp(url, "https://", 8) ? "soap.url is neither http nor https" : NULL;
}

static void *soap_open(const SinkUse *use)
{
    SoapSink *s = calloc(1, sizeof *s);
    if (!s)
        abort();
    *s = (SoapSink){ .use = *use, .s = use->settings, .http = fetch_http_new(use->stopping) };
    return s;
}

static Rc soap_begin(void *self, const Parcel *p, Error *err)
{
    (void)self, (void)p, (void)err;
    return RC_OK;
}

/* The same events have the same messageId, so that whoever keeps ids knows a repeat. */
static void message_id(const SoapSink *s, char *out, size_t size)
{
    unsigned char digest[DIGEST_SIZE];
    SCOPED(digest_free) Digest *d = digest_new();
    digest_add(d, s->batch.at, s->batch.len);
    digest_end(d, digest);
    int n = snprintf(out, size, "nqs-%.64s-", s->use.publication);
    for (int i = 0; i < HASH_DIGITS / 2; i++)
        n += snprintf(out + n, size - (size_t)n, "%02x", digest[i]);
}

static Rc request(const SoapSink *s, Buffer *out, Error *err)
{
    char id[128];
    message_id(s, id, sizeof id);
    SoapCall call = { id, s->s->service, s->s->sender_id, s->s->password_file, clock_now(door_settings(s->use.g)->clock) };
    if (soap_call_begin(&call, out, err))
        return err->rc;
    buffer_xml(out, s->batch.at, s->batch.len);
    soap_call_end(out);
    return RC_OK;
}

static Rc on_answer(void *self, unsigned status, const char *bytes, size_t n, Error *err)
{
    (void)status, (void)err;
    buffer_add(&((SoapSink *)self)->answer, bytes, n);
    return RC_OK;
}

static Rc call(SoapSink *s, unsigned *status, Error *err)
{
    SCOPED(soap_call_wipe) Buffer body = {0};
    PullHeader headers[HEADERS] = {
        { (char []){ "Content-Type" }, (char []){ "text/xml;charset=utf-8" }, NULL }, { (char []){ "SOAPAction" }, (char []){ "\"\"" }, NULL },
        { (char []){ "Expect" }, (char []){ "" }, NULL },
    };
    Pull p = {
        .url = s->s->url, .ca_file = s->s->ca_file, .headers = headers, .headers_count = HEADERS, .connect_seconds = s->s->connect_seconds,
        .timeout_seconds = s->s->timeout_seconds, .max_page_mb = ANSWER_MB,
    };
    uint64_t bytes = 0;
    buffer_clear(&s->answer);
    if (request(s, &body, err))
        return err->rc;
    FetchAsk ask = { .url = s->s->url, .body = body.at, .body_len = body.len, .any_status = true, .sink = on_answer, .self = s };
    return fetch_http_headers(s->http, &p, err) || fetch_http(s->http, &p, &ask, status, &bytes, err) ? err->rc : RC_OK;
}

/* Faults come with any status, and answers of success with 200 alone. */
static Rc soap_put(void *self, const Event *events, size_t n, size_t *taken, Error *err)
{
    SoapSink *s = self;
    SCOPED(arena_free) Arena *a = arena_new();
    unsigned status = 0;
    *taken = events_batch(events, n, s->s->batch_events, (size_t)s->s->batch_kb * KB, &s->batch);
    if (call(s, &status, err)) {
        char what[sizeof err->text];
        snprintf(what, sizeof what, "%s", err->text);
        return err->rc == RC_FATAL ? err->rc : error_set(err, RC_RETRY, "no answer: %.400s", what);
    }
    const char *code = soap_code(s->answer.at, s->answer.len, a);
    if (!code)
        return error_set(err, RC_RETRY, "the receiver answered %u without a code", status);
    if (status == 200 && soap_listed(s->s->success, code))
        return RC_OK;
    return error_set(err, soap_listed(s->s->refused, code) ? RC_REJECT : RC_RETRY, "the receiver answered %.64s", code);
}

static Rc soap_end(void *self, Error *err)
{
    (void)self, (void)err;
    return RC_OK;
}

static void soap_drop(void *self) { (void)self; }

static void soap_close(void *self)
{
    SoapSink *s = self;
    fetch_http_free(&s->http);
    buffer_free(&s->batch);
    buffer_free(&s->answer);
    free(s);
}

const SinkKind soap_sink = {
    .name = "soap", .settings_size = sizeof(Settings), .settings = settings, .wrong = wrong, .whole = false,
    .open = soap_open, .begin = soap_begin, .put = soap_put, .end = soap_end, .drop = soap_drop, .close = soap_close,
};
