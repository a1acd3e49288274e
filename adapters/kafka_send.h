/* A producer of events that knows only what the broker has acknowledged. One thread at a time. */
#pragma once
#include "gateway/base/error.h"
#include "gateway/flow/messages.h"
#include "gateway/flow/sink.h"
#include <librdkafka/rdkafka.h>

typedef struct KafkaProducer KafkaProducer;

/* Connects at first need. stopping: may be NULL. */
KafkaProducer *kafka_producer_new (const Kafka *k, unsigned timeout_seconds, const atomic_bool *stopping);
void           kafka_producer_free(KafkaProducer **p);         /* gives up what is not acknowledged */

typedef struct { rd_kafka_resp_err_t code; char text[300]; } KafkaTrouble;

/* Hands the events to the library and does not wait: kafka_send of the same ones will. */
void kafka_send_ahead(KafkaProducer *p, const char *topic, const Event *events, size_t n);
void kafka_send_drop (KafkaProducer *p);        /* gives up what is on its way */

/* Events to the topic, or to the topics that they name: in binary mode, by key in order; behind one whose record is gone a tombstone. All are on their way at once; returns when all are
   acknowledged. RC_RETRY: *taken of them, the first ones, are acknowledged, and nothing of the others is on its way any more; why says what came first. RC_FATAL: the block kafka says something that
   librdkafka does not understand. */
Rc kafka_send(KafkaProducer *p, const char *topic, const Event *events, size_t n, size_t *taken, KafkaTrouble *why, Error *err) MUST_USE;
