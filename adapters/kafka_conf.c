#include "adapters/kafka_conf.h"
#include "adapters/secret.h"
#include "gateway/base/log.h"
#include <stdio.h>
#include <string.h>

static const KafkaDefault common[] = {
    { "client.id", "nqs-gateway" },
    { "topic.metadata.refresh.interval.ms", "5000" },   /* new topics */
    { "socket.nagle.disable", "true" },
    { "log_level", "4" },
    { NULL, NULL },
};

static void on_log(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
    (void)rk;
    log_event(level <= 3 ? LOG_WARNING : LOG_DEBUG, "kafka_library", "facility", facility, "text", text, NULL);
}

void kafka_on_error(rd_kafka_t *rk, int code, const char *reason, void *opaque)
{
    (void)rk, (void)opaque;
    log_event(LOG_WARNING, "kafka_trouble", "code", rd_kafka_err2name(code), "text", reason, NULL);
}

static Rc set(rd_kafka_conf_t *conf, const char *name, const char *value, Error *err)
{
    char why[256];
    if (rd_kafka_conf_set(conf, name, value, why, sizeof why) == RD_KAFKA_CONF_OK)
        return RC_OK;
    return error_set(err, RC_FATAL, "gateway.yaml: kafka: %s: %s", name, why);
}

static Rc set_all(rd_kafka_conf_t *conf, const KafkaDefault *list, Error *err)
{
    for (; list->name; list++)
        if (set(conf, list->name, list->value, err))
            return err->rc;
    return RC_OK;
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

static Rc fill(rd_kafka_conf_t *conf, const Kafka *k, const KafkaDefault *usual, const KafkaDefault *fixed, Error *err)
{
    if (set_all(conf, common, err) || set_all(conf, usual, err))
        return err->rc;
    for (const KafkaProperty *p = k->properties; p < k->properties + k->properties_count; p++)
        if (property_set(conf, p, err))
            return err->rc;
    return set_all(conf, fixed, err) || set(conf, "bootstrap.servers", k->bootstrap, err) || set(conf, "group.id", k->group, err) ? err->rc : RC_OK;
}

Rc kafka_conf_new(const Kafka *k, const KafkaDefault *usual, const KafkaDefault *fixed, rd_kafka_conf_t **out, Error *err)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set_log_cb(conf, on_log);
    rd_kafka_conf_set_error_cb(conf, kafka_on_error);
    if (fill(conf, k, usual, fixed, err)) {
        rd_kafka_conf_destroy(conf);
        return err->rc;
    }
    *out = conf;
    return RC_OK;
}

Rc kafka_client_new(rd_kafka_type_t type, rd_kafka_conf_t *conf, rd_kafka_t **out, Error *err)
{
    char why[256];
    rd_kafka_t *rk = rd_kafka_new(type, conf, why, sizeof why);
    if (!rk) {                          /* only on success conf is the client's */
        rd_kafka_conf_destroy(conf);
        return error_set(err, RC_FATAL, "gateway.yaml: kafka: %s", why);
    }
    *out = rk;
    return RC_OK;
}
