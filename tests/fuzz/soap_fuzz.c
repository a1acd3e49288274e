#include "adapters/soap_head.h"
#include "tests/fuzz/fuzz.h"
#include <inttypes.h>

/* As soap_message.c goes about it: the guard tells the scan, the head is read where the payload begins, what may be its end tag waits. */
typedef struct {
    Guard   *guard;
    SoapScan scan;
    Buffer   all, *seen;
    Arena   *a;
    uint64_t passed;            /* bytes taken for payload or what stands around it */
    bool     head_done;
} Message;

static void head_note(Message *m, const SoapHead *h)
{
    buffer_print(m->seen, "%s|%s|%s|%s|%s|%s|%s|%s|%s %s %s\n", h->message_id ? h->message_id : "-", h->correlation_id ? h->correlation_id : "-",
                 h->service_id ? h->service_id : "-", h->message_date ? h->message_date : "-", h->sender_id ? h->sender_id : "-",
                 h->password ? h->password : "-", h->session_id ? h->session_id : "-", h->prologue, h->claim.feed, h->claim.period, h->claim.kind);
    HOLDS(!h->session_id || soap_guid(h->session_id));
}

static Rc head_read(Message *m, Error *err)
{
    SoapHead h = {0};
    m->head_done = true;
    Rc rc = soap_head_read(m->all.at, m->scan.payload_begin, &m->scan, m->a, &h, err);
    fuzz_judged(rc, err);
    if (!rc)
        head_note(m, &h);
    return rc;
}

static Rc feed(void *self, const char *bytes, size_t n, Error *err)
{
    Message *m = self;
    Rc rc = guard_feed(m->guard, bytes, n, err);
    if (rc)
        return rc;
    buffer_add(&m->all, bytes, n);
    if (!m->scan.payload_known)
        return RC_OK;
    if (!m->head_done && head_read(m, err))
        return err->rc;
    if (!m->scan.payload_over) {
        size_t wait = soap_scan_tail(&m->scan, m->all.at + m->scan.payload_begin, m->all.len - m->scan.payload_begin);
        m->passed = m->all.len - wait;
    }
    return RC_OK;
}

/* Where two things are wrong, the cut decides which is found first. */
static void run(Cut cut, const uint8_t *data, size_t size, Buffer *seen)
{
    Error err = {0};
    SCOPED(arena_free) Arena *a = arena_new();
    Message m = { .seen = seen, .a = a };
    m.guard = guard_new(FORMAT_XML, false, soap_scan_tag, &m.scan);
    Rc rc = fuzz_feed(cut, data, size, feed, &m, &err);
    if (!rc)
        rc = guard_end(m.guard, &err);
    fuzz_judged(rc, &err);
    if (m.scan.payload_over)
        HOLDS(m.scan.payload_begin <= m.scan.payload_end && m.passed <= (m.scan.payload_end > m.scan.payload_begin ? m.scan.payload_end : UINT64_MAX));
    if (rc)
        buffer_clear(seen);
    else
        buffer_print(seen, "%" PRIu64 "-%" PRIu64, m.scan.payload_begin, m.scan.payload_end);
    guard_free(&m.guard);
    buffer_free(&m.all);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SCOPED(buffer_free) Buffer whole = {0};
    run(CUT_WHOLE, data, size, &whole);
    for (Cut cut = CUT_BYTES; cut < CUTS; cut++) {
        SCOPED(buffer_free) Buffer seen = {0};
        run(cut, data, size, &seen);
        fuzz_agree(&whole, &seen);
    }
    return 0;
}
