/* Deliveries that come by Kafka: topics nqs.in.<BIN>.<feed>, each message a CloudEvent. The processes of one installation are one group and share the partitions. How far a partition is
   read stands in PostgreSQL and moves in the commit that keeps the messages, so that each is kept once; what is committed to the broker only shows the lag. */
#pragma once
#include "gateway/base/error.h"
#include "gateway/flow/messages.h"

typedef struct KafkaSource KafkaSource;

KafkaSource *kafka_source_new (const Gateway *g);
void         kafka_source_free(KafkaSource **s);       /* leaves the group */

/* All partitions ever read as a JSON list: where each is read from, and, as far as the broker can be asked, where it begins and ends, and the lag. */
Rc kafka_partitions(const Gateway *g, Desk *d, Buffer *json, Error *err) MUST_USE;

/* A station's step: one message or none, and what is due. RC_RETRY: the database is away; nothing is read meanwhile, and the group is not left. RC_FATAL: gateway.yaml says something that
   librdkafka does not understand. A broker that is away is no failure. */
Rc kafka_source_step(void *source, Error *err);
