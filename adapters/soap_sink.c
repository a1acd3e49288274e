#include "adapters/post.h"
#include "adapters/sinks.h"
#include "adapters/soap_call.h"
#include "gateway/base/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADERS = 3, HASH_BYTES = 16 };

typedef struct { PostSettings post; char *sender_id, *password_file, *service, *success, *refused; } Settings;

typedef struct {
    SinkUse         use;
    const Settings *s;
    FetchHttp      *http;
    Buffer          batch, answer;
} SoapSink;

static const SinkSetting settings[] = {
    POST_URL(Settings, "http or https address of the synchronous channel"),
    SINK_TEXT("sender_id", Settings, sender_id, NULL, true, "our senderId"),
    SINK_TEXT("password_file", Settings, password_file, NULL, true, "file of mode 0600 or stricter whose first line is the password"),
    SINK_TEXT("service", Settings, service, NULL, true, "serviceId"),
    SINK_TEXT("success", Settings, success, "SCSS001, Success", false, "codes of the answer that mean success, comma separated"),
    SINK_TEXT("refused", Settings, refused, "SCE001", false, "codes that mean it will never be taken, comma separated; any other is tried again"),
    POST_CA_FILE(Settings), POST_NUMBERS(Settings, "60", "200", "256", "size of one request's events, KB; a larger event goes alone"),
    { NULL, NULL, NULL, 0, false, false },
};

static const char *wrong(const void *s) { return url_is_http(((const Settings *)s)->post.url) ? NULL : "soap.url is neither http nor https"; }

static void *soap_open(const SinkUse *use)
{
    SoapSink *s = calloc(1, sizeof *s);
    if (!s)
        abort();
    *s = (SoapSink){ .use = *use, .s = use->settings, .http = fetch_http_new(use->stopping) };
    return s;
}

/* The same events have the same messageId, so that whoever keeps ids knows a repeat. */
static void message_id(const SoapSink *s, char *out, size_t size)
{
    unsigned char digest[DIGEST_SIZE];
    char hex[2 * HASH_BYTES + 1];
    SCOPED(digest_free) Digest *d = digest_new();
    digest_add(d, s->batch.at, s->batch.len);
    digest_end(d, digest);
    snprintf(out, size, "nqs-%.64s-%s", s->use.publication, hex_text(digest, HASH_BYTES, hex));
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
    buffer_clear(&s->answer);
    return request(s, &body, err) ? err->rc : post(s->http, &s->s->post, headers, HEADERS, &body, on_answer, s, status, err);
}

/* Faults come with any status, and answers of success with 200 alone. */
static Rc soap_put(void *self, const Event *events, size_t n, size_t *taken, Error *err)
{
    SoapSink *s = self;
    SCOPED(arena_free) Arena *a = arena_new();
    unsigned status = 0;
    *taken = post_batch(&s->s->post, events, n, &s->batch);
    if (call(s, &status, err))
        return post_unanswered(err);
    const char *code = soap_code(s->answer.at, s->answer.len, a);
    if (!code)
        return post_later(s->http, status, " without a code", err);
    if (status == 200 && soap_listed(s->s->success, code))
        return RC_OK;
    return error_set(err, soap_listed(s->s->refused, code) ? RC_REJECT : RC_RETRY, "the receiver answered %.64s", code);
}

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
    .open = soap_open, .put = soap_put, .close = soap_close,
};
