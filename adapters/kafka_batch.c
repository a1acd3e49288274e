#include "adapters/kafka_inside.h"
#include "gateway/base/log.h"
#include "gateway/model/metrics.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { GIVEN_UP_MS = 3000, HELD_MOST = 32 * 1024 * 1024, RECORD_MOST = 16 * 1024 * 1024, FETCH_ON = 2 * 1024 * 1024 };

void batch_drop(KafkaSource *s, Batch *b)
{
    s->held -= b->frames.len;
    buffer_free(&b->frames);
    buffer_free(&b->ids);
    *b = (Batch){0};
}

static Mark mark_of(const KafkaSource *s, const Part *p, int64_t next, int messages)
{
    return (Mark){ .cluster = s->cluster, .topic = p->topic, .partition = p->partition, .first = p->kept, .next = next, .messages = messages, .expected = ENDLESS };
}

static bool moved(const Error *err) { return strcmp(err->code, "mark_moved") == 0; }

/* Somebody else keeps what we have in hand: the partition is no longer ours, or was not for a while. Unless the group takes it away it is read again from where the mark is. */
static Rc give_up(KafkaSource *s, Part *p)
{
    char partition[16];
    snprintf(partition, sizeof partition, "%d", p->partition);
    log_event(LOG_WARNING, "kafka_given_up", "topic", p->topic, "partition", partition, NULL);
    part_again(s, p, GIVEN_UP_MS);
    return RC_OK;
}

/* One message that is no part of a delivery: it is put aside with the reason, and what is behind it goes on. */
static Rc bury(KafkaSource *s, Part *p, const Buffer *frames, int64_t next, const Error *why, Error *err)
{
    char partition[16], offset[24];
    Mark m = mark_of(s, p, next, 1);
    Rc rc = message_bury(s->desk, &m, p->feed, frames, why, err);
    if (rc == RC_REJECT && moved(err))
        return give_up(s, p);
    if (rc)
        return rc;
    p->kept = p->next = next;
    count_refused("kafka", why);
    snprintf(partition, sizeof partition, "%d", p->partition);
    snprintf(offset, sizeof offset, "%" PRId64, next - 1);
    log_event(LOG_WARNING, "kafka_refused", "topic", p->topic, "partition", partition, "offset", offset, "code", why->code, NULL);
    return RC_OK;
}

static Opening opening(const Event *e)
{
    return (Opening){ .format = e->what == EVENT_DOCUMENT ? e->format : FORMAT_KAFKA, .inner = e->format, .form = PAYLOAD_WHOLE, .claim = e->claim,
                      .mapping = *e->mapping ? e->mapping : NULL };
}

/* Through the door, as one envelope. */
static Rc hand_in(KafkaSource *s, const Event *e, const char *bytes, size_t n, Mark *m, Instant first_byte, const Part *p, Error *err)
{
    Sender who;
    Door *door;
    Receipt receipt;
    char stream[ID_SIZE];
    Opening o = opening(e);
    if (sender_by_topic(s->desk, p->bin, &who, err) || door_open(s->desk, &who, &o, &door, err))
        return err->rc;
    m->expected = e->expected;
    Rc rc = *e->delivery && e->what != EVENT_DOCUMENT ? messages_open(s->desk, &who, &e->claim, e->delivery, m, stream, err) : RC_OK;
    Meta meta = { .source = "kafka", .first_byte = first_byte, .last_byte = clock_now(door_settings(s->g)->clock), .mark = m };
    rc = rc ? rc : door_payload(s->desk, door, bytes, n, err);
    rc = rc ? rc : door_keep(s->desk, door, &meta, &receipt, err);
    door_drop(s->desk, &door);
    return rc;
}

typedef struct { KafkaSource *s; Door *door[DOORS_TOGETHER]; Mark mark[DOORS_TOGETHER]; Meta meta[DOORS_TOGETHER]; } Run;

static void run_end(Run *r)
{
    for (int i = 0; i < DOORS_TOGETHER; i++)
        door_drop(r->s->desk, &r->door[i]);
}

static Rc run_open(Run *r, const Sender *who, const Part *p, int i, Error *err)
{
    const Batch *b = &p->batch;
    size_t from = i ? b->end[i - 1] : 0;
    Opening o = opening(&b->event);
    r->mark[i] = mark_of(r->s, p, b->next[i], 1);
    r->mark[i].first = i ? b->next[i - 1] : p->kept;
    r->meta[i] = (Meta){ .source = "kafka", .first_byte = b->first_byte, .last_byte = clock_now(door_settings(r->s->g)->clock), .mark = &r->mark[i] };
    return door_open(r->s->desk, who, &o, &r->door[i], err) || door_payload(r->s->desk, r->door[i], b->frames.at + from, b->end[i] - from, err) ? err->rc : RC_OK;
}

/* Each is an envelope of its own, all in one commit. */
static Rc hand_in_run(KafkaSource *s, const Part *p, Error *err)
{
    SCOPED(run_end) Run r = { .s = s };
    Sender who;
    if (sender_by_topic(s->desk, p->bin, &who, err))
        return err->rc;
    for (int i = 0; i < p->batch.messages; i++)
        if (run_open(&r, &who, p, i, err))
            return err->rc;
    return door_keep_run(s->desk, r.door, r.meta, (size_t)p->batch.messages, err);
}

/* Of messages that are deliveries of their own; each takes one of the places at the door. */
static int run_most(const KafkaSource *s)
{
    unsigned half = door_settings(s->g)->max_uploads / 2;
    return half > DOORS_TOGETHER ? DOORS_TOGETHER : half ? (int)half : 1;
}

Rc part_keep(KafkaSource *s, Part *p, Error *err)
{
    Batch *b = &p->batch;
    if (!b->messages)
        return RC_OK;
    Mark m = mark_of(s, p, p->next, b->messages);
    m.ids = b->ids.at;
    m.ids_len = b->ids.len;
    bool run = !*b->event.delivery && b->messages > 1;
    Rc rc = run ? hand_in_run(s, p, err) : hand_in(s, &b->event, b->frames.at, b->frames.len, &m, b->first_byte, p, err);
    if (rc == RC_REJECT && moved(err))
        return give_up(s, p);
    if (rc == RC_REJECT && b->messages == 1) {
        Error why = *err;
        rc = bury(s, p, &b->frames, p->next, &why, err);
    } else if (rc == RC_REJECT) {
        p->alone = p->next;             /* which of them it is will be seen when they come again one by one */
        part_again(s, p, 0);
        return RC_OK;
    }
    if (rc)
        return rc;
    if (p->state == PART_READS)
        p->kept = p->next;
    count_batch(b->messages);
    batch_drop(s, b);
    return RC_OK;
}

/* A document is kept as it is; the end of a delivery with all that is known of its message. */
static Rc take_whole(KafkaSource *s, Part *p, const Event *e, const Frame *f, const Buffer *frames, Error *err)
{
    bool end = e->what == EVENT_END;
    Mark m = mark_of(s, p, f->offset + 1, end ? 0 : 1);
    Rc rc = hand_in(s, e, end ? frames->at : f->value ? f->value : "", end ? frames->len : f->value_len, &m, clock_now(door_settings(s->g)->clock), p, err);
    if (rc == RC_REJECT && moved(err))
        return give_up(s, p);
    if (rc == RC_REJECT) {
        Error why = *err;
        return bury(s, p, frames, f->offset + 1, &why, err);
    }
    if (rc == RC_OK)
        p->kept = p->next = f->offset + 1;
    return rc;
}

/* One message as it is kept, until the next one. */
static const Buffer *frames_of(KafkaSource *s, const Part *p, const Frame *f)
{
    buffer_clear(&s->frame);
    frames_head(&s->frame, p->topic, p->partition);
    frame_write(&s->frame, f);
    return &s->frame;
}

/* It is told before the mark moves: who dies in between tells it again, which is told once. */
static Rc take_acknowledgement(KafkaSource *s, Part *p, const Frame *f, Error *err)
{
    Error why = {0};
    Mark m = mark_of(s, p, f->offset + 1, 1);
    Rc rc = acknowledgement_take(s, p, f, &why);
    if (rc == RC_REJECT)
        return bury(s, p, frames_of(s, p, f), f->offset + 1, &why, err);
    if (rc) {
        *err = why;
        return rc;
    }
    rc = message_pass(s->desk, &m, err);
    if (rc == RC_REJECT && moved(err))
        return give_up(s, p);
    if (rc == RC_OK)
        p->kept = p->next = f->offset + 1;
    return rc;
}

/* Or, of messages that are deliveries of their own, such as are kept together. */
static bool same_delivery(const Event *a, const Event *b)
{
    return strcmp(a->delivery, b->delivery) == 0 && a->format == b->format && strcmp(a->mapping, b->mapping) == 0 && memcmp(&a->claim, &b->claim, sizeof a->claim) == 0;
}

static void batch_begin(KafkaSource *s, Batch *b, const Part *p, const Event *e)
{
    b->event = *e;
    b->opened_ms = kafka_now_ms();
    b->first_byte = clock_now(door_settings(s->g)->clock);
    frames_head(&b->frames, p->topic, p->partition);
    s->held += b->frames.len;
}

static bool is_full(const KafkaSource *s, const Part *p)
{
    const Batch *b = &p->batch;
    return p->next <= p->alone || (!*b->event.delivery && b->messages >= run_most(s)) || b->messages >= (int)s->about->batch_messages || b->frames.len >= (size_t)s->about->batch_kb << 10 || s->held >= HELD_MOST;
}

static Rc take_record(KafkaSource *s, Part *p, const Event *e, const Frame *f, Error *err)
{
    Batch *b = &p->batch;
    if (b->messages && !same_delivery(&b->event, e) && part_keep(s, p, err))
        return err->rc;
    if (p->state != PART_READS)
        return RC_OK;
    if (!b->messages)
        batch_begin(s, b, p, e);
    size_t before = b->frames.len;
    if (!*e->delivery && b->messages)
        frames_head(&b->frames, p->topic, p->partition);
    frame_write(&b->frames, f);
    s->held += b->frames.len - before;
    if (*e->delivery) {
        buffer_add(&b->ids, e->id, sizeof e->id);
    } else {
        b->end[b->messages] = b->frames.len;
        b->next[b->messages] = f->offset + 1;
    }
    b->messages++;
    p->next = f->offset + 1;
    return is_full(s, p) ? part_keep(s, p, err) : RC_OK;
}

static void frame_of(KafkaSource *s, const rd_kafka_message_t *m, Frame *out)
{
    static const int times[] = { [RD_KAFKA_TIMESTAMP_NOT_AVAILABLE] = 0, [RD_KAFKA_TIMESTAMP_CREATE_TIME] = 1, [RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME] = 2 };
    rd_kafka_timestamp_type_t type;
    rd_kafka_headers_t *headers;
    const char *name;
    const void *value;
    size_t len;
    buffer_clear(&s->headers);
    bool any = rd_kafka_message_headers(m, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR;
    for (size_t i = 0; any && !rd_kafka_header_get_all(headers, i, &name, &value, &len); i++)
        frame_header(&s->headers, name, value, len);
    int64_t at = rd_kafka_message_timestamp(m, &type);
    *out = (Frame){ .offset = m->offset, .timestamp = at, .time = times[type], .headers = s->headers.at, .headers_len = s->headers.len,
                    .key = m->key, .key_len = m->key_len, .value = m->payload, .value_len = m->len };
}

Rc part_take(KafkaSource *s, Part *p, const rd_kafka_message_t *m, Error *err)
{
    Frame f;
    Event e;
    Error why = {0};
    if (m->offset < p->next)            /* of an assignment before this one */
        return RC_OK;
    s->fetched += m->len;
    if (s->fetched >= FETCH_ON) {
        s->fetched = 0;
        part_fetch_on(s, p);
    }
    frame_of(s, m, &f);
    if (part_acknowledges(p))
        return take_acknowledgement(s, p, &f, err);
    Rc rc = event_read(s, p, &f, &e, &why);
    if (!rc && e.what == EVENT_RECORD && f.headers_len + f.key_len + f.value_len > RECORD_MOST)
        rc = error_refuse(&why, "too_large", "16 MB", NULL, NULL);
    if (rc == RC_OK && e.what == EVENT_RECORD)
        return take_record(s, p, &e, &f, err);
    if (part_keep(s, p, err) || p->state != PART_READS)
        return err->rc;
    const Buffer *frames = frames_of(s, p, &f);
    return rc ? bury(s, p, frames, f.offset + 1, &why, err) : take_whole(s, p, &e, &f, frames, err);
}
