#include "adapters/kafka_send.h"
#include "adapters/kafka_conf.h"
#include "gateway/base/clock.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { POLL_MS = 100, POLL_EVERY = 512, DOWN_MS = 5000, PURGE_MS = 10000, HEADERS = 12 };

static const KafkaDefault usual[] = {
    { "linger.ms", "5" },
    { "partitioner", "murmur2_random" },                /* as clients in Java do */
    { "message.max.bytes", "64000000" },                /* the broker is asked, not we */
    { "topic.metadata.propagation.max.ms", "5000" },    /* so long a topic may be unknown */
    { NULL, NULL },
};
/* A message is never given up by the library itself: what was behind it might go out before it. */
static const KafkaDefault fixed[] = {
    { "enable.idempotence", "true" },
    { "enable.gapless.guarantee", "true" },
    { "acks", "all" },
    { "compression.type", "zstd" },
    { "message.timeout.ms", "0" },
    { NULL, NULL },
};

/* Of one event: how many of its messages are not reported yet, and did one fail? */
typedef struct { unsigned left; bool failed; } Report;

struct KafkaProducer {
    const Kafka       *about;
    const atomic_bool *stopping;
    int64_t            timeout_ms, heard_ms;    /* when the broker was heard of last */
    rd_kafka_t        *rk;                      /* NULL: to be made */
    Report            *reports;  size_t room;
    size_t             under_way;               /* messages */
    const Event       *events;                  /* those that are under way, NULL: none; of n of them `handed` are the library's */
    size_t             n, handed;
    KafkaTrouble       trouble;                 /* the first one of this call; code 0: none */
    char               said[200];               /* by the library, of the connection */
    bool               down;                    /* no broker can be reached */
};

KafkaProducer *kafka_producer_new(const Kafka *k, unsigned timeout_seconds, const atomic_bool *stopping)
{
    KafkaProducer *p = calloc(1, sizeof *p);
    if (!p)
        abort();
    p->about = k;
    p->stopping = stopping;
    p->timeout_ms = 1000ll * timeout_seconds;
    return p;
}

/* ---- what the library tells ---- */

static void trouble_set(KafkaProducer *p, rd_kafka_resp_err_t code, const char *text)
{
    if (p->trouble.code)
        return;
    p->trouble.code = code;
    snprintf(p->trouble.text, sizeof p->trouble.text, "%s", text);
}

/* Those that were given up because another failed say nothing of why. */
static bool is_aftermath(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR__PURGE_QUEUE || code == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT || code == RD_KAFKA_RESP_ERR__FATAL || code == RD_KAFKA_RESP_ERR__GAPLESS_GUARANTEE;
}

static void on_report(rd_kafka_t *rk, const rd_kafka_message_t *m, void *self)
{
    (void)rk;
    KafkaProducer *p = self;
    Report *r = m->_private;
    r->left--;
    p->under_way--;
    if (!m->err) {
        p->heard_ms = monotonic_ms();
        p->down = false;
        return;
    }
    r->failed = true;
    if (!is_aftermath(m->err))
        trouble_set(p, m->err, rd_kafka_err2str(m->err));
}

static void on_error(rd_kafka_t *rk, int code, const char *reason, void *self)
{
    KafkaProducer *p = self;
    snprintf(p->said, sizeof p->said, "%s", reason);
    p->down = p->down || code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN;
    kafka_on_error(rk, code, reason, self);
}

/* ---- the client ---- */

static Rc need(KafkaProducer *p, Error *err)
{
    rd_kafka_conf_t *conf;
    if (p->rk)
        return RC_OK;
    if (kafka_conf_new(p->about, usual, fixed, &conf, err))
        return err->rc;
    rd_kafka_conf_set_opaque(conf, p);
    rd_kafka_conf_set_dr_msg_cb(conf, on_report);
    rd_kafka_conf_set_error_cb(conf, on_error);
    p->down = false;
    p->said[0] = '\0';
    return kafka_client_new(RD_KAFKA_PRODUCER, conf, &p->rk, err);
}

/* Nothing is on its way any more, and nothing points at events any more. */
static void give_up(KafkaProducer *p)
{
    int64_t until = monotonic_ms() + PURGE_MS;
    if (!p->rk)
        return;
    rd_kafka_purge(p->rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    while (p->under_way && monotonic_ms() < until)
        rd_kafka_poll(p->rk, POLL_MS);
    rd_kafka_destroy(p->rk);
    p->rk = NULL;
    p->under_way = 0;
    p->events = NULL;
}

void kafka_producer_free(KafkaProducer **producer)
{
    KafkaProducer *p = *producer;
    if (!p)
        return;
    give_up(p);
    free(p->reports);
    free(p);
    *producer = NULL;
}

/* ---- sending ---- */

static void header(rd_kafka_headers_t *to, const char *name, const char *value)
{
    if (value)
        rd_kafka_header_add(to, name, -1, value, -1);
}

static rd_kafka_headers_t *headers_of(const Event *e)
{
    rd_kafka_headers_t *h = rd_kafka_headers_new(HEADERS);
    header(h, "ce_specversion", "1.0");
    header(h, "ce_id", e->id);
    header(h, "ce_source", e->source);
    header(h, "ce_type", e->type);
    header(h, "ce_subject", e->subject);
    header(h, "ce_time", e->time);
    header(h, "ce_sequence", e->sequence);
    header(h, "ce_nqsperiod", e->period);
    header(h, "ce_nqssnapshot", e->snapshot);
    header(h, "content-type", "application/json");
    return h;
}

static bool is_stopping(const KafkaProducer *p) { return p->stopping && atomic_load(p->stopping); }

/* False: there is trouble, or it is to stop. */
static bool goes_on(KafkaProducer *p)
{
    char text[160];
    rd_kafka_resp_err_t fatal = rd_kafka_fatal_error(p->rk, text, sizeof text);
    int64_t silent = monotonic_ms() - p->heard_ms;
    if (fatal)
        trouble_set(p, fatal, text);
    if (silent > p->timeout_ms || (p->down && silent > DOWN_MS)) {
        snprintf(p->trouble.text, sizeof p->trouble.text, "the broker acknowledged nothing: %s", *p->said ? p->said : "no answer");
        p->trouble.code = p->trouble.code ? p->trouble.code : RD_KAFKA_RESP_ERR__TIMED_OUT;
    }
    if (is_stopping(p))
        trouble_set(p, RD_KAFKA_RESP_ERR__INTR, "the gateway stops");
    return !p->trouble.code;
}

/* A frame of a snapshot has no record: its type is its key, so that compaction keeps the last one. value NULL: a tombstone, which has a key and nothing else. */
static rd_kafka_resp_err_t produce(KafkaProducer *p, const char *topic, const Event *e, bool tombstone, Report *r)
{
    const char *key = e->subject ? e->subject : e->type;
    rd_kafka_headers_t *headers = tombstone ? rd_kafka_headers_new(0) : headers_of(e);
    rd_kafka_resp_err_t code = rd_kafka_producev(p->rk, RD_KAFKA_V_TOPIC(e->topic ? e->topic : topic), RD_KAFKA_V_KEY(key, strlen(key)),
                                                 RD_KAFKA_V_VALUE(tombstone ? NULL : (void *)(uintptr_t)e->data, tombstone ? 0 : e->data_len), RD_KAFKA_V_HEADERS(headers),
                                                 RD_KAFKA_V_OPAQUE(r), RD_KAFKA_V_END);
    if (code) {
        rd_kafka_headers_destroy(headers);
        return code;
    }
    r->left++;
    p->under_way++;
    return code;
}

static bool message(KafkaProducer *p, const char *topic, const Event *e, bool tombstone, Report *r)
{
    rd_kafka_resp_err_t code;
    while ((code = produce(p, topic, e, tombstone, r)) == RD_KAFKA_RESP_ERR__QUEUE_FULL) {
        if (!goes_on(p))
            return false;
        rd_kafka_poll(p->rk, POLL_MS);
    }
    if (code) {
        r->failed = true;
        trouble_set(p, code, rd_kafka_err2str(code));
    }
    return !code;
}

static void begin(KafkaProducer *p, size_t n)
{
    if (n > p->room) {
        free(p->reports);
        p->reports = calloc(n, sizeof *p->reports);
        if (!p->reports)
            abort();
        p->room = n;
    }
    memset(p->reports, 0, n * sizeof *p->reports);
    p->trouble = (KafkaTrouble){0};
    p->heard_ms = monotonic_ms();
}

/* How many were handed to the library. */
static size_t hand_over(KafkaProducer *p, const char *topic, const Event *events, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        Report *r = &p->reports[i];
        if (!message(p, topic, &events[i], false, r) || (events[i].gone && !message(p, topic, &events[i], true, r)))
            return i;
        if (i % POLL_EVERY == POLL_EVERY - 1) {
            rd_kafka_poll(p->rk, 0);
            if (p->trouble.code)
                return i + 1;
        }
    }
    return n;
}

static Rc start(KafkaProducer *p, const char *topic, const Event *events, size_t n, Error *err)
{
    if (p->events == events && p->n == n)
        return RC_OK;                   /* ahead */
    kafka_send_drop(p);
    if (need(p, err))
        return err->rc = RC_FATAL;      /* a secret that is not there, too */
    begin(p, n);
    p->events = events;
    p->n = n;
    p->handed = hand_over(p, topic, events, n);
    return RC_OK;
}

void kafka_send_ahead(KafkaProducer *p, const char *topic, const Event *events, size_t n)
{
    Error again;                        /* kafka_send will say so */
    if (start(p, topic, events, n, &again))
        return;
    rd_kafka_poll(p->rk, 0);
}

void kafka_send_drop(KafkaProducer *p)
{
    if (p->events)
        give_up(p);
}

Rc kafka_send(KafkaProducer *p, const char *topic, const Event *events, size_t n, size_t *taken, KafkaTrouble *why, Error *err)
{
    size_t got = 0;
    if (start(p, topic, events, n, err))
        return err->rc;
    p->heard_ms = monotonic_ms();
    while (p->under_way && goes_on(p))
        rd_kafka_flush(p->rk, POLL_MS);
    if (p->trouble.code)
        give_up(p);
    p->events = NULL;
    while (got < p->handed && !p->reports[got].left && !p->reports[got].failed)
        got++;
    *taken = got;
    if (got == n)
        return RC_OK;
    *why = p->trouble;
    return error_set(err, RC_RETRY, "%s", why->text);
}
