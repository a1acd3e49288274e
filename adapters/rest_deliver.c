#include "adapters/rest_inside.h"
#include "gateway/model/format.h"
#include "gateway/model/metrics.h"
#include <stdlib.h>
#include <string.h>

typedef struct {
    Sender      who;
    Door       *door;
    const char *message_id, *digest;       /* as the sender gave them */
    Receipt     receipt;
} Deliver;

static Format format_of(const Exchange *x)
{
    const char *type = exchange_header(x, "Content-Type");
    Format f = FORMAT_XML;                  /* the server let no unknown type through */
    return type && format_by_media(type, &f) ? f : FORMAT_XML;
}

static void deliver_drop(void *state, Desk *d)
{
    Deliver *r = state;
    door_drop(d, &r->door);
    free(r);
}

static void refuse(Exchange *x, Desk *d, const Error *why)
{
    const Deliver *r = exchange_state(x);
    count_refused("rest", why);
    door_turned_away(exchange_gateway(x), &r->who, r->door, exchange_query(x, "feed"), why);
    if (why->rc == RC_REJECT || why->code[0])
        door_refused(d, r->who.party ? &r->who : NULL, "rest", why);
    rest_refuse(x, why);
}

/* By the server, on its own: it has no room to unpack what comes, say. */
void deliver_refuse(Exchange *x, const Error *why)
{
    const Deliver *r = exchange_state(x);
    if (r)
        door_turned_away(exchange_gateway(x), &r->who, r->door, exchange_query(x, "feed"), why);
    rest_refuse(x, why);
}

static Rc claim_word(const Exchange *x, const char *name, char *to, size_t size, Error *err)
{
    const char *value = exchange_query(x, name);
    if (!value)
        return RC_OK;
    if (strlen(value) >= size)
        return error_refuse(err, "bad_parameter", name, NULL, NULL);
    memcpy(to, value, strlen(value) + 1);
    return RC_OK;
}

static Rc claim_read(const Exchange *x, Claim *c, Error *err)
{
    if (claim_word(x, "feed", c->feed, sizeof c->feed, err) || claim_word(x, "period", c->period, sizeof c->period, err))
        return err->rc;
    return claim_word(x, "kind", c->kind, sizeof c->kind, err);
}

static Rc begin(Exchange *x, Desk *d, Deliver *r, Error *err)
{
    Opening o = { .format = format_of(x), .form = PAYLOAD_WHOLE, .mapping = exchange_query(x, "mapping"), .file_name = exchange_query(x, "file"),
                  .declared_length = exchange_length(x) };
    if (!r->who.party)
        return error_refuse(err, "unauthorised", NULL, NULL, NULL);
    if (idempotency_key(x, &r->message_id, err) || content_digest(x, &r->digest, err) || claim_read(x, &o.claim, err))
        return err->rc;
    return door_open(d, &r->who, &o, &r->door, err);
}

void deliver_begin(Exchange *x, Desk *d)
{
    Error err = {0};
    Deliver *r = calloc(1, sizeof *r);
    if (!r)
        abort();
    exchange_keep(x, r, deliver_drop);
    if (rest_sender(x, d, &r->who, &err)) {
        count_refused("rest", &err);
        rest_refuse(x, &err);               /* the audit has it already */
    } else if (begin(x, d, r, &err))
        refuse(x, d, &err);
}

void deliver_body(Exchange *x, Desk *d, const char *bytes, size_t n)
{
    Error err = {0};
    Deliver *r = exchange_state(x);
    if (door_payload(d, r->door, bytes, n, &err))
        refuse(x, d, &err);
}

static Rc keep(Exchange *x, Desk *d, Deliver *r, Error *err)
{
    unsigned char sent[DIGEST_SIZE];
    bool known = exchange_digest(x, sent);
    if (r->digest && known && !digest_equals(sent, r->digest))
        return error_refuse(err, "digest_mismatch", NULL, NULL, NULL);
    Meta m = { .source = "rest", .message_id = r->message_id, .reply_to = "{\"transport\":\"rest\"}", .first_byte = exchange_first_byte(x),
               .last_byte = exchange_last_byte(x), .digest_sent = known ? sent : NULL };
    return door_keep(d, r->door, &m, &r->receipt, err);
}

static void answer(Exchange *x, Desk *d, const Deliver *r, bool done)
{
    Error err = {0};
    SCOPED(buffer_free) Buffer protocol = {0};
    Buffer body = {0};
    Asker asker = { &r->who, exchange_lang(x), "rest" };
    done = done && !query_delivery(d, &asker, r->receipt.id, &protocol, &err);     /* the receipt must go out whatever else fails */
    Json j = { .to = &body };
    json_open(&j, '{');
    json_key(&j, "receipt");
    json_raw(&j, r->receipt.json, r->receipt.json_len);
    if (done) {
        json_key(&j, "protocol");
        json_raw(&j, protocol.at, protocol.len);
    }
    json_close(&j, '}');
    answer_header(x, "Location", arena_printf(exchange_arena(x), "/v1/deliveries/%s", r->receipt.id));
    if (r->receipt.repeat)
        answer_header(x, "Idempotent-Replayed", "true");
    answer_with(x, done || r->receipt.repeat ? 200 : 202, "application/json", &body);
}

void deliver_end(Exchange *x, Desk *d)
{
    Error err = {0};
    Deliver *r = exchange_state(x);
    if (keep(x, d, r, &err)) {
        refuse(x, d, &err);
        return;
    }
    exchange_about(x, r->receipt.id);
    if (r->receipt.wait_ms && !r->receipt.repeat) {
        exchange_park(x, r->receipt.id, r->receipt.wait_ms);
        return;
    }
    const char *id = r->receipt.id;
    bool done = false;
    if (r->receipt.repeat && deliveries_done(d, &id, 1, &done, &err))
        done = false;
    answer(x, d, r, done);
}

void deliver_parked(Exchange *x, Desk *d, bool done) { answer(x, d, exchange_state(x), done); }
