/* The messages of an envelope that came by Kafka, one record of each: the value, by its content type. */
#include "gateway/model/format.h"
#include "gateway/model/frame.h"
#include "schemas/reader_internal.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef struct {
    Outlet *to;
    Buffer  held;               /* the beginning of a frame whose end has not come */
    int     partition;
    bool    begun;              /* behind the head */
    char    place[40];          /* of the message under way */
    Rc      sunk;               /* what the sink of a value's own reader said */
} KafkaReader;

static Rc kafka_open(Outlet *to, const char *prologue, void **out, Error *err)
{
    (void)prologue;
    KafkaReader *k = *out = calloc(1, sizeof *k);
    if (!k)
        return error_set(err, RC_RETRY, "out of memory");
    k->to = to;
    to->message = k->place;
    return RC_OK;
}

static void kafka_free(void *form)
{
    KafkaReader *k = form;
    buffer_free(&k->held);
    free(k);
}

static Rc relay(void *reader, const Record *r, Error *err)
{
    KafkaReader *k = reader;
    Record own = *r;
    return k->sunk = outlet_emit(k->to, &own, err);
}

/* By a reader of its own; what it refuses is this message's fault alone. */
static Rc value_by_reader(KafkaReader *k, Format format, const char *s, size_t len, Error *err)
{
    SCOPED(reader_free) Reader *r = NULL;
    SCOPED(guard_free) Guard *g = guard_new(format, !k->to->layout, NULL, NULL);
    Error why = {0};
    k->sunk = RC_OK;
    const char *prologue = format == FORMAT_XML && !k->to->layout ? "<w>" : NULL;
    Rc rc = guard_feed(g, s, len, &why) || guard_end(g, &why) || reader_open(format, prologue, k->to->layout, relay, k, &r, &why)
            || reader_feed(r, s, len, &why) || reader_end(r, &why) ? why.rc : RC_OK;
    if (rc == RC_REJECT && !k->sunk)
        return outlet_bad(k->to, 0, why.text, err);
    *err = why;
    return rc;
}

/* The text of member `data` of a JSON object that was judged. */
static bool data_find(const char *s, size_t len, const char **data, size_t *data_len)
{
    const char *end = s + len, *at = s + blanks(s, len) + 1;
    uint32_t lines = 0;
    while (at < end && *at != '}') {
        ElementScan key = {0}, value = {0};
        at += blanks(at, (size_t)(end - at));
        const char *name = at;
        at = element_scan(&key, at, end, &lines);
        bool found = at - name == 6 && memcmp(name, "\"data\"", 6) == 0;
        at = memchr(at, ':', (size_t)(end - at));
        if (!at)
            return false;
        at += 1 + blanks(at + 1, (size_t)(end - at - 1));
        *data = at;
        at = element_scan(&value, at, end, &lines);
        *data_len = (size_t)(at - *data);
        if (found)
            return true;
        at += blanks(at, (size_t)(end - at));
        at += at < end && *at == ',';
        at += blanks(at, (size_t)(end - at));
    }
    return false;
}

static Rc value_structured(KafkaReader *k, const char *s, size_t len, Error *err)
{
    SCOPED(guard_free) Guard *g = guard_new(FORMAT_JSON, false, NULL, NULL);
    const char *data;
    size_t data_len;
    Error why = {0};
    bool good = blanks(s, len) < len && s[blanks(s, len)] == '{' && !guard_feed(g, s, len, &why) && !guard_end(g, &why);
    if (!good || !data_find(s, len, &data, &data_len))
        return outlet_bad(k->to, 0, "no CloudEvent in JSON with a member data", err);
    return k->to->layout ? value_by_reader(k, FORMAT_JSON, data, data_len, err) : object_emit(k->to, data, data_len, 0, "data", err);
}

static bool type_is(const char *type, size_t len, const char *ending)
{
    size_t n = 0, wanted = strlen(ending);
    while (n < len && type[n] != ';' && type[n] != ' ')
        n++;
    return n >= wanted && strncasecmp(type + n - wanted, ending, wanted) == 0;
}

/* The end of a delivery of many messages; it comes in binary mode. */
static bool is_end(const Frame *f)
{
    static const size_t len = sizeof FRAME_END - 1;
    size_t n = 0;
    const char *type = frame_header_find(f, "ce_", "type", &n);
    return type && n > len && type[n - len - 1] == '.' && memcmp(type + n - len, FRAME_END, len) == 0;
}

static Rc message_read(KafkaReader *k, const Frame *f, Error *err)
{
    size_t n = 0;
    const char *type = frame_header_find(f, "", "content-type", &n);
    snprintf(k->place, sizeof k->place, "%d@%" PRId64, k->partition, f->offset);
    if (is_end(f))
        return RC_OK;
    if (!f->value)
        return outlet_bad(k->to, 0, "the message has no value", err);
    if (f->value_len > RECORD_LIMIT)
        return outlet_bad(k->to, 0, BAD_TOO_LARGE, err);
    if (type && type_is(type, n, "/cloudevents+json"))
        return value_structured(k, f->value, f->value_len, err);
    if (type && (type_is(type, n, "/xml") || type_is(type, n, "+xml")))
        return value_by_reader(k, FORMAT_XML, f->value, f->value_len, err);
    if (type && !type_is(type, n, "/json") && !type_is(type, n, "+json"))
        return outlet_bad(k->to, 0, "the content type of the message is not known", err);
    return k->to->layout ? value_by_reader(k, FORMAT_JSON, f->value, f->value_len, err) : object_emit(k->to, f->value, f->value_len, 0, "value", err);
}

/* One head or frame that is whole. */
static Rc piece_read(KafkaReader *k, const char *at, size_t n, Error *err)
{
    Frame f;
    if (!k->begun || frames_head_is(at, n)) {
        k->begun = frames_head_read(at, n, &k->partition);
        return k->begun ? RC_OK : outlet_refuse(k->to, "head", 0, err);
    }
    return frame_read(at, n, &f) ? message_read(k, &f, err) : outlet_refuse(k->to, "frame", 0, err);
}

static size_t piece_size(const KafkaReader *k, const char *at, size_t n)
{
    return k->begun && !frames_head_is(at, n) ? frame_size(at, n) : frames_head_size(at, n);
}

/* Reads what is whole; *used becomes how much that was. */
static Rc pieces_read(KafkaReader *k, const char *bytes, size_t n, size_t *used, Error *err)
{
    *used = 0;
    for (size_t size; (size = piece_size(k, bytes + *used, n - *used)) && size <= n - *used; *used += size)
        if (piece_read(k, bytes + *used, size, err))
            return err->rc;
    return RC_OK;
}

static Rc kafka_feed(void *form, const char *bytes, size_t n, Error *err)
{
    KafkaReader *k = form;
    size_t used, held = k->held.len;
    if (held) {
        buffer_add(&k->held, bytes, n);
        bytes = k->held.at;
        n = k->held.len;
    }
    if (pieces_read(k, bytes, n, &used, err))
        return err->rc;
    if (!held)
        buffer_add(&k->held, bytes + used, n - used);
    else if (used) {
        memmove(k->held.at, k->held.at + used, n - used);
        k->held.len = n - used;
    }
    return RC_OK;
}

static Rc kafka_end(void *form, Error *err)
{
    KafkaReader *k = form;
    return k->held.len || !k->begun ? refuse_torn(err) : RC_OK;
}

const ReaderForm reader_kafka = { .open = kafka_open, .feed = kafka_feed, .end = kafka_end, .free = kafka_free, .marks = true };
