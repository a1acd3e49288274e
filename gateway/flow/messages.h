/* What a source of messages needs of the gateway beside the door: its part of gateway.yaml, how far each partition is read, deliveries of many messages, and a place for messages that are
   part of no delivery. */
#pragma once
#include "gateway/flow/intake.h"

typedef struct { char *name, *value, *secret_file; } KafkaProperty;     /* value, or the file that holds it */

typedef enum { PROTOCOLS_OF_KAFKA, PROTOCOLS_ALL, PROTOCOLS_NONE } ProtocolsOf;

typedef struct {
    char          *bootstrap, *group, *topics;                          /* topics: a regular expression; the last two parts of a topic's name are BIN and feed */
    char          *dead;                                                /* topic of references to messages that are part of no delivery; "none" */
    ProtocolsOf    protocols;                                           /* of which deliveries they go to nqs.out.<BIN>.deliveries */
    KafkaProperty *properties;  unsigned properties_count;              /* of librdkafka, as they are */
    unsigned       batch_messages, batch_kb, batch_ms;
} Kafka;

const Kafka *kafka_settings(const Gateway *g);                          /* NULL: nothing comes or goes by Kafka */
bool kafka_consumes(const Gateway *g);                                  /* do deliveries come by it? */

enum { TROUBLE_SIZE = 128 };

/* Where a partition is read from; of the Mark only cluster, topic and partition are asked. beginning NULL: only look, RC_END when nothing of it was ever read; else that becomes its mark then.
   trouble: why reading has stopped, "" when it has not. */
Rc partition_mark(Desk *d, const Mark *partition, const int64_t *beginning, int64_t *next, char trouble[TROUBLE_SIZE], Error *err) MUST_USE;

/* Reading stops where the mark is (first), until somebody resumes it. */
Rc partition_stop(Desk *d, const Mark *partition, const char *why, Error *err) MUST_USE;

/* Notes of n partitions of a cluster how far they are read. */
Rc partitions_read(Desk *d, const char *cluster, const MarkRead *at, size_t n, Error *err) MUST_USE;

/* All partitions that ever were read, in order. trouble, since NULL: it is read. Borrowed during the call. */
typedef struct { const char *cluster, *topic, *trouble, *since; int partition; int64_t next; } Partition;
typedef Rc PartitionSink(void *self, const Partition *p, Error *err);
Rc partitions_each(Desk *d, PartitionSink *sink, void *self, Error *err) MUST_USE;

/* Keeps one message that is part of no delivery, and why; the mark moves over it. frames: as gateway/model/frame.h has it. RC_REJECT mark_moved. */
Rc message_bury(Desk *d, const Mark *m, const char *feed, const Buffer *frames, const Error *why, Error *err) MUST_USE;

/* The mark moves over messages that are dealt with, or need not be. RC_REJECT mark_moved. */
Rc message_pass(Desk *d, const Mark *m, Error *err) MUST_USE;

/* The delivery of many messages that m is a part of, by its supplier's own id: m->stream (in id) and m->held are filled in; it is begun if it is not. RC_REJECT disagree, stream_complete. */
Rc messages_open(Desk *d, const Sender *who, const Claim *about, const char *supplier_id, Mark *m, char id[ID_SIZE], Error *err) MUST_USE;

/* Deliveries of many messages of which all are there now are complete, and go on to be worked. */
Rc messages_complete(Desk *d, Error *err) MUST_USE;

/* The party a topic belongs to, with its roles of now. RC_REJECT party_unknown {bin}. */
Rc sender_by_topic(Desk *d, const char *bin, Sender *out, Error *err) MUST_USE;
