#include "adapters/kafka_inside.h"
#include "adapters/secret.h"
#include "gateway/base/log.h"
#include <stdio.h>
#include <string.h>

static const struct { const char *name, *value; } fixed[] = {
    { "enable.auto.commit", "false" },
    { "enable.auto.offset.store", "false" },
    { "receive.message.max.bytes", "100000000" },       /* what frames and rows have room for */
    { "auto.offset.reset", "error" },                   /* nothing is ever skipped silently */
    { "partition.assignment.strategy", "roundrobin" },  /* range gives the first partition of every topic to one member */
};
/* What an installation may set otherwise. */
static const struct { const char *name, *value; } usual[] = {
    { "client.id", "nqs-gateway" },
    { "topic.metadata.refresh.interval.ms", "5000" },   /* new topics */
    { "allow.auto.create.topics", "false" },
    { "socket.nagle.disable", "true" },
    { "queued.max.messages.kbytes", "16384" },          /* of each partition; a full queue pauses fetching for a second */
    { "log_level", "4" },
};

static void on_log(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
    (void)rk;
    log_event(level <= 3 ? LOG_WARNING : LOG_DEBUG, "kafka_library", "facility", facility, "text", text, NULL);
}

static void on_error(rd_kafka_t *rk, int code, const char *reason, void *self)
{
    (void)rk, (void)self;
    log_event(LOG_WARNING, "kafka_trouble", "code", rd_kafka_err2name(code), "text", reason, NULL);
}

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
        rd_kafka_assign(rk, NULL);
        return;
    }
    /* Nothing is read before the marks are known: what cannot be placed now is placed by a later step. */
    rd_kafka_topic_partition_list_t *none = rd_kafka_topic_partition_list_new(0);
    rd_kafka_assign(rk, none);
    rd_kafka_topic_partition_list_destroy(none);
    parts_given(s, list);
    if (parts_place(s, &err))
        log_event(LOG_WARNING, "kafka_waits", "error", err.text, NULL);
}

static Rc set(rd_kafka_conf_t *conf, const char *name, const char *value, Error *err)
{
    char why[256];
    if (rd_kafka_conf_set(conf, name, value, why, sizeof why) == RD_KAFKA_CONF_OK)
        return RC_OK;
    return error_set(err, RC_FATAL, "gateway.yaml: kafka: %s: %s", name, why);
}

static Rc property_set(rd_kafka_conf_t *conf, const KafkaProperty *p, Error *err)
{
    char secret[SECRET_SIZE];
    if (p->value)
        return set(conf, p->name, p->value, err);
    if (secret_read(p->secret_file, secret, err))
        return err->rc;
    Rc rc = set(conf, p->name, secret, err);
    explicit_bzero(secret, sizeof secret);
    return rc;
}

static Rc configure(KafkaSource *s, rd_kafka_conf_t *conf, Error *err)
{
    const Kafka *k = s->about;
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (set(conf, usual[i].name, usual[i].value, err))
            return err->rc;
    for (const KafkaProperty *p = k->properties; p < k->properties + k->properties_count; p++)
        if (property_set(conf, p, err))
            return err->rc;
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (set(conf, fixed[i].name, fixed[i].value, err))
            return err->rc;
    rd_kafka_conf_set_opaque(conf, s);
    rd_kafka_conf_set_log_cb(conf, on_log);
    rd_kafka_conf_set_error_cb(conf, on_error);
    rd_kafka_conf_set_rebalance_cb(conf, on_rebalance);
    return set(conf, "bootstrap.servers", k->bootstrap, err) || set(conf, "group.id", k->group, err) ? err->rc : RC_OK;
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
    char why[256];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    Rc rc = configure(s, conf, err);
    if (!rc) {
        s->rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why);
        if (s->rk)
            conf = NULL;                /* it is the consumer's now */
        else
            rc = error_set(err, RC_FATAL, "gateway.yaml: kafka: %s", why);
    }
    if (conf)
        rd_kafka_conf_destroy(conf);
    return rc;
}

Rc kafka_open(KafkaSource *s, Error *err)
{
    if (kafka_connect(s, err))
        return err->rc;
    rd_kafka_poll_set_consumer(s->rk);
    return subscribe(s, err);
}
