#include "adapters/kafka_conf.h"
#include "adapters/kafka_inside.h"
#include "gateway/base/log.h"
#include <stdio.h>

static const KafkaDefault fixed[] = {
    { "enable.auto.commit", "false" },
    { "enable.auto.offset.store", "false" },
    { "receive.message.max.bytes", "100000000" },       /* what frames and rows have room for */
    { "enable.partition.eof", "true" },
    { "auto.offset.reset", "error" },                   /* nothing is ever skipped silently */
    { "partition.assignment.strategy", "roundrobin" },  /* range gives the first partition of every topic to one member */
    { NULL, NULL },
};
static const KafkaDefault usual[] = {
    { "allow.auto.create.topics", "false" },
    { "queued.max.messages.kbytes", "8192" },           /* of each partition */
    { "fetch.message.max.bytes", "131072" },            /* of each partition, as it was compressed: it may become ten times as much */
    { NULL, NULL },
};

static void on_rebalance(rd_kafka_t *rk, rd_kafka_resp_err_t what, rd_kafka_topic_partition_list_t *list, void *self)
{
    KafkaSource *s = self;
    Error err = {0};
    char n[16];
    bool given = what == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS;
    snprintf(n, sizeof n, "%d", list->cnt);
    log_event(LOG_INFO, "kafka_partitions", given ? "given" : "taken", n, NULL);
    parts_taken(s);
    if (!given) {
        partitions_assign(rk, NULL);
        return;
    }
    /* Nothing is read before the marks are known: what cannot be placed now is placed by a later step. */
    rd_kafka_topic_partition_list_t *none = rd_kafka_topic_partition_list_new(0);
    partitions_assign(rk, none);
    rd_kafka_topic_partition_list_destroy(none);
    parts_given(s, list);
    if (parts_place(s, &err))
        log_event(LOG_WARNING, "kafka_waits", "error", err.text, NULL);
}

static Rc subscribe(KafkaSource *s, Error *err)
{
    rd_kafka_topic_partition_list_t *topics = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(topics, s->about->topics, RD_KAFKA_PARTITION_UA);
    rd_kafka_resp_err_t e = rd_kafka_subscribe(s->rk, topics);
    rd_kafka_topic_partition_list_destroy(topics);
    return e ? error_set(err, RC_FATAL, "gateway.yaml: kafka.topics: %s", rd_kafka_err2str(e)) : RC_OK;
}

Rc kafka_connect(KafkaSource *s, Error *err)
{
    rd_kafka_conf_t *conf;
    if (kafka_conf_new(s->about, usual, fixed, &conf, err))
        return err->rc;
    rd_kafka_conf_set_opaque(conf, s);
    rd_kafka_conf_set_rebalance_cb(conf, on_rebalance);
    return kafka_client_new(RD_KAFKA_CONSUMER, conf, &s->rk, err);
}

Rc kafka_open(KafkaSource *s, Error *err)
{
    if (kafka_connect(s, err))
        return err->rc;
    rd_kafka_poll_set_consumer(s->rk);
    return subscribe(s, err);
}
