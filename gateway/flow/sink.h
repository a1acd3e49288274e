/* Where events go: one kind of sink is one constant of this form, in an adapter, listed in the registry (gateway/app). Nothing in flow knows any of them by name. */
#pragma once
#include "gateway/flow/event.h"
#include "gateway/flow/intake.h"
#include <stdatomic.h>

/* The events of one settlement's changes, or one snapshot. */
typedef struct {
    const char *publication, *feed;
    int64_t     ordinal;                    /* of the settlement, in the order of settlements */
    const char *at;                         /* when that was settled */
    const char *snapshot;                   /* the snapshot's number; NULL: changes */
} Parcel;

/* A key of the kind's own settings in gateway.yaml: a text or a number that stands at `at` in a structure of settings_size. One left out becomes its fallback. */
typedef struct { const char *key, *fallback, *help; size_t at; bool is_number, required; } SinkSetting;
enum { SINK_SETTINGS = 12, SINKS_MOST = 8 };
#define SINK_TEXT(key, type, member, fallback, required, help) { key, fallback, help, offsetof(type, member), false, required }
#define SINK_NUMBER(key, type, member, fallback, help)         { key, fallback, help, offsetof(type, member), true, false }

typedef struct {
    const Gateway     *g;
    const char        *publication, *feed;  /* feed NULL: of letters, events that say themselves where they go */
    const void        *settings;            /* NULL: of letters, and then the defaults */
    const atomic_bool *stopping;            /* what is under way is given up when that is set; NULL: never */
} SinkUse;

/* One thread at a time uses what open gave. Of every call: RC_RETRY: the world is wrong, the parcel is dropped and tried again later; RC_REJECT: the receiver will never
   take this: it is given up and becomes a dead letter. Error texts quote no contents. */
typedef struct {
    const char        *name;                /* the key in gateway.yaml under which the settings stand */
    size_t             settings_size;
    const SinkSetting *settings;            /* ends with a NULL key */
    const char      *(*wrong)(const void *settings);               /* NULL: nothing. Needs no more than the settings */
    bool               broker;              /* it goes over the broker of the block kafka, and needs that; letters go by it */
    bool               whole;               /* events are delivered only once the parcel is ended; after an interruption it begins anew */
    void            *(*open )(const SinkUse *use);
    Rc               (*begin)(void *self, const Parcel *p, Error *err);        /* this, end and drop may be NULL: nothing is to be done then */
    /* May be NULL. Begins to deliver events, of which the next put will be, and does not wait: there is time to read others. */
    void             (*ahead)(void *self, const Event *events, size_t n);
    /* Delivers the first events of n, in order, at least one: *taken of them. On RC_REJECT *taken are given up. */
    Rc               (*put  )(void *self, const Event *events, size_t n, size_t *taken, Error *err);
    Rc               (*end  )(void *self, Error *err);
    void             (*drop )(void *self);                         /* a parcel that was begun and will not be ended now */
    void             (*close)(void *self);
} SinkKind;

/* The registry, NULL-ended; set once, before any configuration is loaded. */
void            sinks_register(const SinkKind *const *kinds);
const SinkKind *sink_kind(unsigned i);      /* NULL: there are no more */

/* For receivers to know that it was us. */
enum { SIGN_TEXT = 89, PUBLIC_KEY_TEXT = 128, HEX_TEXT = 65 };
void sink_sign(const Gateway *g, const void *in, size_t n, char base64[SIGN_TEXT]);              /* Ed25519 under the key of this installation */
void sink_public_key(const Gateway *g, char pem[PUBLIC_KEY_TEXT]);
void sink_hmac(const char *secret, const Buffer *in, char hex[HEX_TEXT]);                        /* HMAC-SHA-256 */
