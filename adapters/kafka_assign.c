#include "adapters/kafka_inside.h"
#include "gateway/base/log.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ASK_MS = 10 * 1000, STOPPED_MS = 3000 };

typedef rd_kafka_topic_partition_list_t Partitions;

static void partitions_free(Partitions **p)
{
    if (*p)
        rd_kafka_topic_partition_list_destroy(*p);
}

/* ….<BIN>.<feed>: what does not fit stays empty and will be nobody's. */
static void topic_read(Part *p)
{
    const char *dot = strrchr(p->topic, '.'), *before = dot ? memrchr(p->topic, '.', (size_t)(dot - p->topic)) : NULL;
    if (!before || dot - before != BIN_SIZE || strlen(dot + 1) >= FEED_SIZE)
        return;
    snprintf(p->bin, sizeof p->bin, "%.*s", BIN_SIZE - 1, before + 1);
    snprintf(p->feed, sizeof p->feed, "%s", dot + 1);
}

static Part *part_new(const char *topic, int partition)
{
    Part *p = calloc(1, sizeof *p);
    if (!p)
        abort();
    snprintf(p->topic, sizeof p->topic, "%s", topic);
    p->partition = partition;
    p->eof = -1;
    topic_read(p);
    return p;
}

void parts_given(KafkaSource *s, const Partitions *list)
{
    char *cluster = rd_kafka_clusterid(s->rk, ASK_MS);
    snprintf(s->cluster, sizeof s->cluster, "%s", cluster ? cluster : "");
    if (cluster)
        rd_kafka_mem_free(s->rk, cluster);
    s->parts = calloc((size_t)list->cnt + 1, sizeof *s->parts);
    if (!s->parts)
        abort();
    for (int i = 0; i < list->cnt; i++)
        s->parts[s->n_parts++] = part_new(list->elems[i].topic, list->elems[i].partition);
}

void parts_taken(KafkaSource *s)
{
    for (size_t i = 0; i < s->n_parts; i++) {
        batch_drop(s, &s->parts[i]->batch);
        free(s->parts[i]);
    }
    free(s->parts);
    s->parts = NULL;
    s->n_parts = s->last = 0;
}

static bool part_is(const Part *p, const char *topic, int partition) { return p->partition == partition && strcmp(p->topic, topic) == 0; }

Part *part_find(KafkaSource *s, const char *topic, int partition)
{
    if (s->last < s->n_parts && part_is(s->parts[s->last], topic, partition))
        return s->parts[s->last];
    for (size_t i = 0; i < s->n_parts; i++)
        if (part_is(s->parts[i], topic, partition)) {
            s->last = i;
            return s->parts[i];
        }
    return NULL;
}

void part_again(KafkaSource *s, Part *p, int64_t ms)
{
    batch_drop(s, &p->batch);
    p->eof = -1;
    p->state = PART_WAITS;
    p->until_ms = kafka_now_ms() + ms;
}

/* librdkafka ends the process (an assertion) where an assignment changes before it has heard that the partitions of the one before it stopped. Its thread takes what it is told in order: an answer
   to a first question says that they were told to stop, one to a second that it has heard of their end. */
rd_kafka_resp_err_t partitions_assign(rd_kafka_t *rk, const Partitions *list)
{
    rd_kafka_resp_err_t e = rd_kafka_assign(rk, list);
    for (int i = 0; i < 2; i++) {
        SCOPED(partitions_free) Partitions *now = NULL;
        (void)!rd_kafka_assignment(rk, &now);
    }
    return e;
}

/* What may be read, each from where we are with it; the others are ours all the same, but nothing of them is fetched. */
static Rc read_on(KafkaSource *s, Error *err)
{
    SCOPED(partitions_free) Partitions *list = rd_kafka_topic_partition_list_new((int)s->n_parts);
    for (size_t i = 0; i < s->n_parts; i++)
        if (s->parts[i]->state == PART_READS)
            rd_kafka_topic_partition_list_add(list, s->parts[i]->topic, s->parts[i]->partition)->offset = s->parts[i]->next;
    rd_kafka_resp_err_t e = partitions_assign(s->rk, list);
    return e ? error_set(err, RC_RETRY, "partitions cannot be read: %s", rd_kafka_err2str(e)) : RC_OK;
}

void parts_again(KafkaSource *s)
{
    for (size_t i = 0; i < s->n_parts; i++)
        if (s->parts[i]->state == PART_READS)
            part_again(s, s->parts[i], 0);
    Error late;
    if (s->rk && read_on(s, &late))
        log_event(LOG_WARNING, "kafka_waits", "error", late.text, NULL);
}

static Mark mark_of(const KafkaSource *s, const Part *p) { return (Mark){ .cluster = s->cluster, .topic = p->topic, .partition = p->partition, .first = p->kept }; }

static void stopped(Part *p, const char *why)
{
    char partition[16];
    snprintf(partition, sizeof partition, "%d", p->partition);
    if (p->state != PART_STOPPED)
        log_event(LOG_ERROR, "kafka_stopped", "topic", p->topic, "partition", partition, "why", why, NULL);
    p->state = PART_STOPPED;
    p->until_ms = kafka_now_ms() + STOPPED_MS;
}

Rc part_stop(KafkaSource *s, Part *p, const char *why, Error *err)
{
    Mark m = mark_of(s, p);
    batch_drop(s, &p->batch);
    if (partition_stop(s->desk, &m, why, err))
        return err->rc;
    stopped(p, why);
    return read_on(s, err);
}

/* Nothing of it was ever read: its beginning is where it begins now. */
static Rc begin(KafkaSource *s, const Part *p, const Mark *m, int64_t *next, char *trouble, Error *err)
{
    int64_t low, high;
    rd_kafka_resp_err_t e = rd_kafka_query_watermark_offsets(s->rk, p->topic, p->partition, &low, &high, ASK_MS);
    if (e)
        return error_set(err, RC_RETRY, "where %s [%d] begins is not known: %s", p->topic, p->partition, rd_kafka_err2str(e));
    return partition_mark(s->desk, m, &low, next, trouble, err);
}

static Rc part_place(KafkaSource *s, Part *p, Error *err)
{
    char trouble[TROUBLE_SIZE];
    int64_t next;
    Mark m = mark_of(s, p);
    Rc rc = partition_mark(s->desk, &m, NULL, &next, trouble, err);
    if (rc == RC_END)
        rc = begin(s, p, &m, &next, trouble, err);
    if (rc)
        return rc;
    if (*trouble) {
        stopped(p, trouble);
        return RC_OK;
    }
    p->kept = p->next = next;
    p->state = PART_READS;
    return RC_OK;
}

Rc parts_place(KafkaSource *s, Error *err)
{
    int64_t now = kafka_now_ms();
    bool changed = false;
    Rc rc = *s->cluster || !s->n_parts ? RC_OK : error_set(err, RC_RETRY, "the cluster has not said its id");
    for (size_t i = 0; i < s->n_parts && !rc; i++) {
        Part *p = s->parts[i];
        if (p->state == PART_READS || p->until_ms > now)
            continue;
        PartState before = p->state;
        rc = part_place(s, p, err);
        changed = changed || p->state != before;
    }
    if (!changed)
        return rc;
    Error late;
    return read_on(s, rc ? &late : err) || rc ? err->rc : RC_OK;
}

void parts_show(KafkaSource *s)
{
    SCOPED(partitions_free) Partitions *list = rd_kafka_topic_partition_list_new((int)s->n_parts);
    for (size_t i = 0; i < s->n_parts; i++) {
        Part *p = s->parts[i];
        if (p->state == PART_READS && p->kept != p->shown)
            rd_kafka_topic_partition_list_add(list, p->topic, p->partition)->offset = p->shown = p->kept;
    }
    if (list->cnt)
        rd_kafka_commit(s->rk, list, 1);
}
