#include "adapters/rest_inside.h"
#include <stdlib.h>
#include <string.h>

static void report_end(void *state, Desk *d)
{
    Report *r = state;
    (void)d;
    if (r->room)
        atomic_fetch_add(r->room, 1);
    buffer_free(&r->body);
    free(r);
}

static void too_large(const Report *r, Error *err) { error_refuse(err, "too_large", r->most == BODY_SMALL ? "64 KB" : "15 MB", NULL, NULL); }

Report *report_start(Exchange *x, Desk *d)
{
    Error err = {0};
    Report *r = calloc(1, sizeof *r);
    if (!r)
        abort();
    exchange_keep(x, r, report_end);
    r->most = BODY_SMALL;
    if (!rest_sender(x, d, &r->who, &err) && !r->who.party)
        error_refuse(&err, "unauthorised", NULL, NULL, NULL);
    if (err.rc)
        rest_refuse(x, &err);
    return err.rc ? NULL : r;
}

void report_begin(Exchange *x, Desk *d)
{
    Error err = {0};
    Report *r = report_start(x, d);
    if (!r || exchange_length(x) <= r->most)
        return;
    too_large(r, &err);
    rest_refuse(x, &err);
}

void report_body(Exchange *x, Desk *d, const char *bytes, size_t n)
{
    Error err = {0};
    Report *r = exchange_state(x);
    (void)d;
    if (r->body.len + n > r->most) {
        too_large(r, &err);
        rest_refuse(x, &err);
        return;
    }
    buffer_add(&r->body, bytes, n);
    exchange_holds(x, r->body.len);
}

static void json_end(cJSON **j) { cJSON_Delete(*j); }

/* The guard of the door sees to UTF-8, NUL and form; what it leaves is a member named twice, which is then the first. */
static Rc body_parse(Report *r, cJSON **out, Error *err)
{
    SCOPED(guard_free) Guard *g = guard_new(FORMAT_JSON, false, NULL, NULL);
    if (guard_feed(g, r->body.len ? r->body.at : "", r->body.len, err) || guard_end(g, err))
        return err->rc;
    *out = cJSON_ParseWithLength(r->body.at, r->body.len);
    buffer_free(&r->body);                             /* may be large */
    return cJSON_IsObject(*out) ? RC_OK : error_refuse(err, "bad_parameter", "body", NULL, NULL);
}

Rc members_take(const cJSON *json, const Member *members, Error *err)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, json) {
        const Member *m = members;
        while (m->name && strcmp(m->name, item->string) != 0)
            m++;
        if (!m->name || (m->text ? !cJSON_IsString(item) && !cJSON_IsNull(item) : !cJSON_IsNumber(item) || item->valuedouble != (double)(int64_t)item->valuedouble || item->valuedouble < 0))
            return error_refuse(err, "bad_parameter", m->name ? m->name : "body", NULL, NULL);
        if (m->text)
            *m->text = cJSON_IsString(item) && *item->valuestring ? item->valuestring : NULL;
        else
            *m->number = (int64_t)item->valuedouble;
    }
    return RC_OK;
}

void report_with(Exchange *x, Desk *d, ReportTake *take)
{
    Error err = {0};
    Report *r = exchange_state(x);
    SCOPED(json_end) cJSON *json = NULL;
    SCOPED(buffer_free) Buffer out = {0};
    Asker a = { &r->who, exchange_lang(x), "rest" };
    const char *key;
    if (idempotency_key(x, &key, &err) || body_parse(r, &json, &err) || take(x, d, &a, json, key, &out, &err))
        rest_refuse(x, &err);
    else
        answer_with(x, 200, "application/json", &out);
}

static Rc take_event(Exchange *x, Desk *d, const Asker *a, const cJSON *json, const char *message_id, Buffer *out, Error *err)
{
    (void)x;
    EventSaid said = { .message_id = message_id };
    const Member members[] = {
        { &said.type, NULL, "type" }, { &said.party, NULL, "party" }, { &said.subject, NULL, "subject" }, { &said.day, NULL, "day" }, { &said.at, NULL, "at" }, { &said.period, NULL, "period" },
        { &said.ground, NULL, "ground" }, { &said.message_id, NULL, "message_id" }, { NULL, NULL, NULL },
    };
    return members_take(json, members, err) || report_event(d, a, &said, out, err) ? err->rc : RC_OK;
}

static Rc take_acknowledgement(Exchange *x, Desk *d, const Asker *a, const cJSON *json, const char *message_id, Buffer *out, Error *err)
{
    (void)x;
    const char *delivery = NULL;
    int64_t records = -1;
    const Member members[] = { { &delivery, NULL, "delivery" }, { NULL, &records, "records" }, { &message_id, NULL, "message_id" }, { NULL, NULL, NULL } };
    return members_take(json, members, err) || report_handed_over(d, a, delivery, records, message_id, out, err) ? err->rc : RC_OK;
}

void report_event_end(Exchange *x, Desk *d) { report_with(x, d, take_event); }
void report_acknowledgement_end(Exchange *x, Desk *d) { report_with(x, d, take_acknowledgement); }
