#include "schemas/reader_internal.h"
#include <stdlib.h>
#include <string.h>

/* What is awaited next. Those up to KEY are values of their own: a piece begins there. */
typedef enum {
    IN_ELEMENT, IN_VALUE, IN_KEY,
    TOP, FIRST_KEY, NEXT_KEY, COLON, VALUE, COLON_RECORDS, RECORDS, AFTER_VALUE, FIRST_ELEMENT, NEXT_ELEMENT, AFTER_ELEMENT, AFTER_RECORDS, DONE,
} State;

/* byte 0: any other byte. refusal: a code instead of a next state. */
typedef struct { State state; char byte; State next; const char *refusal; } Step;
static const Step steps[] = {
    { TOP,           '{', FIRST_KEY,     NULL },
    { TOP,           '[', FIRST_ELEMENT, NULL },
    { TOP,           0,   DONE,          "not_a_delivery" },
    { FIRST_KEY,     '"', IN_KEY,        NULL },
    { FIRST_KEY,     '}', DONE,          NULL },
    { NEXT_KEY,      '"', IN_KEY,        NULL },
    { COLON,         ':', VALUE,         NULL },
    { VALUE,         '"', IN_VALUE,      NULL },
    { VALUE,         0,   DONE,          "not_a_delivery" },
    { COLON_RECORDS, ':', RECORDS,       NULL },
    { RECORDS,       '[', FIRST_ELEMENT, NULL },
    { RECORDS,       0,   DONE,          "not_a_delivery" },
    { AFTER_VALUE,   ',', NEXT_KEY,      NULL },
    { AFTER_VALUE,   '}', DONE,          NULL },
    { FIRST_ELEMENT, ']', AFTER_RECORDS, NULL },
    { NEXT_ELEMENT,  ']', DONE,          "not_well_formed" },
    { FIRST_ELEMENT, ',', DONE,          "not_well_formed" },
    { NEXT_ELEMENT,  ',', DONE,          "not_well_formed" },
    { FIRST_ELEMENT, 0,   IN_ELEMENT,    NULL },
    { NEXT_ELEMENT,  0,   IN_ELEMENT,    NULL },
    { AFTER_ELEMENT, ',', NEXT_ELEMENT,  NULL },
    { AFTER_ELEMENT, ']', AFTER_RECORDS, NULL },
    { AFTER_RECORDS, '}', DONE,          NULL },
    { AFTER_RECORDS, ',', DONE,          "records_not_last" },
};

static const char *const members[] = { "feed", "period", "kind", "records" };
enum { N_MEMBERS = sizeof members / sizeof *members, RECORDS_MEMBER = N_MEMBERS - 1 };

typedef struct {
    Outlet     *to;
    State       state;
    Piece       piece;
    JsonPlace   at;
    bool        bare;           /* the document is an array */
    unsigned    seen, member;   /* bits of members; the one under way */
} JsonReader;

static Rc document_open(Outlet *to, const char *prologue, void **out, Error *err)
{
    (void)prologue;
    JsonReader *j = *out = calloc(1, sizeof *j);
    if (!j)
        return error_set(err, RC_RETRY, "out of memory");
    j->to = to;
    j->state = TOP;
    j->at.line = 1;
    return RC_OK;
}

static void document_free(void *form)
{
    JsonReader *j = form;
    buffer_free(&j->piece.held);
    free(j);
}

static Rc refuse_syntax(const JsonReader *j, Error *err) { return outlet_refuse(j->to, "JSON", j->at.offset, err); }

static Rc refuse_step(const JsonReader *j, const char *code, Error *err)
{
    if (strcmp(code, "not_well_formed") == 0)
        return refuse_syntax(j, err);
    if (strcmp(code, "records_not_last") == 0)
        return error_refuse(err, code, NULL, NULL, NULL);
    return error_refuse(err, code, j->state == TOP ? "neither object nor array" : members[j->member], NULL, NULL);
}

static Rc key_done(JsonReader *j, const cJSON *key, Error *err)
{
    unsigned i = 0;
    while (i < N_MEMBERS && strcmp(key->valuestring, members[i]) != 0)
        i++;
    if (i == N_MEMBERS)
        return error_refuse(err, "not_a_delivery", key->valuestring, NULL, NULL);
    if (j->seen & 1U << i)
        return error_refuse(err, "duplicate_json_key", members[i], NULL, NULL);
    j->seen |= 1U << i;
    j->member = i;
    j->state = i == RECORDS_MEMBER ? COLON_RECORDS : COLON;
    return RC_OK;
}

static Rc piece_done(JsonReader *j, const char *s, size_t len, Error *err)
{
    const char *refusal = element_refusal(&j->piece.scan, j->piece.len);
    State was = j->state;
    j->state = was == IN_ELEMENT ? AFTER_ELEMENT : AFTER_VALUE;
    if (refusal && was == IN_ELEMENT)
        return outlet_bad(j->to, j->piece.line, refusal, err);
    SCOPED(element_free) cJSON *json = refusal ? NULL : element_parse(s, len);
    if (!json)
        return refuse_syntax(j, err);
    if (was == IN_ELEMENT)
        return element_emit(j->to, json, s, len, j->piece.line, err);
    return was == IN_KEY ? key_done(j, json, err) : RC_OK;
}

static Rc piece_on(JsonReader *j, const char **at, const char *end, Error *err)
{
    const char *s;
    size_t len;
    return piece_go(&j->piece, at, end, true, &j->at, &s, &len) ? piece_done(j, s, len, err) : RC_OK;
}

static const Step *step_of(const JsonReader *j, char c)
{
    for (const Step *s = steps; s < steps + sizeof steps / sizeof *steps; s++)
        if (s->state == j->state && (s->byte == c || !s->byte))
            return s;
    return NULL;
}

/* One byte between pieces. A byte that begins a piece is left to it. */
static Rc step_go(JsonReader *j, const char **at, Error *err)
{
    const Step *s = step_of(j, **at);
    if (!s)
        return refuse_syntax(j, err);
    if (s->refusal)
        return refuse_step(j, s->refusal, err);
    j->bare = j->bare || (j->state == TOP && **at == '[');
    j->state = s->next == AFTER_RECORDS && j->bare ? DONE : s->next;
    if (j->state <= IN_KEY) {
        piece_begin(&j->piece, j->at.line);
        return RC_OK;
    }
    ++*at;
    j->at.offset++;
    return RC_OK;
}

static Rc document_feed(void *form, const char *bytes, size_t n, Error *err)
{
    JsonReader *j = form;
    Rc rc = RC_OK;
    for (const char *at = bytes, *end = bytes + n; at < end && !rc;) {
        if (j->state <= IN_KEY) {
            rc = piece_on(j, &at, end, err);
        } else if (blank(*at)) {
            j->at.line += *at++ == '\n';
            j->at.offset++;
        } else {
            rc = step_go(j, &at, err);
        }
    }
    return rc;
}

static Rc document_end(void *form, Error *err)
{
    JsonReader *j = form;
    return j->state == DONE ? RC_OK : refuse_torn(err);
}

const ReaderForm reader_json = { .open = document_open, .feed = document_feed, .end = document_end, .free = document_free };
