/* The door: whatever the transport, a delivery comes in here, in pieces, and is answered only after it is kept byte for byte. */
#pragma once
#include "gateway/base/buffer.h"
#include "gateway/model/envelope.h"
#include "gateway/model/party.h"

typedef struct Gateway Gateway;     /* what all threads share, read-only: configuration, feeds, keys (gateway/flow/gateway.h) */

/* One thread's place at the door and at the read door: its own database connection. Opens lazily and reconnects by itself; a lost database
   is RC_RETRY of the call that needed it. */
typedef struct Desk Desk;
Desk *desk_new (const Gateway *g);
void  desk_free(Desk **d);

/* Settings and texts an adapter needs; borrowed from g. */
typedef struct {
    const char *listen;                     /* "127.0.0.1:8088", "[::1]:8088" or "unix:/run/nqs/gateway.sock" */
    const char *edge_user;                  /* whose connections on the Unix socket may vouch for client certificates; NULL: nobody */
    const char *soap_deliver, *soap_protocol, *soap_acknowledge;   /* serviceIds */
    const char *public_url;                 /* NULL: what the client used */
    uint64_t    max_message;                /* bytes, decoded */
    unsigned    max_uploads;                /* at once, over this process */
    unsigned    idle_seconds;               /* a sender silent for so long is cut */
    unsigned    threads;                    /* that may wait for the database on behalf of HTTP */
    const Clock *clock;
} DoorSettings;
const DoorSettings *door_settings(const Gateway *g);

/* Appends the text of a refusal in a language ("kk", "ru", "en"). */
void refusal_text(const Gateway *g, const char *lang, const Error *refusal, Buffer *out);
const char *refusal_lang(const char *accept_language);          /* "kk", "ru" or "en"; NULL is fine */

/* Who is it? RC_REJECT unauthorised: no such credential, wrong, disabled, or too many failures (then arg 1 = seconds to wait); written to
   the audit. pem: the client certificate as the trusted edge passed it. */
Rc sender_by_token      (Desk *d, const char *token, Sender *out, Error *err) MUST_USE;
Rc sender_by_password   (Desk *d, const char *sender_id, const char *password, Sender *out, Error *err) MUST_USE;
/* A sender by password may come from memory: door_keep confirms it by itself, before anything is read for it this must. RC_REJECT unauthorised: not any more. */
Rc sender_confirm       (Desk *d, Sender *s, Error *err) MUST_USE;
Rc sender_by_certificate(Desk *d, const char *pem, Sender *out, Error *err) MUST_USE;

typedef struct {
    Format      format;
    Format      inner;              /* of FORMAT_KAFKA: what the values of its messages are; by that a mapping is chosen */
    PayloadForm form;
    const char *xml_prologue;       /* PAYLOAD_ELEMENT: start tag <w xmlns…> with the namespaces in scope around the payload; else NULL. Copied */
    Claim       claim;              /* what the transport says (query, properties); the payload may say it too, and must not disagree */
    const char *mapping;            /* the sender names the mapping its own format is to be read by; NULL: the one it is bound to, if any. Copied */
    const char *service;            /* SOAP: the serviceId; else NULL. Copied */
    const char *file_name;          /* without folders; NULL: none. Copied */
    Instant     sender_date;        /* 0: none, or not known yet */
    uint64_t    declared_length;    /* Content-Length, 0 = unknown: refused at once when over the limit */
} Opening;

/* Is some mapping bound to this serviceId, so that it delivers? */
bool door_service_known(const Gateway *g, const char *service);

typedef struct Door Door;           /* one envelope on its way in; used by one thread at a time, each call with that thread's desk */

/* RC_REJECT: forbidden, unknown_feed, bad_period, bad_kind, too_large, mapping_unknown, format_needs_mapping, … as far as the claim already tells; too_many when max_uploads are under way
   (RC_RETRY). Nothing is stored yet. */
Rc door_open(Desk *desk, const Sender *who, const Opening *o, Door **out, Error *err) MUST_USE;

/* The bytes of the message in order, each once: those around the payload by door_write, those of the payload by door_payload (PAYLOAD_TEXT: still escaped).
   REST: all by door_payload. Digest, guard, zstd, encryption; parts are committed as they fill. The payload's claim is read from its first
   64 KB. A refusal (RC_REJECT) is final: drop the door. */
Rc door_write  (Desk *desk, Door *d, const void *bytes, size_t n, Error *err) MUST_USE;
Rc door_payload(Desk *desk, Door *d, const void *bytes, size_t n, Error *err) MUST_USE;

typedef struct {
    char        id[ID_SIZE];        /* of the delivery */
    int64_t     number;
    const char *json;               /* the receipt, JCS; lives until door_drop */
    size_t      json_len;
    bool        repeat;             /* this is the first receipt again */
    unsigned    wait_ms;            /* how long it makes sense to wait for the protocol; 0: do not */
} Receipt;

/* The one deciding commit. RC_REJECT: torn, disagree, digest …, repeat_other_content: nothing is kept. RC_RETRY: not known to be kept, send again. */
Rc   door_keep(Desk *desk, Door *d, const Meta *m, Receipt *out, Error *err) MUST_USE;
/* The same of several that came from one partition of Kafka, in the order of their offsets and with their marks, in one commit: all are kept or none. n: up to DOORS_TOGETHER.
   RC_REJECT mark_moved; what is wrong with one of them is said of all. */
enum { DOORS_TOGETHER = 32 };
Rc door_keep_run(Desk *desk, Door *const *d, const Meta *m, size_t n, Error *err) MUST_USE;

const char *door_id(const Door *d);           /* of the delivery, unless it proves to be a repeat; lives until door_drop */
void door_drop(Desk *desk, Door **d);         /* NULL-safe; without door_keep nothing is left behind */

/* Notes a refusal at the door in the audit: who (may be NULL), from which source, why. Of unknown senders a few a minute and source, the others by their
   number (refusals.h). Never fails the caller. */
void door_refused(Desk *desk, const Sender *who, const char *source, const Error *why);

/* A delivery of a known sender is refused, and why is RC_RETRY: it was an attempt, and counts as one. door NULL: none is open; feed: as its transport says, NULL: not. Asks no database. */
void door_turned_away(const Gateway *g, const Sender *who, const Door *door, const char *feed, const Error *why);

/* Digests for adapters. */
typedef struct Digest Digest;                 /* SHA-256 in progress */
Digest *digest_new (void);
void    digest_add (Digest *d, const void *bytes, size_t n);
void    digest_end (Digest *d, unsigned char out[DIGEST_SIZE]);     /* of all bytes so far; may go on */
void    digest_begin(Digest *d);                                    /* anew, with what digest_new did once */
void    digest_last(Digest *d, unsigned char out[DIGEST_SIZE]);      /* quicker than digest_end: only digest_begin may follow */
void    digest_free(Digest **d);

/* Which of these deliveries have been worked (settled or refused)? done[i] is set for ids[i]. */
Rc deliveries_done(Desk *d, const char *const *ids, size_t n, bool *done, Error *err) MUST_USE;
