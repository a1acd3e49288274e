/* How notices reach somebody: one kind of channel is one constant of this form, in an adapter, listed in the registry (gateway/app). Nothing in flow knows any of them by name. */
#pragma once
#include "gateway/flow/intake.h"
#include <stdatomic.h>

/* The block `notices` of gateway.yaml. */
typedef struct { char *url, *from, *user, *password_file, *ca_file; unsigned timeout_seconds; bool unencrypted; } Smtp;
typedef struct NoticeSettings {
    char     *at;                           /* "09:00", of each day in Almaty */
    unsigned *days_before;  unsigned days_before_count;      /* working days */
    char    **officers;     unsigned officers_count;         /* their addresses */
    char     *officers_lang;
    unsigned  give_up_days;
    Smtp     *mail;                         /* NULL: none is sent */
    bool      kafka, webhook;
} NoticeSettings;

const NoticeSettings *notice_settings(const Gateway *g);         /* NULL: nobody is told */

/* Whom it is for. bin NULL: the officers. */
typedef struct { const char *bin, *mail, *webhook; } Recipient;

/* text has lines with LF; data is JSON that says the same. */
typedef struct {
    int64_t     number;
    const char *message_id, *bin, *address, *lang, *day, *subject, *text, *data;
    Instant     at;
} Notice;

typedef struct {
    int64_t     number;
    const char *message_id, *bin, *address, *bytes;  size_t n;
    Instant     at;                         /* when it was written */
} Outgoing;

enum { CHANNELS_MOST = 8, CHANNEL_ANSWER = 400, CHANNEL_SECRET = 65 };

typedef struct {
    const char  *name;
    bool       (*wanted )(const NoticeSettings *s);
    const char *(*address)(const Recipient *r, Arena *a);                        /* NULL: it has none by this channel */
    void       (*write  )(const Gateway *g, const Notice *n, Buffer *out);       /* the bytes that send will hand over */
    void      *(*open   )(const Gateway *g, const atomic_bool *stopping);
    /* answer: what the transport said, CHANNEL_ANSWER bytes. RC_RETRY: again later; RC_REJECT: never. The error quotes no contents. */
    Rc         (*send   )(void *self, const Outgoing *n, char *answer, Error *err);
    void       (*close  )(void *self);
} Channel;

void           channels_register(const Channel *const *kinds);   /* NULL-ended; set once */
const Channel *channel(unsigned i);                              /* NULL: there are no more */
const Channel *channel_find(const char *name);

/* The secret by which the receiver of a party's webhook knows our notices: of this installation and that party. */
void channel_secret(const Gateway *g, const char *bin, char hex[CHANNEL_SECRET]);
void channel_base64(const void *in, size_t n, Buffer *out);      /* lines of 76 characters, each with CRLF (RFC 2045 §6.8) */
/* One address, or several with commas between: ASCII, one @ each, nothing that could end a header or a command (RFC 5321 §4.1.2, without quoted parts). */
bool mail_addresses(const char *list);
