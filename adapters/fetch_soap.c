#include "adapters/fetch_inside.h"
#include "adapters/soap_call.h"
#include "adapters/soap_head.h"
#include <stdio.h>
#include <string.h>

enum { HEAD_MAX = 64 * 1024, REQUEST_MAX = 1024 * 1024 };

/* The answer as it comes. */
typedef struct {
    Attempt *a;
    Arena   *arena;
    Guard   *guard;
    SoapScan scan;
    Buffer   held;              /* the head until it is whole, or a fault; later what may be the beginning of </data> */
    uint64_t from;
    bool     fault;             /* not an answer of success: only the first bytes are kept, to be looked at */
} Answer;

static void answer_end(Answer *x)
{
    guard_free(&x->guard);
    buffer_free(&x->held);
    arena_free(&x->arena);
}

static Rc refuse(Error *err, const char *code, const char *a) { return error_refuse(err, code, a, NULL, NULL); }

static Rc open_door(Answer *x, SoapForm form, Error *err)
{
    Attempt *a = x->a;
    SoapReply reply;
    bool zoned;
    if (soap_reply_read(x->held.at, x->scan.payload_begin, &x->scan, x->arena, &reply, err))
        return refuse(err, "fetch_not_soap", NULL);
    if (!reply.code || !soap_listed(a->p->soap->success, reply.code))
        return refuse(err, "fetch_code", reply.code);
    if (reply.date && !instant_read(reply.date, &a->sender_date, &zoned))
        a->sender_date = 0;
    a->o.sender_date = a->sender_date;
    a->o.form = form == FORM_ELEMENT ? PAYLOAD_ELEMENT : PAYLOAD_TEXT;
    a->o.xml_prologue = form == FORM_ELEMENT ? reply.prologue : NULL;
    return door_open(a->desk, &a->who, &a->o, &a->door, err);
}

static Rc part(void *self, bool inside, const char *bytes, size_t n, Error *err)
{
    Attempt *a = self;
    return inside ? door_payload(a->desk, a->door, bytes, n, err) : door_write(a->desk, a->door, bytes, n, err);
}

static void hold_first(Answer *x, const char *bytes, size_t n)
{
    size_t room = x->held.len < HEAD_MAX ? HEAD_MAX - x->held.len : 0;
    buffer_add(&x->held, bytes, n < room ? n : room);
}

static Rc on_answer(void *self, unsigned status, const char *bytes, size_t n, Error *err)
{
    Answer *x = self;
    if (status != 200)
        x->fault = true;
    if (x->fault) {
        hold_first(x, bytes, n);
        return RC_OK;
    }
    Rc rc = guard_feed(x->guard, bytes, n, err);
    if (rc && x->a->door)
        return refuse(err, "fetch_not_soap", err->code);
    if (rc) {
        x->fault = true;
        hold_first(x, bytes, n);
        return RC_OK;
    }
    buffer_add(&x->held, bytes, n);
    if (!x->a->door) {
        SoapForm form = x->scan.payload_known ? soap_form(&x->scan, &x->held) : FORM_UNKNOWN;
        if ((x->scan.payload_known ? x->scan.payload_begin : x->held.len) > HEAD_MAX || x->held.len > 2 * HEAD_MAX + n)
            return refuse(err, "fetch_not_soap", "head_too_long");
        if (form == FORM_UNKNOWN)
            return RC_OK;
        if (open_door(x, form, err))
            return err->rc;
    }
    size_t wait = x->scan.payload_over ? 0 : soap_scan_tail(&x->scan, x->held.at, x->held.len);
    return soap_pass(&x->scan, &x->held, &x->from, x->held.len - wait, part, x->a, err);
}

/* Of an answer that is no success only a fault's code is of interest. */
static const char *fault_code(Answer *x)
{
    Error err;
    SCOPED(guard_free) Guard *g = guard_new(FORMAT_XML, false, NULL, NULL);
    if (!x->held.len || guard_feed(g, x->held.at, x->held.len, &err) || guard_end(g, &err))
        return NULL;
    return soap_fault_code(x->held.at, x->held.len, x->arena);
}

static Rc judge(Answer *x, Error *err)
{
    char status[16];
    const char *code = x->fault ? fault_code(x) : NULL;
    snprintf(status, sizeof status, "%u", x->a->status);
    if (code)
        return refuse(err, "fetch_fault", code);
    if (x->a->status != 200)
        return refuse(err, "fetch_http", status);
    if (x->fault || guard_end(x->guard, err) || !x->a->door)
        return refuse(err, "fetch_not_soap", NULL);
    return soap_pass(&x->scan, &x->held, &x->from, x->held.len, part, x->a, err);
}

static void file_end(FILE **f)
{
    if (*f)
        fclose(*f);
}

static Rc file_add(const char *path, Buffer *out, Error *err)
{
    SCOPED(file_end) FILE *f = fopen(path, "rbe");
    char *at = buffer_room(out, REQUEST_MAX);
    size_t n = f ? fread(at, 1, REQUEST_MAX, f) : 0;
    if (!f || ferror(f) || n == REQUEST_MAX)
        return refuse(err, "fetch_secret", path);
    buffer_used(out, n);
    return RC_OK;
}

static Rc request(const Attempt *a, Buffer *out, Error *err)
{
    const PullSoap *s = a->p->soap;
    char id[160];
    snprintf(id, sizeof id, "nqs-%.64s-%lld-%d", a->p->name, (long long)a->run.id, a->run.attempt);
    SoapCall call = { id, s->service, s->sender_id, s->password_file, clock_now(door_settings(a->g)->clock) };
    if (soap_call_begin(&call, out, err) || (s->request_file && file_add(s->request_file, out, err)))
        return err->rc;
    soap_call_end(out);
    return RC_OK;
}

Rc fetch_soap(Attempt *a, Error *err)
{
    SCOPED(soap_call_wipe) Buffer body = {0};
    SCOPED(answer_end) Answer x = { .a = a, .arena = arena_new(), .scan = { .shape = &soap_reply } };
    x.guard = guard_new(FORMAT_XML, false, soap_scan_tag, &x.scan);
    a->o.format = FORMAT_XML;
    if (request(a, &body, err))
        return err->rc;
    FetchAsk ask = { .url = a->p->url, .body = body.at, .body_len = body.len, .any_status = true, .sink = on_answer, .self = &x };
    if (fetch_http(a->http, a->p, &ask, &a->status, &a->bytes, err) || judge(&x, err))
        return err->rc;
    a->pages = 1;
    return RC_OK;
}
