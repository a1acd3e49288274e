/* A flow room in memory, for tests of the adapters: the door and the read door of gateway/flow, with knobs and with everything that came kept to look at.
   Include it once in a test program; then nothing of gateway/flow is linked. */
#pragma once
#include "gateway/base/unwrap.h"
#include "gateway/flow/query.h"
#include <openssl/evp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FAKE_KEPT = 4096 };

typedef struct { char message_id[MESSAGE_ID_SIZE], id[ID_SIZE], receipt[256]; unsigned char digest[DIGEST_SIZE]; } Kept;

struct Gateway {
    DoorSettings    settings;
    pthread_mutex_t lock;
    unsigned        wait_ms;               /* of receipts */
    atomic_bool     worked;                /* what deliveries_done says */
    Rc              keep_rc, open_rc;      /* what goes wrong, RC_OK: nothing */
    unsigned        slow_us;               /* of each door call */
    size_t          content;               /* bytes of /content */
    bool            content_breaks;
    /* what came */
    Kept            kept[FAKE_KEPT];
    unsigned        n_kept;
    atomic_uint     opened, dropped, refused, auths, unclean;
    Opening         opening;
    char            prologue[2048], source[8], reply_to[1024], last_refused[64], lang[8];
    bool            had_digest;
    Instant         sender_date;
    unsigned char   digest_sent[DIGEST_SIZE];
    Buffer          message, payload;      /* of the last kept; the payload unwrapped */
};

struct Desk { Gateway *g; atomic_int busy; };
struct Door { Sender who; Opening o; Buffer message, payload; Kept *kept; };

static Gateway fake = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* Two threads at one desk would be a defect of the adapter. */
static void desk_in(Desk *d)
{
    if (atomic_fetch_add(&d->busy, 1))
        abort();
}
static void desk_out(Desk *d) { atomic_fetch_sub(&d->busy, 1); }

Desk *desk_new(const Gateway *g)
{
    (void)g;
    Desk *d = calloc(1, sizeof *d);
    d->g = &fake;
    return d;
}
void desk_free(Desk **d)
{
    free(*d);
    *d = NULL;
}

const DoorSettings *door_settings(const Gateway *g) { return &g->settings; }

bool door_service_known(const Gateway *g, const char *service)
{
    (void)g;
    return !strcmp(service, "NQS_MAPPED");
}

void refusal_text(const Gateway *g, const char *lang, const Error *refusal, Buffer *out)
{
    (void)g;
    buffer_print(out, "%s|%s|%s", lang, refusal->code, refusal->arg[0]);
}
const char *refusal_lang(const char *accept_language) { return accept_language && !strncmp(accept_language, "kk", 2) ? "kk" : "en"; }

static Rc sender(bool fine, const char *by, Sender *out, Error *err)
{
    atomic_fetch_add(&fake.auths, 1);
    if (!fine)
        return error_refuse(err, "unauthorised", NULL, NULL, NULL);
    *out = (Sender){ .party = 1, .bin = "123456789012" };
    snprintf(out->by, sizeof out->by, "%s", by);
    return RC_OK;
}
Rc sender_by_token(Desk *d, const char *token, Sender *out, Error *err)
{
    desk_in(d);
    desk_out(d);
    return sender(!strcmp(token, "good"), "token", out, err);
}
Rc sender_confirm(Desk *d, Sender *s, Error *err)
{
    (void)d, (void)s, (void)err;
    return RC_OK;
}

Rc sender_by_password(Desk *d, const char *id, const char *password, Sender *out, Error *err)
{
    desk_in(d);
    desk_out(d);
    return sender(!strcmp(id, "nqs_demo") && !strcmp(password, "secret"), "password", out, err);
}
Rc sender_by_certificate(Desk *d, const char *pem, Sender *out, Error *err)
{
    desk_in(d);
    desk_out(d);
    return sender(!strcmp(pem, "-----BEGIN CERTIFICATE-----\nAB+/=\n-----END CERTIFICATE-----\n"), "certificate", out, err);
}

static Rc fails(Rc rc, Error *err)
{
    return rc == RC_REJECT ? error_refuse(err, "forbidden", NULL, NULL, NULL) : error_set(err, rc, "the database says: host=secret-host");
}

Rc door_open(Desk *desk, const Sender *who, const Opening *o, Door **out, Error *err)
{
    desk_in(desk);
    desk_out(desk);
    if (fake.open_rc)
        return fails(fake.open_rc, err);
    if (o->claim.feed[0] && strcmp(o->claim.feed, "demo"))
        return error_refuse(err, "unknown_feed", o->claim.feed, NULL, NULL);
    Door *d = calloc(1, sizeof *d);
    d->who = *who;
    d->o = *o;
    d->o.xml_prologue = o->xml_prologue ? strdup(o->xml_prologue) : NULL;
    *out = d;
    atomic_fetch_add(&fake.opened, 1);
    return RC_OK;
}

Rc door_write(Desk *desk, Door *d, const void *bytes, size_t n, Error *err)
{
    (void)err;
    desk_in(desk);
    if (fake.slow_us)
        usleep(fake.slow_us);
    buffer_add(&d->message, bytes, n);
    desk_out(desk);
    return RC_OK;
}

Rc door_payload(Desk *desk, Door *d, const void *bytes, size_t n, Error *err)
{
    Rc rc = door_write(desk, d, bytes, n, err);
    buffer_add(&d->payload, bytes, n);
    if (!rc && memmem(bytes, n, "REFUSE-ME", 9))
        return error_refuse(err, "doctype", NULL, NULL, NULL);
    return rc;
}

static Rc unwrapped(void *self, const char *bytes, size_t n, Error *err)
{
    (void)err;
    buffer_add(self, bytes, n);
    return RC_OK;
}

static Rc plain_payload(Door *d, Buffer *out, Error *err)
{
    Unwrap u = {0};
    if (d->o.form == PAYLOAD_TEXT && d->payload.len)
        return unwrap_feed(&u, d->payload.at, d->payload.len, unwrapped, out, err) ? err->rc : unwrap_end(&u, err);
    buffer_add(out, d->payload.at, d->payload.len);
    return RC_OK;
}

/* What the real door asks of an XML payload: the root of a delivery, or its records. */
static Rc root_check(const Buffer *payload, Error *err)
{
    const char *s = payload->at, *end = s + payload->len;
    while (s && s < end && (*s != '<' || s[1] == '?' || s[1] == '!'))
        s++;
    if (!s || s >= end)
        return RC_OK;
    const char *name = s + 1;
    size_t len = strcspn(name, " />\r\n\t");
    char root[64];
    const char *colon = memchr(name, ':', len);
    snprintf(root, sizeof root, "%.*s", (int)(colon ? name + len - colon - 1 : (ptrdiff_t)len), colon ? colon + 1 : name);
    return !strcmp(root, "delivery") || !strcmp(root, "record") ? RC_OK : error_refuse(err, "foreign_root", root, NULL, NULL);
}

static Kept *repeat_of(const char *message_id)
{
    for (unsigned i = 0; message_id && i < fake.n_kept; i++)
        if (!strcmp(fake.kept[i].message_id, message_id))
            return &fake.kept[i];
    return NULL;
}

static void look(const Door *d, const Meta *m, Buffer *payload)
{
    fake.opening = d->o;
    snprintf(fake.prologue, sizeof fake.prologue, "%s", d->o.xml_prologue ? d->o.xml_prologue : "");
    snprintf(fake.source, sizeof fake.source, "%s", m->source);
    snprintf(fake.reply_to, sizeof fake.reply_to, "%s", m->reply_to ? m->reply_to : "");
    fake.sender_date = m->sender_date;
    fake.unclean += !m->first_byte || m->last_byte < m->first_byte;
    if ((fake.had_digest = m->digest_sent != NULL))
        memcpy(fake.digest_sent, m->digest_sent, DIGEST_SIZE);
    buffer_clear(&fake.message);
    buffer_clear(&fake.payload);
    buffer_add(&fake.message, d->message.at, d->message.len);
    buffer_add(&fake.payload, payload->at, payload->len);
}

static Rc keep_locked(Door *d, const Meta *m, Buffer *payload, Receipt *out, Error *err)
{
    unsigned char digest[DIGEST_SIZE];
    EVP_Digest(payload->at ? payload->at : "", payload->len, digest, NULL, EVP_sha256(), NULL);
    Kept *k = repeat_of(m->message_id);
    if (k && memcmp(k->digest, digest, sizeof digest))
        return error_refuse(err, "repeat_other_content", NULL, NULL, NULL);
    bool repeat = k != NULL;
    if (!repeat) {
        k = &fake.kept[fake.n_kept++];
        snprintf(k->message_id, sizeof k->message_id, "%s", m->message_id ? m->message_id : "");
        snprintf(k->id, sizeof k->id, "00000000-0000-4000-8000-%012u", fake.n_kept);
        snprintf(k->receipt, sizeof k->receipt, "{\"delivery\":\"00000000-0000-4000-8000-%012u\",\"number\":%u}", fake.n_kept, fake.n_kept);
        memcpy(k->digest, digest, sizeof digest);
        look(d, m, payload);
    }
    *out = (Receipt){ .json = k->receipt, .json_len = strlen(k->receipt), .repeat = repeat, .wait_ms = fake.wait_ms };
    memcpy(out->id, k->id, ID_SIZE);
    return RC_OK;
}

Rc door_keep(Desk *desk, Door *d, const Meta *m, Receipt *out, Error *err)
{
    SCOPED(buffer_free) Buffer payload = {0};
    desk_in(desk);
    desk_out(desk);
    if (fake.keep_rc)
        return fails(fake.keep_rc, err);
    if (plain_payload(d, &payload, err) || (d->o.format == FORMAT_XML && root_check(&payload, err)))
        return err->rc;
    pthread_mutex_lock(&fake.lock);
    Rc rc = keep_locked(d, m, &payload, out, err);
    pthread_mutex_unlock(&fake.lock);
    return rc;
}

void door_drop(Desk *desk, Door **d)
{
    if (!*d)
        return;
    desk_in(desk);
    desk_out(desk);
    atomic_fetch_add(&fake.dropped, 1);
    buffer_free(&(*d)->message);
    buffer_free(&(*d)->payload);
    free((void *)(uintptr_t)(*d)->o.xml_prologue);
    free(*d);
    *d = NULL;
}

void door_turned_away(const Gateway *g, const Sender *who, const Door *door, const char *feed, const Error *why) { (void)g, (void)who, (void)door, (void)feed, (void)why; }
void door_refused(Desk *desk, const Sender *who, const char *source, const Error *why)
{
    (void)who;
    desk_in(desk);
    desk_out(desk);
    pthread_mutex_lock(&fake.lock);
    snprintf(fake.last_refused, sizeof fake.last_refused, "%s %s", source, why->code);
    pthread_mutex_unlock(&fake.lock);
    atomic_fetch_add(&fake.refused, 1);
}

struct Digest { EVP_MD_CTX *ctx; };
Digest *digest_new(void)
{
    Digest *d = calloc(1, sizeof *d);
    d->ctx = EVP_MD_CTX_new();
    EVP_DigestInit_ex(d->ctx, EVP_sha256(), NULL);
    return d;
}
void digest_add(Digest *d, const void *bytes, size_t n) { EVP_DigestUpdate(d->ctx, bytes, n); }
void digest_end(Digest *d, unsigned char out[DIGEST_SIZE])
{
    EVP_MD_CTX *copy = EVP_MD_CTX_new();
    EVP_MD_CTX_copy_ex(copy, d->ctx);
    EVP_DigestFinal_ex(copy, out, NULL);
    EVP_MD_CTX_free(copy);
}
void digest_begin(Digest *d) { EVP_DigestInit_ex(d->ctx, EVP_sha256(), NULL); }
void digest_last(Digest *d, unsigned char out[DIGEST_SIZE]) { EVP_DigestFinal_ex(d->ctx, out, NULL); }
void digest_free(Digest **d)
{
    if (*d)
        EVP_MD_CTX_free((*d)->ctx);
    free(*d);
    *d = NULL;
}

Rc deliveries_done(Desk *d, const char *const *ids, size_t n, bool *done, Error *err)
{
    (void)err, (void)ids;
    desk_in(d);
    desk_out(d);
    for (size_t i = 0; i < n; i++)
        done[i] = fake.worked;
    return RC_OK;
}

#include "fake_query.h"
#include "fake_support.h"

static void fake_reset(void)
{
    fake.settings = (DoorSettings){ .listen = "127.0.0.1:0", .soap_deliver = "NQS_DELIVER, NQS_PROFESSIONS_SYNC", .soap_protocol = "NQS_PROTOCOL",
                                    .max_message = 64 << 20, .max_uploads = 100, .idle_seconds = 20, .threads = 4, .clock = &system_clock };
    fake.wait_ms = fake.slow_us = fake.n_kept = 0;
    fake.worked = fake.content_breaks = false;
    fake.keep_rc = fake.open_rc = RC_OK;
    fake.opened = fake.dropped = fake.refused = fake.auths = fake.unclean = 0;
    fake.content = 1000;
    fake.last_refused[0] = '\0';
    buffer_free(&fake.message);
    buffer_free(&fake.payload);
}
