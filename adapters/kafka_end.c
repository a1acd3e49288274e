#include "adapters/kafka_inside.h"
#include <stdlib.h>

enum { ASK_MS = 2000, WAKE_MS = 100 };

/* Behind the last message may stand what is none (the marks of a transaction, what compaction removed): then only the broker's word for the end tells. */
static bool reached(const Part *p) { return p->state == PART_READS && (p->kept >= p->ends || (!p->batch.messages && p->eof >= p->ends)); }

/* librdkafka 2.0 looks only once a second whether a full queue has room again; whatever is asked of the broker makes it look at once. Asked while there is more to fetch, the answer
   takes no time. */
void part_fetch_on(KafkaSource *s, const Part *p)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, p->topic, p->partition)->offset = RD_KAFKA_OFFSET_END;
    rd_kafka_offsets_for_times(s->rk, list, WAKE_MS);
    rd_kafka_topic_partition_list_destroy(list);
}

/* What is not asked for in time will be the next time. */
static void ask(KafkaSource *s, Instant now)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)s->n_parts);
    for (size_t i = 0; i < s->n_parts; i++)
        rd_kafka_topic_partition_list_add(list, s->parts[i]->topic, s->parts[i]->partition)->offset = RD_KAFKA_OFFSET_END;
    if (!rd_kafka_offsets_for_times(s->rk, list, ASK_MS))
        for (int i = 0; i < list->cnt; i++) {
            const rd_kafka_topic_partition_t *e = &list->elems[i];
            Part *p = e->err || e->offset < 0 ? NULL : part_find(s, e->topic, e->partition);
            if (p) {
                p->ends = e->offset;
                p->asked = now;
            }
        }
    rd_kafka_topic_partition_list_destroy(list);
}

static void look(KafkaSource *s, MarkRead *at)
{
    for (size_t i = 0; i < s->n_parts; i++) {
        const Part *p = s->parts[i];
        at[i].topic = p->topic;
        at[i].partition = p->partition;
        at[i].ends = p->ends;
        at[i].read = p->asked && reached(p) ? p->asked : at[i].read;
    }
}

Rc parts_ends(KafkaSource *s, Error *err)
{
    if (!s->n_parts || !*s->cluster)
        return RC_OK;
    MarkRead *at = calloc(s->n_parts, sizeof *at);
    if (!at)
        abort();
    look(s, at);                        /* up to where they ended the last time; one that is written to all the time is never read up to now */
    ask(s, clock_now(door_settings(s->g)->clock));
    look(s, at);
    Rc rc = partitions_read(s->desk, s->cluster, at, s->n_parts, err);
    free(at);
    return rc;
}
