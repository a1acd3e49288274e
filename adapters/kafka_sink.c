#include "adapters/kafka_conf.h"
#include "adapters/kafka_send.h"
#include "adapters/sinks.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TOPIC_MOST = 249, TIMEOUT_SECONDS = 30 };

typedef struct { char *topic; unsigned timeout_seconds; } Settings;

static const SinkSetting settings[] = {
    SINK_TEXT("topic", Settings, topic, NULL, false, "where events go; left out: nqs.out.FEED"),
    SINK_NUMBER("timeout_seconds", Settings, timeout_seconds, "30", "the broker has acknowledged nothing for so long, and it is tried again later"),
    { NULL, NULL, NULL, 0, false, false },
};

/* One put under way at a time. */
typedef struct {
    SinkUse        use;
    KafkaProducer *producer;
    char           topic[TOPIC_MOST + 1];
    size_t         most;                    /* events of one put, after some were refused together */
} KafkaSink;

static const char *wrong(const void *self)
{
    const Settings *s = self;
    size_t n = s->topic ? strlen(s->topic) : 1;
    if (n == 0 || n > TOPIC_MOST || (s->topic && strspn(s->topic, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") != n))
        return "kafka.topic is no name of a topic";
    return s->topic && strncmp(s->topic, "nqs.in.", 7) == 0 ? "kafka.topic is one that deliveries come by" : NULL;
}

static void *kafka_sink_open(const SinkUse *use)
{
    const Settings *s = use->settings;
    KafkaSink *k = calloc(1, sizeof *k);
    if (!k)
        abort();
    *k = (KafkaSink){ .use = *use, .most = SIZE_MAX, .producer = kafka_producer_new(kafka_settings(use->g), s ? s->timeout_seconds : TIMEOUT_SECONDS, use->stopping) };
    if (s && s->topic)
        snprintf(k->topic, sizeof k->topic, "%s", s->topic);
    else if (use->feed)
        snprintf(k->topic, sizeof k->topic, "nqs.out.%s", use->feed);
    return k;
}

/* Frames tell what is before them and behind them: the others are acknowledged first, whatever their partition. */
static size_t up_to_a_frame(const Event *events, size_t n)
{
    size_t i = 0;
    while (i < n && events[i].subject)
        i++;
    return i ? i : 1;
}

typedef enum { IS_AWAY, IS_ONE_REFUSED, IS_ALL_REFUSED } Trouble;
static const struct { rd_kafka_resp_err_t code; Trouble is; const char *text; } refusals[] = {
    { RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, IS_ONE_REFUSED, "the event is too large for the broker" },
    { RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE, IS_ONE_REFUSED, "the event is too large for the broker" },
    { RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE, IS_ONE_REFUSED, "the event is too large for the broker" },
    { RD_KAFKA_RESP_ERR_INVALID_RECORD, IS_ONE_REFUSED, "the broker does not take the event" },
    { RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, IS_ALL_REFUSED, "the broker does not let us write to the topic" },
    { RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, IS_ALL_REFUSED, "the broker does not let us write" },
};

static Trouble trouble_of(const KafkaTrouble *t, Error *err)
{
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        if (refusals[i].code == t->code) {
            error_set(err, RC_REJECT, "%s", refusals[i].text);
            return refusals[i].is;
        }
    error_set(err, RC_RETRY, "%s", t->text);
    return IS_AWAY;
}

/* A batch that is refused takes with it what is behind it, and does not say which of its events is at fault: they are tried one by one, then more and more. */
static Rc kafka_sink_put(void *self, const Event *events, size_t n, size_t *taken, Error *err)
{
    KafkaSink *k = self;
    KafkaTrouble why;
    for (size_t whole = up_to_a_frame(events, n);;) {
        size_t some = whole < k->most ? whole : k->most, got = 0;
        Rc rc = kafka_send(k->producer, k->topic, events, some, &got, &why, err);
        if (rc == RC_OK) {
            k->most = k->most < SIZE_MAX / 2 ? k->most * 2 : SIZE_MAX;
            *taken = got;
            return RC_OK;
        }
        if (rc == RC_FATAL)
            return rc;
        Trouble is = trouble_of(&why, err);
        if (is == IS_ONE_REFUSED)
            k->most = 1;
        if (got) {
            *taken = got;
            return RC_OK;
        }
        if (is == IS_ONE_REFUSED && some > 1)
            continue;
        *taken = some;
        return err->rc;
    }
}

static void kafka_sink_ahead(void *self, const Event *events, size_t n)
{
    KafkaSink *k = self;
    size_t whole = up_to_a_frame(events, n);
    kafka_send_ahead(k->producer, k->topic, events, whole < k->most ? whole : k->most);
}

static void kafka_sink_drop(void *self) { kafka_send_drop(((KafkaSink *)self)->producer); }

static void kafka_sink_close(void *self)
{
    KafkaSink *k = self;
    kafka_producer_free(&k->producer);
    free(k);
}

const SinkKind kafka_sink = {
    .name = "kafka", .settings_size = sizeof(Settings), .settings = settings, .wrong = wrong, .broker = true, .whole = false,
    .open = kafka_sink_open, .ahead = kafka_sink_ahead, .put = kafka_sink_put, .drop = kafka_sink_drop, .close = kafka_sink_close,
};
