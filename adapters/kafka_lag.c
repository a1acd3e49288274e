#include "adapters/kafka_inside.h"

enum { ASK_MS = 3000 };

typedef struct { KafkaSource *s; Json json; bool away; } Listing;

/* A broker that does not answer once is not asked again: the marks are known without it. */
static Rc partition_list(void *listing, const Partition *p, Error *err)
{
    Listing *l = listing;
    int64_t low = 0, high = 0;
    bool known = !l->away && !rd_kafka_query_watermark_offsets(l->s->rk, p->topic, p->partition, &low, &high, ASK_MS);
    (void)err;
    l->away = !known;
    json_open(&l->json, '{');
    json_put_text(&l->json, "topic", p->topic);
    json_put_number(&l->json, "partition", p->partition);
    json_put_number(&l->json, "next", p->next);
    if (known) {
        json_put_number(&l->json, "beginning", low);
        json_put_number(&l->json, "end", high);
        json_put_number(&l->json, "lag", high > p->next ? high - p->next : 0);
    }
    json_put_text(&l->json, "trouble", p->trouble);
    json_put_text(&l->json, "since", p->since);
    json_put_text(&l->json, "cluster", p->cluster);
    json_close(&l->json, '}');
    return RC_OK;
}

Rc kafka_partitions(const Gateway *g, Desk *d, Buffer *json, Error *err)
{
    SCOPED(kafka_source_free) KafkaSource *s = kafka_settings(g) ? kafka_source_new(g) : NULL;
    Listing l = { .s = s, .json = { .to = json }, .away = !s };
    if (s && kafka_connect(s, err))
        return err->rc;
    json_open(&l.json, '[');
    if (partitions_each(d, partition_list, &l, err))
        return err->rc;
    json_close(&l.json, ']');
    return RC_OK;
}
