/* The making of a client of the broker that the block `kafka` of gateway.yaml names: the same for what comes in and what goes out. */
#pragma once
#include "gateway/base/error.h"
#include "gateway/flow/messages.h"
#include <librdkafka/rdkafka.h>

typedef struct { const char *name, *value; } KafkaDefault;          /* lists end with a NULL name */

/* usual: what the properties of gateway.yaml may set otherwise; fixed: what they may not. *out is the caller's. RC_FATAL: a property is not understood; RC_REJECT: of a secret's file. */
Rc kafka_conf_new(const Kafka *k, const KafkaDefault *usual, const KafkaDefault *fixed, rd_kafka_conf_t **out, Error *err) MUST_USE;

/* Takes conf, whatever comes of it; connects nowhere yet. RC_FATAL: the properties do not fit together. */
Rc kafka_client_new(rd_kafka_type_t type, rd_kafka_conf_t *conf, rd_kafka_t **out, Error *err) MUST_USE;

/* Writes to the log what a client says of its trouble; a callback for rd_kafka_conf_set_error_cb, which kafka_conf_new has set. */
void kafka_on_error(rd_kafka_t *rk, int code, const char *reason, void *opaque);
