#include "adapters/soap_scan.h"
#include <string.h>

static const SoapShape soap_request = { { "Envelope", "Body", "SendMessage", "request", "requestData", "data" }, "requestInfo" };
const SoapShape soap_reply = { { "Envelope", "Body", "SendMessageResponse", "response", "responseData", "data" }, "responseInfo" };
enum { OPERATION = 3, DATA_HOLDER = 5, DATA = 6, TAIL_MAX = 64 * 1024 };

static const SoapShape *shape_of(const SoapScan *s) { return s->shape ? s->shape : &soap_request; }
static const char *path_at(const SoapScan *s, unsigned depth) { return shape_of(s)->path[depth - 1]; }

static bool local_is(const Tag *t, const char *name)
{
    const char *colon = memchr(t->name, ':', t->name_len);
    const char *local = colon ? colon + 1 : t->name;
    size_t len = t->name_len - (size_t)(local - t->name);
    return len == strlen(name) && !memcmp(local, name, len);
}

static Rc not_soap(Error *err, const char *what) { return error_refuse(err, "not_soap", what, NULL, NULL); }

static Rc payload_at(SoapScan *s, uint64_t begin, bool over, unsigned open)
{
    s->payload_known = true;
    s->payload_begin = s->payload_end = begin;
    s->payload_over = over;
    s->head_open = open;
    return RC_OK;
}

/* requestData or data begins: the message's own information must have ended before, and there is one payload. */
static Rc order_check(SoapScan *s, const Tag *t, Error *err)
{
    if (!s->info_seen)
        return error_refuse(err, "payload_before_head", NULL, NULL, NULL);
    if (s->payload_known || (t->depth == DATA && s->data_seen))
        return not_soap(err, path_at(s, t->depth));
    s->data_seen = t->depth == DATA;
    return RC_OK;
}

static Rc on_path(SoapScan *s, const Tag *t, Error *err)
{
    if (t->depth >= DATA_HOLDER && order_check(s, t, err))
        return err->rc;
    if (t->what == SAW_EMPTY)
        return t->depth >= DATA_HOLDER ? payload_at(s, t->end, true, t->depth - 1) : RC_OK;
    if (t->name_len >= SOAP_NAME_SIZE)
        return not_soap(err, path_at(s, t->depth));
    memcpy(s->name[t->depth - 1], t->name, t->name_len);
    s->name[t->depth - 1][t->name_len] = '\0';
    s->matched = t->depth;
    return t->depth == DATA ? payload_at(s, t->end, false, DATA) : RC_OK;
}

static Rc on_start(SoapScan *s, const Tag *t, Error *err)
{
    bool under = s->matched == t->depth - 1;
    if (under && local_is(t, path_at(s, t->depth)))
        return on_path(s, t, err);
    if (t->depth == 1)
        return not_soap(err, path_at(s, 1));
    if (under && t->depth == OPERATION)
        return not_soap(err, path_at(s, OPERATION));
    if (under && t->depth == DATA_HOLDER && s->info_seen && local_is(t, shape_of(s)->info))
        return not_soap(err, shape_of(s)->info);
    return RC_OK;
}

static void on_end(SoapScan *s, const Tag *t)
{
    if (t->depth == DATA_HOLDER && s->matched == DATA_HOLDER - 1 && local_is(t, shape_of(s)->info))
        s->info_seen = true;
    if (t->depth != s->matched)
        return;
    if (t->depth == DATA) {
        s->payload_end = t->begin;
        s->payload_over = true;
    } else if (t->depth == DATA_HOLDER && !s->payload_known) {
        payload_at(s, t->begin, true, DATA_HOLDER);        /* data may be left out: nothing to report */
    }
    s->matched--;
}

Rc soap_scan_tag(void *scan, const Tag *tag, Error *err)
{
    if (tag->depth > SOAP_PATH)
        return RC_OK;
    if (tag->what != SAW_END)
        return on_start(scan, tag, err);
    on_end(scan, tag);
    return RC_OK;
}

size_t soap_scan_tail(const SoapScan *s, const char *bytes, size_t n)
{
    const char *name = s->name[DATA - 1];
    size_t most = n < TAIL_MAX ? n : TAIL_MAX, len = strlen(name);
    const char *lt = memrchr(bytes + n - most, '<', most);
    if (!lt)
        return 0;
    size_t held = (size_t)(bytes + n - lt), at = 1;
    if (at < held && lt[at++] != '/')
        return 0;
    for (size_t i = 0; i < len && at < held; i++)
        if (lt[at++] != name[i])
            return 0;
    while (at < held)
        if (!strchr(" \t\r\n", lt[at++]))
            return 0;
    return held;
}

/* The first byte that is not white decides, and where that opens a tag the next two. */
SoapForm soap_form(const SoapScan *scan, const Buffer *message)
{
    const char *s = message->at + scan->payload_begin, *end = message->at + (scan->payload_over ? scan->payload_end : message->len);
    while (s < end && strchr(" \t\r\n", *s))
        s++;
    if (s == end)
        return scan->payload_over ? FORM_TEXT : FORM_UNKNOWN;
    if (*s != '<')
        return FORM_TEXT;
    if (end - s < 3 || s[1] == '/')                     /* "</": the payload's own end, not whole yet */
        return FORM_UNKNOWN;
    return s[1] == '!' && s[2] == '[' ? FORM_TEXT : FORM_ELEMENT;
}

Rc soap_pass(const SoapScan *s, Buffer *held, uint64_t *from, size_t n, SoapPart *part, void *self, Error *err)
{
    const uint64_t end = *from + n, begin = s->payload_begin, over = s->payload_over ? s->payload_end : end;
    for (uint64_t at = *from; at < end;) {
        bool inside = at >= begin && at < over;
        uint64_t to = inside ? over : at < begin ? begin : end;
        to = to < end ? to : end;
        Rc rc = part(self, inside, held->at + (at - *from), to - at, err);
        if (rc)
            return rc;
        at = to;
    }
    *from = end;
    memmove(held->at, held->at + n, held->len - n);
    held->len -= n;
    return RC_OK;
}
