#include "adapters/kafka_inside.h"
#include "gateway/flow/query.h"
#include <cjson/cJSON.h>
#include <string.h>

static void json_free(cJSON **json) { cJSON_Delete(*json); }

bool part_acknowledges(const Part *p) { return strcmp(p->feed, "acknowledgements") == 0; }

/* Of an event in structured mode what it holds, else the value itself. */
static const cJSON *data_of(const cJSON *json)
{
    return cJSON_HasObjectItem(json, "specversion") ? cJSON_GetObjectItemCaseSensitive(json, "data") : json;
}

Rc acknowledgement_take(KafkaSource *s, const Part *p, const Frame *f, Error *err)
{
    SCOPED(json_free) cJSON *json = f->value ? cJSON_ParseWithLength(f->value, f->value_len) : NULL;
    SCOPED(buffer_free) Buffer answer = {0};
    const cJSON *data = data_of(json), *records = cJSON_GetObjectItemCaseSensitive(data, "records");
    const char *delivery = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(data, "delivery"));
    Sender who;
    if (!cJSON_IsNumber(records) || records->valuedouble < 0 || records->valuedouble > 1e15 || !delivery)
        return error_refuse(err, "bad_parameter", delivery ? "records" : "delivery", NULL, NULL);
    if (sender_by_topic(s->desk, p->bin, &who, err))
        return err->rc;
    Asker asker = { &who, "en", "kafka" };
    return report_handed_over(s->desk, &asker, delivery, (int64_t)records->valuedouble, NULL, &answer, err);
}
