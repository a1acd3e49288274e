#include "adapters/soap_message.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD_MAX = 64 * 1024, ASKED_MAX = 4096 };
typedef enum { FORM_UNKNOWN, FORM_ELEMENT, FORM_TEXT } Form;

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

/* The first byte that is not white decides, and where that opens a tag the next two. */
static Form form_of(const SoapMessage *m)
{
    const char *s = m->held.at + m->scan.payload_begin, *end = m->held.at + m->held.len;
    if (m->scan.payload_over)
        end = m->held.at + m->scan.payload_end;
    while (s < end && strchr(" \t\r\n", *s))
        s++;
    if (s == end)
        return m->scan.payload_over ? FORM_TEXT : FORM_UNKNOWN;
    if (*s != '<')
        return FORM_TEXT;
    if (end - s < 3 || s[1] == '/')                     /* "</": the payload's own end, not whole yet */
        return FORM_UNKNOWN;
    return s[1] == '!' && s[2] == '[' ? FORM_TEXT : FORM_ELEMENT;
}

static Rc service_choose(SoapMessage *m, const DoorSettings *settings, Error *err)
{
    const char *service = m->head.service_id ? m->head.service_id : "";
    if (listed(settings->soap_deliver, service))
        return RC_OK;
    m->fetch = listed(settings->soap_protocol, service);
    return m->fetch ? RC_OK : error_refuse(err, "unknown_service", NULL, NULL, NULL);
}

static Rc open_door(SoapMessage *m, Exchange *x, Desk *d, Form form, Error *err)
{
    SoapHead *h = &m->head;
    if (soap_head_read(m->held.at, m->scan.payload_begin, &m->scan, exchange_arena(x), h, err)
        || sender_by_password(d, h->sender_id ? h->sender_id : "", h->password ? h->password : "", &m->who, err)
        || service_choose(m, exchange_settings(x), err))
        return err->rc;
    m->opened = true;
    exchange_known(x);
    if (m->fetch)
        return RC_OK;
    Opening o = { .format = FORMAT_XML, .form = form == FORM_ELEMENT ? PAYLOAD_ELEMENT : PAYLOAD_TEXT,
                  .xml_prologue = form == FORM_ELEMENT ? h->prologue : NULL, .claim = h->claim, .declared_length = exchange_length(x) };
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

/* Passes on the first n held bytes: around the payload, or of it. */
static Rc pass(SoapMessage *m, Desk *d, size_t n, Error *err)
{
    const uint64_t end = m->from + n, begin = m->scan.payload_begin, over = m->scan.payload_over ? m->scan.payload_end : end;
    uint64_t at = m->from;
    while (at < end) {
        bool inside = at >= begin && at < over;
        uint64_t to = inside ? over : at < begin ? begin : end;
        to = to < end ? to : end;
        const char *bytes = m->held.at + (at - m->from);
        Rc rc = inside ? payload(m, d, bytes, to - at, err) : m->fetch ? RC_OK : door_write(d, m->door, bytes, to - at, err);
        if (rc)
            return rc;
        at = to;
    }
    m->from = end;
    memmove(m->held.at, m->held.at + n, m->held.len - n);
    m->held.len -= n;
    return RC_OK;
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
        Form form = m->scan.payload_known ? form_of(m) : FORM_UNKNOWN;
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
    return pass(m, d, m->held.len - wait, err);
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
