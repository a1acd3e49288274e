#include "adapters/kafka_inside.h"
#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define STRUCTURED "application/cloudevents+json"
#define TYPE_BEGIN "kz.nqs."
#define HEADER_BEGIN "ce_"

/* Where the attributes of a CloudEvent stand: in headers "ce_…" (binary mode), or in the value (structured mode; json then is the value). */
typedef struct { const Frame *f; const cJSON *json; } Attributes;

static void json_free(cJSON **json) { cJSON_Delete(*json); }

static Rc too_long(const char *name, Error *err) { return error_refuse(err, "bad_parameter", name, NULL, NULL); }

/* "" where it is not given. */
static Rc attribute(const Attributes *a, const char *name, char *out, size_t size, Error *err)
{
    size_t len = 0;
    const char *value = a->json ? cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(a->json, name)) : frame_header_find(a->f, HEADER_BEGIN, name, &len);
    if (a->json && value)
        len = strlen(value);
    if (len >= size || (value && memchr(value, '\0', len)))
        return too_long(name, err);
    memcpy(out, value ? value : "", len);       /* for every attribute of every message: no printf here */
    out[len] = '\0';
    return RC_OK;
}

static Rc agrees(const Attributes *a, const char *name, const char *topic, Error *err)
{
    char says[FEED_SIZE];
    if (attribute(a, name, says, sizeof says, err))
        return err->rc;
    return !*says || strcmp(says, topic) == 0 ? RC_OK : error_refuse(err, "topic_disagrees", name, says, topic);
}

/* "kz.nqs.<feed>.record": *what becomes its last part, "" without a type. */
static Rc type_read(const Attributes *a, const Part *p, char *what, size_t size, Error *err)
{
    static const size_t begin = sizeof TYPE_BEGIN - 1;
    char type[FEED_SIZE + 64];
    *what = '\0';
    if (attribute(a, "type", type, sizeof type, err) || !*type)
        return err->rc;
    char *dot = strrchr(type, '.');
    if (strncmp(type, TYPE_BEGIN, begin) != 0 || dot < type + begin)
        return error_refuse(err, "event_unknown", type, NULL, NULL);
    *dot = '\0';
    snprintf(what, size, "%s", dot + 1);
    return strcmp(type + begin, p->feed) == 0 ? RC_OK : error_refuse(err, "topic_disagrees", "type", type + begin, p->feed);
}

/* The reader of frames goes by the same rule (schemas/reader_kafka.c). */
static Format value_format(const Frame *f)
{
    size_t len = 0;
    const char *type = frame_header_find(f, "", "content-type", &len), *end = type ? memchr(type, ';', len) : NULL;
    len = end ? (size_t)(end - type) : len;
    return len >= 4 && (strncasecmp(type + len - 4, "/xml", 4) == 0 || strncasecmp(type + len - 4, "+xml", 4) == 0) ? FORMAT_XML : FORMAT_JSON;
}

static Rc record_judge(Event *e, const Frame *f, Error *err)
{
    e->what = EVENT_RECORD;
    e->format = value_format(f);
    if (!*e->claim.period)
        return error_refuse(err, "period_missing", NULL, NULL, NULL);
    if (!*e->delivery && !*e->claim.kind)
        snprintf(e->claim.kind, sizeof e->claim.kind, "changes");
    if (!*e->claim.kind)
        return error_refuse(err, "kind_missing", NULL, NULL, NULL);
    bool alone = !*e->delivery && strcmp(e->claim.kind, "changes") != 0;
    return alone ? error_refuse(err, "bad_kind", e->claim.kind, "changes", NULL) : RC_OK;
}

/* A whole delivery in one message: it may say itself what it is about. */
static Rc document_judge(Event *e, const Frame *f, Error *err)
{
    char type[128] = "application/json";
    size_t len;
    const char *said = frame_header_find(f, "", "content-type", &len);
    e->what = EVENT_DOCUMENT;
    if (said)
        snprintf(type, sizeof type, "%.*s", (int)(len < sizeof type ? len : sizeof type - 1), said);
    return format_by_media(type, &e->format) ? RC_OK : error_refuse(err, "event_unknown", type, NULL, NULL);
}

/* Only what says how many there are can end a delivery. */
static Rc end_judge(Event *e, const Frame *f, Error *err)
{
    SCOPED(json_free) cJSON *json = f->value ? cJSON_ParseWithLength(f->value, f->value_len) : NULL;
    const cJSON *records = cJSON_GetObjectItemCaseSensitive(json, "records");
    e->what = EVENT_END;
    if (!*e->delivery || !*e->claim.period || !*e->claim.kind)
        return error_refuse(err, !*e->delivery ? "bad_parameter" : !*e->claim.period ? "period_missing" : "kind_missing", "nqsdelivery", NULL, NULL);
    if (!cJSON_IsNumber(records) || records->valuedouble < 0 || records->valuedouble > 1e15)
        return error_refuse(err, "bad_parameter", "records", NULL, NULL);
    e->expected = (int64_t)records->valuedouble;
    return RC_OK;
}

/* A few bytes of a hash: only how many different ones there are will be asked. Without source and id each message is an event of its own. */
static Rc id_read(Digest *d, const Attributes *a, const Part *p, Event *e, Error *err)
{
    char source[512], id[512], place[300];
    unsigned char hash[DIGEST_SIZE];
    if (attribute(a, "source", source, sizeof source, err) || attribute(a, "id", id, sizeof id, err))
        return err->rc;
    digest_begin(d);
    if (*id) {
        digest_add(d, source, strlen(source));
        digest_add(d, "\n", 1);
        digest_add(d, id, strlen(id));
    } else {
        int n = snprintf(place, sizeof place, "%s %d %lld", p->topic, p->partition, (long long)a->f->offset);
        digest_add(d, place, (size_t)n);
    }
    digest_last(d, hash);
    memcpy(e->id, hash, sizeof e->id);
    return RC_OK;
}

static Rc what_read(const Attributes *a, const Part *p, Event *e, Error *err)
{
    char what[64];
    if (type_read(a, p, what, sizeof what, err))
        return err->rc;
    if (strcmp(what, "record") == 0 || (!*what && *e->delivery))
        return record_judge(e, a->f, err);
    if (strcmp(what, FRAME_END) == 0)
        return end_judge(e, a->f, err);
    return !*what || strcmp(what, "delivery") == 0 ? document_judge(e, a->f, err) : error_refuse(err, "event_unknown", what, NULL, NULL);
}

Rc event_read(const KafkaSource *s, const Part *p, const Frame *f, Event *out, Error *err)
{
    SCOPED(json_free) cJSON *json = NULL;
    size_t len;
    const char *type = frame_header_find(f, "", "content-type", &len);
    bool structured = type && len >= sizeof STRUCTURED - 1 && strncasecmp(type, STRUCTURED, sizeof STRUCTURED - 1) == 0;
    if (structured && f->value)
        json = cJSON_ParseWithLength(f->value, f->value_len);
    const Attributes a = { f, json };
    Event e = { .expected = ENDLESS };
    snprintf(e.claim.feed, sizeof e.claim.feed, "%s", p->feed);
    err->rc = RC_OK;
    if (agrees(&a, "nqsparty", p->bin, err) || agrees(&a, "nqsfeed", p->feed, err)
        || attribute(&a, "nqsmapping", e.mapping, sizeof e.mapping, err)
        || attribute(&a, "nqsdelivery", e.delivery, sizeof e.delivery, err)
        || attribute(&a, "nqsperiod", e.claim.period, sizeof e.claim.period, err)
        || attribute(&a, "nqskind", e.claim.kind, sizeof e.claim.kind, err)
        || what_read(&a, p, &e, err) || (e.what == EVENT_RECORD && *e.delivery && id_read(s->digest, &a, p, &e, err)))
        return err->rc;
    *out = e;
    return RC_OK;
}
