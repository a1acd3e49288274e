/* Records of a supplier's own JSON: the document is followed along the layout's path; what lies beside it is passed over, and only one record at a time is held. */
#include "schemas/reader_internal.h"
#include <stdlib.h>
#include <string.h>

enum { OPS_MOST = 32, RECORD_SEPARATOR = 0x1E };

/* One step inwards: into the member of that name, or (name NULL) into each item. */
typedef struct { const char *name; } Op;

typedef struct { unsigned op; bool array, seen; } Frame;         /* seen: the member was there already */

/* What is awaited next. */
typedef enum { AT_VALUE, AT_FIRST_KEY, AT_KEY, AT_COLON, AT_FIRST_ITEM, AT_AFTER, AT_END, IN_KEY, IN_SKIPPED, IN_RECORD } State;

typedef struct {
    Outlet     *to;
    Arena      *a;              /* of the path */
    Op          op[OPS_MOST];   unsigned n_ops;
    Frame       frame[OPS_MOST]; unsigned depth;
    State       state;
    unsigned    next;           /* the op that the awaited value is for; n_ops: it is a record */
    bool        beside;         /* that value lies beside the path */
    bool        found;          /* the path was there */
    Piece       piece;
    JsonPlace   at;
    bool        begun;          /* of a sequence: its first separator was seen */
} PathReader;

static Rc refuse_syntax(const PathReader *j, Error *err) { return outlet_refuse(j->to, "JSON", j->at.offset, err); }

static void document_begin(PathReader *j)
{
    j->state = AT_VALUE;
    j->next = j->depth = 0;
    j->beside = false;
}

static void ops_take(PathReader *j, const LayoutPath *path)
{
    for (size_t i = 0; i < path->n; i++) {
        if (path->step[i].name)
            j->op[j->n_ops++] = (Op){ path->step[i].name };
        if (path->step[i].each)
            j->op[j->n_ops++] = (Op){ NULL };
    }
}

static Rc path_open(Outlet *to, const char *prologue, void **out, Error *err)
{
    (void)prologue;
    LayoutPath path;
    PathReader *j = *out = calloc(1, sizeof *j);
    if (!j)
        return error_set(err, RC_RETRY, "out of memory");
    j->to = to;
    j->a = arena_new();
    j->at.line = 1;
    if (layout_path(to->layout, FORMAT_JSON, j->a, &path, err))
        return err->rc;
    ops_take(j, &path);
    document_begin(j);
    return RC_OK;
}

static void path_free(void *form)
{
    PathReader *j = form;
    buffer_free(&j->piece.held);
    arena_free(&j->a);
    free(j);
}

/* ---- pieces: keys, records, and what is passed over ---- */

static void piece_of(PathReader *j, State state)
{
    j->state = state;
    piece_begin(&j->piece, j->at.line);
}

static Rc key_done(PathReader *j, const char *s, size_t len, Error *err)
{
    SCOPED(element_free) cJSON *key = j->piece.len > RECORD_LIMIT ? NULL : element_parse(s, len);
    Frame *f = &j->frame[j->depth - 1];
    if (!key)
        return refuse_syntax(j, err);
    j->beside = strcmp(key->valuestring, j->op[f->op].name) != 0;
    if (!j->beside && f->seen)
        return error_refuse(err, "duplicate_json_key", key->valuestring, NULL, NULL);
    f->seen |= !j->beside;
    j->next = f->op + 1;
    j->state = AT_COLON;
    return RC_OK;
}

static Rc record_done(PathReader *j, const char *s, size_t len, Error *err)
{
    const char *refusal = element_refusal(&j->piece.scan, j->piece.len);
    if (refusal)
        return outlet_bad(j->to, j->piece.line, refusal, err);
    SCOPED(element_free) cJSON *json = element_parse(s, len);
    return json ? element_emit(j->to, json, s, len, j->piece.line, err) : refuse_syntax(j, err);
}

static Rc piece_done(PathReader *j, const char *s, size_t len, Error *err)
{
    if (j->state == IN_KEY)
        return key_done(j, s, len, err);
    bool record = j->state == IN_RECORD;
    j->state = j->depth ? AT_AFTER : AT_END;
    return record ? record_done(j, s, len, err) : RC_OK;
}

static Rc piece_on(PathReader *j, const char **at, const char *end, Error *err)
{
    const char *s;
    size_t len;
    return piece_go(&j->piece, at, end, j->state != IN_SKIPPED, &j->at, &s, &len) ? piece_done(j, s, len, err) : RC_OK;
}

/* ---- between pieces ---- */

static void step(PathReader *j, const char **at)
{
    ++*at;
    j->at.offset++;
}

static void enter(PathReader *j, const char **at, bool array)
{
    j->frame[j->depth++] = (Frame){ .op = j->next, .array = array };
    j->found |= array;
    j->state = array ? AT_FIRST_ITEM : AT_FIRST_KEY;
    step(j, at);
}

/* A list of one is often written without its brackets. */
static void value_begin(PathReader *j, const char **at)
{
    char c = **at;
    while (!j->beside && j->next < j->n_ops && !j->op[j->next].name && c != '[' && c != 'n')
        j->next++;
    bool record = !j->beside && j->next == j->n_ops, inwards = !j->beside && !record && c == (j->op[j->next].name ? '{' : '[');
    j->found |= record;
    if (inwards)
        enter(j, at, c == '[');
    else
        piece_of(j, record ? IN_RECORD : IN_SKIPPED);
}

static Rc key_begin(PathReader *j, char c, Error *err)
{
    if (c != '"')
        return refuse_syntax(j, err);
    piece_of(j, IN_KEY);
    return RC_OK;
}

static void leave(PathReader *j, const char **at)
{
    j->depth--;
    j->state = j->depth ? AT_AFTER : AT_END;
    step(j, at);
}

static void item_begin(PathReader *j)
{
    j->next = j->frame[j->depth - 1].op + 1;
    j->beside = false;
    j->state = AT_VALUE;
}

static Rc after(PathReader *j, const char **at, Error *err)
{
    bool array = j->frame[j->depth - 1].array;
    if (**at == (array ? ']' : '}')) {
        leave(j, at);
        return RC_OK;
    }
    if (**at != ',')
        return refuse_syntax(j, err);
    step(j, at);
    if (array)
        item_begin(j);
    else
        j->state = AT_KEY;
    return RC_OK;
}

static Rc colon(PathReader *j, const char **at, Error *err)
{
    if (**at != ':')
        return refuse_syntax(j, err);
    j->state = AT_VALUE;
    step(j, at);
    return RC_OK;
}

/* One byte that is no white space. A byte that begins a piece is left to it. */
static Rc step_go(PathReader *j, const char **at, Error *err)
{
    char c = **at;
    switch (j->state) {
    case AT_VALUE:
        if (strchr(",:]}", c))
            return refuse_syntax(j, err);
        value_begin(j, at);
        return RC_OK;
    case AT_FIRST_KEY:
    case AT_FIRST_ITEM:
        if (c == (j->state == AT_FIRST_KEY ? '}' : ']'))
            leave(j, at);
        else if (j->state == AT_FIRST_ITEM)
            item_begin(j);
        else
            return key_begin(j, c, err);
        return RC_OK;
    case AT_KEY:   return key_begin(j, c, err);
    case AT_COLON: return colon(j, at, err);
    case AT_AFTER: return after(j, at, err);
    default:       return refuse_syntax(j, err);
    }
}

static Rc path_feed(void *form, const char *bytes, size_t n, Error *err)
{
    PathReader *j = form;
    Rc rc = RC_OK;
    for (const char *at = bytes, *end = bytes + n; at < end && !rc;) {
        if (j->state >= IN_KEY) {
            rc = piece_on(j, &at, end, err);
        } else if (blank(*at)) {
            j->at.line += *at == '\n';
            step(j, &at);
        } else {
            rc = step_go(j, &at, err);
        }
    }
    return rc;
}

/* A bare word at the top ends with the document. */
static bool document_ended(const PathReader *j) { return j->state == AT_END || (!j->depth && j->state == IN_SKIPPED && !j->piece.scan.depth && !j->piece.scan.in_string); }

static Rc path_end(void *form, Error *err)
{
    PathReader *j = form;
    if (!document_ended(j))
        return refuse_torn(err);
    return j->found ? RC_OK : error_refuse(err, "records_not_found", j->to->layout->records, NULL, NULL);
}

const ReaderForm reader_json_path = { .open = path_open, .feed = path_feed, .end = path_end, .free = path_free };

/* ---- sequences (RFC 7464): each text is a document of its own ---- */

static Rc text_begin(PathReader *j, Error *err)
{
    bool fresh = j->state == AT_VALUE && !j->depth;
    if (j->begun && !fresh && !document_ended(j))
        return refuse_torn(err);
    j->begun = true;
    j->at.offset++;
    document_begin(j);
    return RC_OK;
}

static Rc sequence_feed(void *form, const char *bytes, size_t n, Error *err)
{
    PathReader *j = form;
    Rc rc = RC_OK;
    for (const char *at = bytes, *end = bytes + n, *next; at < end && !rc; at = next) {
        if (*at == RECORD_SEPARATOR) {
            rc = text_begin(j, err);
            next = at + 1;
            continue;
        }
        const char *separator = memchr(at, RECORD_SEPARATOR, (size_t)(end - at));
        next = separator ? separator : end;
        if (!j->begun)
            return outlet_refuse(j->to, "record separator", j->at.offset, err);
        rc = path_feed(j, at, (size_t)(next - at), err);
    }
    return rc;
}

static Rc sequence_end(void *form, Error *err)
{
    PathReader *j = form;
    bool fresh = j->state == AT_VALUE && !j->depth;
    if (!j->begun || (!fresh && !document_ended(j)))
        return refuse_torn(err);
    return j->found ? RC_OK : error_refuse(err, "records_not_found", j->to->layout->records, NULL, NULL);
}

const ReaderForm reader_json_seq = { .open = path_open, .feed = sequence_feed, .end = sequence_end, .free = path_free };
