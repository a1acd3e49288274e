#include "adapters/kafka_inside.h"
#include "gateway/base/log.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { POLL_MS = 50, LOOK_MS = 20, SHOW_MS = 1000, ENDS_MS = 5000, FRAME_MOST = 256 << 20 };       /* receive.message.max.bytes, twice over */

int64_t kafka_now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

KafkaSource *kafka_source_new(const Gateway *g)
{
    KafkaSource *s = calloc(1, sizeof *s);
    if (!s)
        abort();
    s->g = g;
    s->about = kafka_settings(g);
    s->desk = desk_new(g);
    s->digest = digest_new();
    s->frame.ceiling = s->headers.ceiling = FRAME_MOST;
    return s;
}

void kafka_source_free(KafkaSource **source)
{
    KafkaSource *s = *source;
    if (!s)
        return;
    if (s->rk) {
        parts_show(s);
        rd_kafka_consumer_close(s->rk);
        rd_kafka_destroy(s->rk);
    }
    parts_taken(s);
    buffer_free(&s->frame);
    buffer_free(&s->headers);
    digest_free(&s->digest);
    desk_free(&s->desk);
    free(s);
    *source = NULL;
}

/* The place we stand at is not there: messages were deleted before we came, or it lies behind the end. */
static Rc out_of_range(KafkaSource *s, const rd_kafka_message_t *m, Error *err)
{
    Part *p = m->rkt ? part_find(s, rd_kafka_topic_name(m->rkt), m->partition) : NULL;
    return p && p->state == PART_READS ? part_stop(s, p, "offset_out_of_range", err) : RC_OK;
}

static Rc message(KafkaSource *s, const rd_kafka_message_t *m, Error *err)
{
    if (m->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET || m->err == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE)
        return out_of_range(s, m, err);
    if (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        Part *p = m->rkt ? part_find(s, rd_kafka_topic_name(m->rkt), m->partition) : NULL;
        if (p)
            p->eof = m->offset;
        return RC_OK;
    }
    if (m->err) {
        log_event(LOG_WARNING, "kafka_trouble", "code", rd_kafka_err2name(m->err), "text", rd_kafka_message_errstr(m), NULL);
        return RC_OK;
    }
    Part *p = part_find(s, rd_kafka_topic_name(m->rkt), m->partition);
    return p && p->state == PART_READS ? part_take(s, p, m, err) : RC_OK;
}

static Rc batches_due(KafkaSource *s, int64_t now, Error *err)
{
    for (size_t i = 0; i < s->n_parts; i++) {
        Part *p = s->parts[i];
        if (p->batch.messages && now - p->batch.opened_ms >= (int64_t)s->about->batch_ms && part_keep(s, p, err))
            return err->rc;
    }
    return RC_OK;
}

static Rc due(KafkaSource *s, Error *err)
{
    int64_t now = kafka_now_ms();
    if (now < s->look_ms)
        return RC_OK;
    s->look_ms = now + LOOK_MS;
    if (parts_place(s, err) || batches_due(s, now, err))
        return err->rc;
    if (now >= s->show_ms) {
        s->show_ms = now + SHOW_MS;
        parts_show(s);
        if (messages_complete(s->desk, err))
            return err->rc;
    }
    if (now < s->ends_ms)
        return RC_OK;
    s->ends_ms = now + ENDS_MS;
    return parts_ends(s, err);
}

Rc kafka_source_step(void *source, Error *err)
{
    KafkaSource *s = source;
    if (!s->rk && kafka_open(s, err))
        return err->rc;
    rd_kafka_message_t *m = rd_kafka_consumer_poll(s->rk, POLL_MS);
    Rc rc = m ? message(s, m, err) : RC_OK;
    if (m)
        rd_kafka_message_destroy(m);
    rc = rc ? rc : due(s, err);
    /* What is in hand may or may not have been kept: it is read again from the marks, once they can be asked. */
    if (rc == RC_RETRY)
        parts_again(s);
    return rc;
}
