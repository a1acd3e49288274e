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
    json_key(&l->json, "topic"), json_text(&l->json, p->topic);
    json_key(&l->json, "partition"), json_number(&l->json, p->partition);
    json_key(&l->json, "next"), json_number(&l->json, p->next);
    if (known) {
        json_key(&l->json, "beginning"), json_number(&l->json, low);
        json_key(&l->json, "end"), json_number(&l->json, high);
        json_key(&l->json, "lag"), json_number(&l->json, high > p->next ? high - p->next : 0);
    }
    json_key(&l->json, "trouble"), json_text(&l->json, p->trouble);
    json_key(&l->json, "since"), json_text(&l->json, p->since);
    json_key(&l->json, "cluster"), json_text(&l->json, p->cluster);
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
