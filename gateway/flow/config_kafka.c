#include "gateway/flow/config_pull.h"
#include <stdlib.h>
#include <string.h>

#define OPTIONAL (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)
#define TEXT(type, key, flags) CYAML_FIELD_STRING_PTR(#key, flags, type, key, 1, 4096)
#define NUMBER(type, key) CYAML_FIELD_UINT(#key, CYAML_FLAG_OPTIONAL, type, key)

static const cyaml_schema_field_t property_fields[] = {
    TEXT(KafkaProperty, name, CYAML_FLAG_POINTER), TEXT(KafkaProperty, value, OPTIONAL), TEXT(KafkaProperty, secret_file, OPTIONAL),
    CYAML_FIELD_END
};
static const cyaml_schema_value_t property_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KafkaProperty, property_fields) };
static const cyaml_strval_t protocols_names[] = { { "kafka", PROTOCOLS_OF_KAFKA }, { "all", PROTOCOLS_ALL }, { "none", PROTOCOLS_NONE } };
const cyaml_schema_field_t kafka_fields[] = {
    TEXT(Kafka, bootstrap, CYAML_FLAG_POINTER), TEXT(Kafka, group, OPTIONAL), TEXT(Kafka, topics, OPTIONAL), TEXT(Kafka, dead, OPTIONAL),
    CYAML_FIELD_ENUM("protocols", CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT, Kafka, protocols, protocols_names, 3),
    CYAML_FIELD_SEQUENCE("properties", OPTIONAL, Kafka, properties, &property_schema, 0, 64),
    NUMBER(Kafka, batch_messages), NUMBER(Kafka, batch_kb), NUMBER(Kafka, batch_ms),
    CYAML_FIELD_END
};

#define TOPICS "^nqs\\.in\\.[0-9]{12}\\.[a-z0-9-]+$"
enum { BATCH_MESSAGES = 10000, BATCH_KB = 4096, BATCH_MS = 200, BATCH_KB_MOST = 16 * 1024 };

static const struct { const char *key, *fallback, *help; } manual[] = {
#define KEY(key, fallback, help) { key, fallback, help }
    KEY("kafka", "", "deliveries come by Kafka too, and what is published may go out by it; how:"),
    KEY("kafka.bootstrap", "", "brokers to begin with, HOST:PORT, comma separated"),
    KEY("kafka.group", "nqs-gateway", "consumer group; all processes of one installation are in one and share the partitions"),
    KEY("kafka.topics", TOPICS, "regular expression of the topics; the last two parts of a topic's name are the BIN of who writes it and the feed; none: nothing comes by Kafka, it is there for what goes out"),
    KEY("kafka.protocols", "kafka", "of which deliveries the protocol goes to the topic nqs.out.BIN.deliveries once they are closed: kafka: those that came by Kafka; all; none"),
    KEY("kafka.dead", "nqs.dead", "topic of references to messages that are part of no delivery; none: there are none"),
    KEY("kafka.properties", "", "list of properties of librdkafka (security.protocol, ssl.ca.location, sasl.username, …); of each:"),
    KEY("kafka.properties.name", "", "its name"),
    KEY("kafka.properties.value", "", "its value, where that is no secret"),
    KEY("kafka.properties.secret_file", "", "file of mode 0600 or stricter whose first line is the value"),
    KEY("kafka.batch_messages", "10000", "messages of one partition and delivery that are kept together, at most"),
    KEY("kafka.batch_kb", "4096", "their bytes, at most; 16384 and less"),
    KEY("kafka.batch_ms", "200", "how long the first of them waits for others"),
#undef KEY
};

void kafka_help(Buffer *out)
{
    for (size_t i = 0; i < sizeof manual / sizeof *manual; i++)
        config_line(out, manual[i].key, manual[i].fallback, manual[i].help);
}

static void text_fill(char **at, const char *fallback)
{
    if (!*at && !(*at = strdup(fallback)))
        abort();
}

void kafka_fill(Config *c)
{
    Kafka *k = c->kafka;
    if (!k)
        return;
    text_fill(&k->group, "nqs-gateway");
    text_fill(&k->topics, TOPICS);
    text_fill(&k->dead, "nqs.dead");
    k->batch_messages = k->batch_messages ? k->batch_messages : BATCH_MESSAGES;
    k->batch_kb = k->batch_kb ? k->batch_kb : BATCH_KB;
    k->batch_ms = k->batch_ms ? k->batch_ms : BATCH_MS;
}

Rc kafka_check(const Config *c, Error *err)
{
    /* What would break that each message is kept once, that partitions are shared, or that what goes out does so in order. */
    static const char *const ours[] = { "bootstrap.servers", "metadata.broker.list", "group.id", "enable.auto.commit", "enable.auto.offset.store", "auto.offset.reset", "partition.assignment.strategy",
                                        "receive.message.max.bytes", "enable.idempotence", "enable.gapless.guarantee", "acks", "request.required.acks", "compression.type", "compression.codec",
                                        "message.timeout.ms", "delivery.timeout.ms", "transactional.id" };
    const Kafka *k = c->kafka;
    if (!k)
        return RC_OK;
    const char *wrong = *k->topics != '^' && strcmp(k->topics, "none") ? "topics is a regular expression and begins with ^, or is none" : k->batch_kb > BATCH_KB_MOST ? "batch_kb is over 16384" : NULL;
    for (const KafkaProperty *p = k->properties; p < k->properties + k->properties_count && !wrong; p++) {
        if (!p->value == !p->secret_file)
            wrong = "a property has a name, and either a value or a secret_file";
        for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
            if (strcmp(p->name, ours[i]) == 0)
                wrong = "bootstrap.servers, group.id, offsets, the strategy of assignment, receive.message.max.bytes, idempotence, acks, compression.type and time-outs of messages are not among the properties: "
                        "the gateway sets them";
    }
    return wrong ? error_set(err, RC_FATAL, "gateway.yaml: kafka: %s", wrong) : RC_OK;
}
