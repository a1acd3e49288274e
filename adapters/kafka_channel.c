#include "adapters/channels.h"
#include "adapters/kafka_send.h"
#include "adapters/notice_event.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TIMEOUT_SECONDS = 30 };

static bool wanted(const NoticeSettings *s) { return s->kafka; }

static const char *address(const Recipient *r, Arena *a) { return r->bin ? arena_printf(a, "nqs.out.%s.duties", r->bin) : NULL; }

/* What is not in headers: those are made of the notice's number, id and moment. */
static void write_data(const Gateway *g, const Notice *n, Buffer *out)
{
    (void)g;
    buffer_text(out, n->data);
}

static void *kafka_channel_open(const Gateway *g, const atomic_bool *stopping) { return kafka_producer_new(kafka_settings(g), TIMEOUT_SECONDS, stopping); }

static Rc kafka_channel_send(void *self, const Outgoing *n, char *answer, Error *err)
{
    KafkaTrouble why;
    NoticeMemory memory;
    size_t taken = 0;
    Event e = notice_event(n->number, n->message_id, n->at, n->bytes, n->n, &memory);
    Rc rc = kafka_send(self, n->address, &e, 1, &taken, &why, err);
    if (rc == RC_OK)
        snprintf(answer, CHANNEL_ANSWER, "acknowledged by the broker");
    return rc == RC_RETRY ? error_set(err, rc, "%s", why.text) : rc;
}

static void kafka_channel_close(void *self)
{
    KafkaProducer *p = self;
    kafka_producer_free(&p);
}

const Channel kafka_channel = { .name = "kafka", .wanted = wanted, .address = address, .write = write_data, .open = kafka_channel_open, .send = kafka_channel_send, .close = kafka_channel_close };
