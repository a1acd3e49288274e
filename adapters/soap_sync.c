#include "adapters/embedded.h"
#include "adapters/soap.h"
#include "adapters/soap_message.h"
#include "gateway/flow/query.h"
#include "gateway/model/metrics.h"
#include <ctype.h>
#include <string.h>

static void refuse(Exchange *x, Desk *d, const Error *why)
{
    const SoapMessage *m = exchange_state(x);
    if (!m->fetch) {
        count_refused("soap", why);
        door_turned_away(exchange_gateway(x), &m->who, m->door, NULL, why);
    }
    bool audited = !strcmp(why->code, "unauthorised");         /* sender_by_password wrote it */
    if (why->code[0] && !audited)
        door_refused(d, m->who.party ? &m->who : NULL, "soap", why);
    soap_fault(x, m, why);
}

static void sync_begin(Exchange *x, Desk *d)
{
    (void)d;
    exchange_keep(x, soap_message_new(), soap_message_drop);
}

static void sync_body(Exchange *x, Desk *d, const char *bytes, size_t n)
{
    Error err = {0};
    if (soap_message_feed(exchange_state(x), x, d, bytes, n, &err))
        refuse(x, d, &err);
}

static const char *reply_to(const SoapHead *h, Buffer *out)
{
    Json j = { .to = out };
    json_open(&j, '{');
    json_put_text(&j, "transport", "soap");
    json_put_text(&j, "sender", h->sender_id);
    json_put_text(&j, "serviceId", h->service_id);
    json_put_text(&j, "messageId", h->message_id);
    json_put_text(&j, "correlationId", h->correlation_id);
    json_put_text(&j, "sessionId", h->session_id);
    json_close(&j, '}');
    return buffer_string(out);
}

static Rc keep(Exchange *x, Desk *d, SoapMessage *m, Error *err)
{
    SCOPED(buffer_free) Buffer reply = {0};
    unsigned char sent[DIGEST_SIZE];
    Meta meta = { .source = "soap", .message_id = m->head.message_id, .reply_to = reply_to(&m->head, &reply),
                  .sender_date = soap_date(&m->head), .first_byte = exchange_first_byte(x), .last_byte = exchange_last_byte(x) };
    if (exchange_digest(x, sent))
        meta.digest_sent = sent;
    return door_keep(d, m->door, &meta, &m->receipt, err);
}

static void answer(Exchange *x, Desk *d, const SoapMessage *m, bool done)
{
    Error err = {0};
    SCOPED(buffer_free) Buffer protocol = {0};
    SCOPED(buffer_free) Buffer receipt = {0};
    Asker asker = { &m->who, soap_lang(x), "soap" };
    if (done && query_delivery(d, &asker, m->receipt.id, &protocol, &err))
        buffer_clear(&protocol);               /* the receipt must go out whatever else fails */
    buffer_add(&receipt, m->receipt.json, m->receipt.json_len);
    soap_answer(x, m, m->receipt.id, &receipt, &protocol);
}

/* The first UUID in the payload, whatever stands around it. */
static bool id_find(const Buffer *in, char id[ID_SIZE])
{
    char guid[ID_SIZE + 2];
    for (size_t i = 0; i + ID_SIZE - 1 <= in->len; i++) {
        guid[0] = '{';
        for (size_t k = 0; k < ID_SIZE - 1; k++)
            guid[k + 1] = id[k] = (char)tolower((unsigned char)in->at[i + k]);
        guid[ID_SIZE] = '}';
        guid[ID_SIZE + 1] = id[ID_SIZE - 1] = '\0';
        if (soap_guid(guid))
            return true;
    }
    return false;
}

static Rc fetch(Exchange *x, Desk *d, SoapMessage *m, Error *err)
{
    char id[ID_SIZE];
    SCOPED(buffer_free) Buffer protocol = {0};
    SCOPED(buffer_free) Buffer receipt = {0};
    Asker asker = { &m->who, soap_lang(x), "soap" };
    if (!id_find(&m->asked, id))
        return error_refuse(err, "not_found", NULL, NULL, NULL);
    if (sender_confirm(d, &m->who, err) || query_delivery(d, &asker, id, &protocol, err) || query_receipt(d, &asker, id, &receipt, err))
        return err->rc;
    exchange_about(x, id);
    soap_answer(x, m, id, &receipt, &protocol);
    return RC_OK;
}

/* The number in the first element called records, whatever stands around it. */
static int64_t records_find(const Buffer *in)
{
    static const char name[] = "records";
    int64_t n = -1;
    const char *at = memmem(in->at, in->len, name, sizeof name - 1), *end = in->at + in->len;
    for (at = at ? at + sizeof name - 1 : end; at < end && strchr(">&gt; \t\r\n", *at); at++)
        ;
    for (; at < end && isdigit((unsigned char)*at) && n < INT64_MAX / 100; at++)
        n = (n < 0 ? 0 : n) * 10 + (*at - '0');
    return n;
}

static Rc acknowledge(Exchange *x, Desk *d, SoapMessage *m, Error *err)
{
    char id[ID_SIZE];
    SCOPED(buffer_free) Buffer told = {0};
    const Buffer none = {0};
    Asker asker = { &m->who, soap_lang(x), "soap" };
    if (!id_find(&m->asked, id))
        return error_refuse(err, "not_found", NULL, NULL, NULL);
    if (sender_confirm(d, &m->who, err) || report_handed_over(d, &asker, id, records_find(&m->asked), NULL, &told, err))
        return err->rc;
    exchange_about(x, id);
    soap_answer(x, m, id, &told, &none);
    return RC_OK;
}

static void sync_end(Exchange *x, Desk *d)
{
    Error err = {0};
    SoapMessage *m = exchange_state(x);
    Rc rc = soap_message_end(m, &err);
    if (rc || (rc = m->acknowledge ? acknowledge(x, d, m, &err) : m->fetch ? fetch(x, d, m, &err) : keep(x, d, m, &err))) {
        refuse(x, d, &err);
        return;
    }
    if (m->fetch)
        return;
    exchange_about(x, m->receipt.id);
    if (m->receipt.wait_ms && !m->receipt.repeat) {
        exchange_park(x, m->receipt.id, m->receipt.wait_ms);
        return;
    }
    const char *id = m->receipt.id;
    bool done = false;
    if (m->receipt.repeat && deliveries_done(d, &id, 1, &done, &err))
        done = false;
    answer(x, d, m, done);
}

static void sync_parked(Exchange *x, Desk *d, bool done) { answer(x, d, exchange_state(x), done); }

/* By the server, on its own: before anything is known of the message, or because it has no room to unpack the rest. */
static void sync_refuse(Exchange *x, const Error *why)
{
    const SoapMessage *m = exchange_state(x);
    if (m && !m->fetch)
        door_turned_away(exchange_gateway(x), &m->who, m->door, NULL, why);
    soap_fault(x, m, why);
}

static void wsdl(Exchange *x, Desk *d)
{
    static const char mark[] = "<soap:address location=\"";
    static const char hint[] = "The description is at /soap/sync?wsdl, messages are sent by POST.\n";
    Buffer out = {0};
    (void)d;
    if (!exchange_query(x, "wsdl")) {
        answer_fixed(x, 404, "text/plain; charset=utf-8", hint, strlen(hint));
        return;
    }
    const char *address = strstr(sync_wsdl, mark) + strlen(mark);
    buffer_add(&out, sync_wsdl, (size_t)(address - sync_wsdl));
    const char *base = exchange_base(x);
    buffer_xml(&out, base, strlen(base));
    buffer_text(&out, "/soap/sync");
    address = strchr(address, '"');
    buffer_add(&out, address, (size_t)(sync_wsdl_end - address));
    answer_with(x, 200, "text/xml; charset=utf-8", &out);
}

static const char *const types[] = { "text/xml", "application/xml", "application/soap+xml", "", NULL };

const Route soap_routes[] = {
    { .method = "POST", .pattern = "/soap/sync", .types = types, .source = "soap", .begin = sync_begin, .body = sync_body, .end = sync_end,
      .parked = sync_parked, .refuse = sync_refuse },
    { .method = "GET", .pattern = "/soap/sync", .quick = true, .end = wsdl },
    { 0 },
};
