#include "adapters/soap_message.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD_MAX = 64 * 1024, ASKED_MAX = 4096 };

SoapMessage *soap_message_new(void)
{
    SoapMessage *m = calloc(1, sizeof *m);
    if (!m)
        abort();
    m->guard = guard_new(FORMAT_XML, false, soap_scan_tag, &m->scan);
    return m;
}

void soap_message_drop(void *message, Desk *d)
{
    SoapMessage *m = message;
    door_drop(d, &m->door);
    guard_free(&m->guard);
    buffer_free(&m->held);
    buffer_free(&m->asked);
    free(m);
}

/* One of a list "A, B". */
static bool listed(const char *list, const char *name)
{
    size_t len = strlen(name);
    for (const char *s = list; s && *s; s += strcspn(s, ",")) {
        s += strspn(s, ", ");
        if (strcspn(s, ", ") == len && !memcmp(s, name, len))
            return len > 0;
    }
    return false;
}

static Rc service_choose(SoapMessage *m, const Exchange *x, Error *err)
{
    const DoorSettings *settings = exchange_settings(x);
    const char *service = m->head.service_id ? m->head.service_id : "";
    if (listed(settings->soap_deliver, service) || door_service_known(exchange_gateway(x), service))
        return RC_OK;
    m->acknowledge = listed(settings->soap_acknowledge, service);
    m->fetch = m->acknowledge || listed(settings->soap_protocol, service);
    return m->fetch ? RC_OK : error_refuse(err, "unknown_service", NULL, NULL, NULL);
}

static Rc open_door(SoapMessage *m, Exchange *x, Desk *d, SoapForm form, Error *err)
{
    SoapHead *h = &m->head;
    if (soap_head_read(m->held.at, m->scan.payload_begin, &m->scan, exchange_arena(x), h, err)
        || sender_by_password(d, h->sender_id ? h->sender_id : "", h->password ? h->password : "", &m->who, err)
        || service_choose(m, x, err))
        return err->rc;
    m->opened = true;
    exchange_known(x);
    if (m->fetch)
        return RC_OK;
    Opening o = { .format = FORMAT_XML, .form = form == FORM_ELEMENT ? PAYLOAD_ELEMENT : PAYLOAD_TEXT,
                  .xml_prologue = form == FORM_ELEMENT ? h->prologue : NULL, .claim = h->claim, .mapping = h->mapping,
                  .service = h->service_id, .sender_date = soap_date(h), .declared_length = exchange_length(x) };
    return door_open(d, &m->who, &o, &m->door, err);
}

static Rc payload(SoapMessage *m, Desk *d, const char *bytes, size_t n, Error *err)
{
    if (!m->fetch)
        return door_payload(d, m->door, bytes, n, err);
    if (m->asked.len + n > ASKED_MAX)
        return error_refuse(err, "too_large", "4096", NULL, NULL);
    buffer_add(&m->asked, bytes, n);
    return RC_OK;
}

typedef struct { SoapMessage *m; Desk *d; } Passing;

static Rc part(void *self, bool inside, const char *bytes, size_t n, Error *err)
{
    Passing *p = self;
    return inside ? payload(p->m, p->d, bytes, n, err) : p->m->fetch ? RC_OK : door_write(p->d, p->m->door, bytes, n, err);
}

static Rc head_wait(const SoapMessage *m, Error *err)
{
    uint64_t head = m->scan.payload_known ? m->scan.payload_begin : m->held.len;
    if (head > HEAD_MAX || m->held.len > 2 * HEAD_MAX)
        return error_refuse(err, "head_too_long", "65536", NULL, NULL);
    return RC_OK;
}

Rc soap_message_feed(SoapMessage *m, Exchange *x, Desk *d, const char *bytes, size_t n, Error *err)
{
    if (guard_feed(m->guard, bytes, n, err))
        return err->rc;
    buffer_add(&m->held, bytes, n);
    if (!m->opened) {
        SoapForm form = m->scan.payload_known ? soap_form(&m->scan, &m->held) : FORM_UNKNOWN;
        if (head_wait(m, err))
            return err->rc;
        if (form == FORM_UNKNOWN) {
            exchange_holds(x, m->held.size);
            return RC_OK;
        }
        if (open_door(m, x, d, form, err))
            return err->rc;
    }
    size_t wait = m->scan.payload_over ? 0 : soap_scan_tail(&m->scan, m->held.at, m->held.len);
    return soap_pass(&m->scan, &m->held, &m->from, m->held.len - wait, part, &(Passing){ m, d }, err);
}

Rc soap_message_end(SoapMessage *m, Error *err)
{
    if (guard_end(m->guard, err))
        return err->rc;
    if (!m->opened)
        return error_refuse(err, "not_soap", m->scan.info_seen ? "requestData" : "requestInfo", NULL, NULL);
    assert(!m->held.len);
    return RC_OK;
}
