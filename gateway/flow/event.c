#include "gateway/flow/event.h"

static void attribute(Json *j, const char *name, const char *value)
{
    if (!value)
        return;
    json_key(j, name);
    json_text(j, value);
}

void event_json(const Event *e, Json *j)
{
    json_open(j, '{');
    attribute(j, "specversion", "1.0");
    attribute(j, "id", e->id);
    attribute(j, "source", e->source);
    attribute(j, "type", e->type);
    attribute(j, "subject", e->subject);
    attribute(j, "time", e->time);
    attribute(j, "datacontenttype", "application/json");
    attribute(j, "sequence", e->sequence);
    attribute(j, "nqsperiod", e->period);
    attribute(j, "nqssnapshot", e->snapshot);
    json_key(j, "data");
    json_raw(j, e->data, e->data_len);
    json_close(j, '}');
}

size_t events_batch(const Event *events, size_t n, size_t most, size_t bytes, Buffer *out)
{
    Json j = { .to = out };
    size_t i = 0;
    buffer_clear(out);
    json_open(&j, '[');
    for (; i < n && (i == 0 || (i < most && out->len + events[i].data_len < bytes)); i++)
        event_json(&events[i], &j);
    json_close(&j, ']');
    return i;
}
