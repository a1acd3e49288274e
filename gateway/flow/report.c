#include "gateway/flow/query_access.h"
#include "gateway/law/almaty.h"
#include "persistence/events.h"
#include "schemas/obligations.h"
#include "transforms/convert.h"
#include <stdio.h>
#include <string.h>

enum { TEXT_MOST = 1000, SUBJECT_MOST = 100 };

/* A party reports of itself; these of anybody. */
static bool of_anybody(const Sender *who) { return sees_all(who) || sender_has_role(who, "authorised-body"); }

static Rc wrong(const char *name, Error *err) { return error_refuse(err, "bad_parameter", name, NULL, NULL); }

static bool too_long(const char *s, size_t most) { return s && strlen(s) > most; }

static Rc moments_take(const Gateway *g, const EventSaid *said, EventRow *out, Error *err)
{
    bool zoned;
    Instant now = clock_now(&g->clock);
    if (!said->day || !civil_read(said->day, &out->day))
        return wrong("day", err);
    out->at = almaty_at(g->zone, out->day, 0);
    if (said->at && (!instant_read(said->at, &out->at, &zoned) || !zoned || almaty_day(g->zone, out->at) != out->day))
        return wrong("at", err);
    return out->at <= now ? RC_OK : wrong(said->at ? "at" : "day", err);        /* what is still to come has not happened */
}

static Rc whom_take(Desk *d, const Asker *a, const EventSaid *said, EventRow *out, Error *err)
{
    if (said->party && party_id(d->db, said->party, &out->party, err))
        return err->rc;
    if (!of_anybody(a->who) && out->party != a->who->party)
        return error_refuse(err, "forbidden", said->type, NULL, NULL);
    return RC_OK;
}

/* Those of support requests come with what is done to these. */
bool event_may_be_told(const char *type) { return event_type_known(type) && strncmp(type, EVENT_SUPPORT, strlen(EVENT_SUPPORT)) != 0; }

/* A person is a reference here, and never a number by which anybody else would know who that is. */
static Rc texts_take(const EventSaid *said, EventRow *out, Error *err)
{
    Period p;
    if (!said->type || !event_may_be_told(said->type))
        return wrong("type", err);
    if (said->subject && (too_long(said->subject, SUBJECT_MOST) || (strlen(said->subject) == 12 && iin_or_bin_valid(said->subject))))
        return wrong("subject", err);
    if (said->period && !period_read(said->period, &p))
        return wrong("period", err);
    if (too_long(said->ground, TEXT_MOST))
        return wrong("ground", err);
    if (too_long(said->message_id, MESSAGE_ID_SIZE - 1))
        return wrong("message_id", err);
    out->type = said->type;
    out->subject = said->subject;
    out->period = said->period;
    out->ground = said->ground;
    out->message_id = said->message_id;
    return RC_OK;
}

static void answer_put(const char *id, bool repeat, const char *warning, Buffer *json)
{
    Json j = { .to = json };
    json_open(&j, '{');
    json_put_text(&j, "event", id);
    json_key(&j, "repeat"), json_bool(&j, repeat);
    if (warning)
        json_put_text(&j, "warning", warning);
    json_close(&j, '}');
}

/* Its moment is asked for when no verdict can overlook it any more. */
static Rc keep(Desk *d, EventRow *e, char id[ID_SIZE], bool *repeat, Error *err)
{
    SCOPED(tx_end) Tx tx = {0};
    if (tx_begin(&tx, d->db, err) || event_begin(d->db, err))
        return err->rc;
    Instant now = clock_now(&d->g->clock);
    if (!e->at) {
        e->at = now;
        e->day = almaty_day(d->g->zone, now);
    }
    return event_write(d->db, e, now, id, repeat, err) || tx_commit(&tx, err) ? err->rc : RC_OK;
}

Rc report_event(Desk *d, const Asker *a, const EventSaid *said, Buffer *json, Error *err)
{
    SCOPED(arena_free) Arena *arena = arena_new();
    EventRow e = { .records = -1 };
    char id[ID_SIZE];
    bool repeat;
    if (!a->who->party)
        return error_refuse(err, "unauthorised", NULL, NULL, NULL);
    e.reported_by = reporter(a, arena);
    if (texts_take(said, &e, err) || moments_take(d->g, said, &e, err) || whom_take(d, a, said, &e, err) || keep(d, &e, id, &repeat, err))
        return err->rc;
    answer_put(id, repeat, NULL, json);
    return RC_OK;
}

Rc report_handed_over(Desk *d, const Asker *a, const char *delivery, int64_t records, const char *message_id, Buffer *json, Error *err)
{
    SCOPED(arena_free) Arena *arena = arena_new();
    Handed h;
    char id[ID_SIZE];
    bool repeat;
    if (!a->who->party)
        return error_refuse(err, "unauthorised", NULL, NULL, NULL);
    if (!sender_has_role(a->who, "administrator"))
        return error_refuse(err, "forbidden", EVENT_HANDED_OVER, NULL, NULL);
    if (!delivery || records < 0 || too_long(message_id, MESSAGE_ID_SIZE - 1))
        return wrong(!delivery ? "delivery" : records < 0 ? "records" : "message_id", err);
    if (event_delivery(d->db, delivery, arena, &h, err))
        return err->rc;
    EventRow e = { .type = EVENT_HANDED_OVER, .period = h.period, .delivery = delivery, .records = records, .reported_by = reporter(a, arena),
                   .message_id = message_id ? message_id : arena_printf(arena, "handed-over %s", delivery) };
    if (keep(d, &e, id, &repeat, err))
        return err->rc;
    answer_put(id, repeat, records == h.records ? NULL : arena_printf(arena, "the delivery has %lld records that were taken", (long long)h.records), json);
    return RC_OK;
}

Rc query_events(Desk *d, const Asker *a, const char *type, unsigned limit, Buffer *json, Error *err)
{
    SCOPED(arena_free) Arena *arena = arena_new();
    const char *list;
    Page page = { NULL, limit };
    if (!a->who->party)
        return error_refuse(err, "unauthorised", NULL, NULL, NULL);
    if (type && !event_type_known(type) && strcmp(type, EVENT_HANDED_OVER) != 0)
        return wrong("type", err);
    if (events_list(d->db, of_anybody(a->who) ? 0 : a->who->party, type, page_limit(&page), arena, &list, err))
        return err->rc;
    buffer_print(json, "{\"events\":%s}", list);
    return RC_OK;
}
