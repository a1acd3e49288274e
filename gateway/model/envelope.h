/* An envelope: the bytes of one message exactly as they came, and what is known of their coming. Never changed after the door. */
#pragma once
#include "gateway/base/clock.h"
#include "gateway/base/guard.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ID_SIZE = 37, PERIOD_SIZE = 12, KIND_SIZE = 8, FEED_SIZE = 64, MESSAGE_ID_SIZE = 256, DIGEST_SIZE = 32 };

/* What one source says a delivery is about. "" = it does not say. */
typedef struct { char feed[FEED_SIZE], period[PERIOD_SIZE], kind[KIND_SIZE]; } Claim;

/* How the payload stands in the kept message. */
typedef enum {
    PAYLOAD_WHOLE,        /* it is the message (REST, CLI) */
    PAYLOAD_ELEMENT,      /* bytes of the message from payload_offset on (SOAP forms 1 and 2) */
    PAYLOAD_TEXT,         /* such bytes hold it escaped or in CDATA (SOAP forms 3 and 4) */
} PayloadForm;

/* Where the messages of an envelope stood in a partition of Kafka: from `first`, the position before them, up to `next`. Keeping it moves the stored mark from the one to the other. */
typedef struct {
    const char *cluster, *topic;
    int         partition, messages;
    int64_t     first, next;
    const char *stream;                 /* id of the delivery it is a part of (nqs.stream); NULL: it is one of its own */
    bool        held;                   /* that delivery is worked when it is complete */
    int64_t     expected;               /* this is its end, which says how many records there are; ENDLESS: it is not */
    const void *ids;  size_t ids_len;   /* EVENT_ID bytes for each message of a stream */
} Mark;
/* Where a partition ended when it was asked for, and the moment before which all that was written is kept by now; 0: that is not known. */
typedef struct { const char *topic; int partition; int64_t ends; Instant read; } MarkRead;

enum { ENDLESS = -1, EVENT_ID = 8 };

/* What the transport knows of one message. All texts are borrowed until door_keep returns; NULL = not given. */
typedef struct {
    const char *source;                 /* "soap", "rest", "cli", "kafka" */
    const char *message_id;             /* the sender's own id, or the Idempotency-Key */
    const char *reply_to;               /* JSON: transport, sender, serviceId, messageId, correlationId, sessionId */
    Instant     sender_date;            /* moment 1; 0 = none */
    Instant     transport_date;         /* moment 2; 0 = none */
    Instant     first_byte, last_byte;  /* moments 3 and 4 */
    const unsigned char *digest_sent;   /* SHA-256 of the bytes as sent; NULL: the same as of the kept message */
    const Mark *mark;                   /* NULL: it did not come by Kafka */
} Meta;
