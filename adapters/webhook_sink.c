#include "adapters/post.h"
#include "adapters/sinks.h"
#include "gateway/base/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADERS = 6 };

typedef struct { PostSettings post; char *secret_file, *authorization_file; } Settings;

typedef struct {
    SinkUse         use;
    const Settings *s;
    FetchHttp      *http;
    Buffer          body;
    PostSignature   signature;
} Webhook;

static const SinkSetting settings[] = {
    POST_URL(Settings, "http or https address that takes POST; redirects are not followed"),
    SINK_TEXT("secret_file", Settings, secret_file, NULL, true, "file of mode 0600 or stricter whose first line is the secret of the signatures, shared with the receiver"),
    SINK_TEXT("authorization_file", Settings, authorization_file, NULL, false, "file of mode 0600 or stricter whose first line is the value of the header Authorization"),
    POST_CA_FILE(Settings), POST_NUMBERS(Settings, "30", "500", "512", "size of one request, KB; a larger event goes alone"),
    { NULL, NULL, NULL, 0, false, false },
};

static const char *wrong(const void *s) { return url_is_http(((const Settings *)s)->post.url) ? NULL : "webhook.url is neither http nor https"; }

static void *webhook_open(const SinkUse *use)
{
    Webhook *w = calloc(1, sizeof *w);
    if (!w)
        abort();
    *w = (Webhook){ .use = *use, .s = use->settings, .http = fetch_http_new(use->stopping) };
    return w;
}

static Rc sign(Webhook *w, Error *err)
{
    char secret[SECRET_SIZE];
    if (secret_read(w->s->secret_file, secret, err))
        return err->rc;
    post_sign(w->use.g, secret, &w->body, &w->signature);
    explicit_bzero(secret, sizeof secret);
    return RC_OK;
}

static Rc no_answer(void *self, unsigned status, const char *bytes, size_t n, Error *err)
{
    (void)self, (void)status, (void)bytes, (void)n, (void)err;
    return RC_OK;
}

static Rc ask(Webhook *w, unsigned *status, Error *err)
{
    char publication[128];
    snprintf(publication, sizeof publication, "%.100s", w->use.publication);
    PullHeader headers[HEADERS] = {
        { (char []){ "Content-Type" }, (char []){ "application/cloudevents-batch+json; charset=UTF-8" }, NULL }, { (char []){ "Expect" }, (char []){ "" }, NULL },
        { (char []){ "NQS-Publication" }, publication, NULL }, { (char []){ "NQS-Timestamp" }, w->signature.time, NULL }, { (char []){ "NQS-Signature" }, w->signature.mac, NULL },
        { (char []){ "Authorization" }, NULL, w->s->authorization_file },
    };
    return sign(w, err) ? err->rc : post(w->http, &w->s->post, headers, HEADERS - !w->s->authorization_file, &w->body, no_answer, NULL, status, err);
}

/* A status that came counts, whatever became of the rest of the answer. */
static Rc webhook_put(void *self, const Event *events, size_t n, size_t *taken, Error *err)
{
    Webhook *w = self;
    unsigned status = 0;
    *taken = post_batch(&w->s->post, events, n, &w->body);
    Rc rc = ask(w, &status, err);
    if (status >= 200 && status < 300)
        return RC_OK;
    if (post_refused(status))
        return error_set(err, RC_REJECT, "the receiver answered %u", status);
    if (status && rc == RC_OK)
        return post_later(w->http, status, "", err);
    return post_unanswered(err);
}

static void webhook_close(void *self)
{
    Webhook *w = self;
    fetch_http_free(&w->http);
    buffer_free(&w->body);
    free(w);
}

const SinkKind webhook_sink = {
    .name = "webhook", .settings_size = sizeof(Settings), .settings = settings, .wrong = wrong, .whole = false,
    .open = webhook_open, .put = webhook_put, .close = webhook_close,
};
