#include "gateway/model/format.h"
#include "schemas/reader_internal.h"
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct Reader {
    const ReaderForm *form;
    void    *state;
    Outlet   to;
    char     head[3];           /* the document's first bytes, as long as they may be a BOM */
    unsigned n_head;
    bool     begun;             /* they were looked at */
    Rc       stopped;           /* the answer that ended reading */
    Error    why;
};

static const ReaderForm *const forms[FORMATS] = {
    [FORMAT_XML] = &reader_xml, [FORMAT_JSON] = &reader_json, [FORMAT_NDJSON] = &reader_ndjson, [FORMAT_CSV] = &reader_csv, [FORMAT_XLSX] = &reader_xlsx,
    [FORMAT_KAFKA] = &reader_kafka,
};

/* Those that read a supplier's own tree. */
static const ReaderForm *const forms_by_layout[FORMATS] = {
    [FORMAT_XML] = &reader_xml_path, [FORMAT_JSON] = &reader_json_path, [FORMAT_JSON_SEQ] = &reader_json_seq, [FORMAT_KAFKA] = &reader_kafka,
};

Rc outlet_emit(Outlet *to, Record *r, Error *err)
{
    r->seq = ++to->seq;
    r->message = to->message;
    Rc rc = to->sink(to->self, r, err);
    arena_reset(to->a);
    return rc;
}

Rc outlet_bad(Outlet *to, uint32_t line, const char *bad, Error *err)
{
    return outlet_emit(to, &(Record){ .line = line, .bad = bad }, err);
}

Rc outlet_refuse(const Outlet *to, const char *what, uint64_t offset, Error *err)
{
    char at[24];
    snprintf(at, sizeof at, "%" PRIu64, offset + to->bom);
    return error_refuse(err, "not_well_formed", what, at, NULL);
}

Rc reader_open(Format format, const char *xml_prologue, const Layout *layout, RecordSink *sink, void *self, Reader **out, Error *err)
{
    const ReaderForm *form = layout && layout->records ? forms_by_layout[format] : forms[format];
    if (!form)
        return error_refuse(err, "format_needs_mapping", format_names[format].name, NULL, NULL);
    SCOPED(reader_free) Reader *r = calloc(1, sizeof *r);
    if (!r)
        return error_set(err, RC_RETRY, "out of memory");
    r->form = form;
    r->to = (Outlet){ .sink = sink, .self = self, .a = arena_new(), .layout = layout };
    r->begun = r->form->marks;
    Rc rc = r->form->open(&r->to, xml_prologue, &r->state, err);
    if (!rc)
        *out = TAKE(r);
    return rc;
}

void reader_free(Reader **r)
{
    if (!*r)
        return;
    if ((*r)->state)
        (*r)->form->free((*r)->state);
    arena_free(&(*r)->to.a);
    free(*r);
    *r = NULL;
}

static Rc stop(Reader *r, Rc rc, const Error *err)
{
    if (rc) {
        r->stopped = rc;
        r->why = *err;
    }
    return rc;
}

static Rc again(const Reader *r, Error *err)
{
    *err = r->why;
    return r->stopped;
}

/* Takes the bytes of a possible BOM from the input; returns how many. */
static size_t head_take(Reader *r, const char *bytes, size_t n)
{
    static const char bom[] = "\xEF\xBB\xBF";
    size_t took = 0;
    while (took < n && r->n_head < 3 && bytes[took] == bom[r->n_head])
        r->head[r->n_head++] = bytes[took++];
    if (r->n_head == 3)
        r->to.bom = 3;
    r->begun = r->n_head == 3 || took < n;
    return took;
}

static Rc head_pass(Reader *r, Error *err)
{
    return r->to.bom || !r->n_head ? RC_OK : r->form->feed(r->state, r->head, r->n_head, err);
}

Rc reader_feed(Reader *r, const char *bytes, size_t n, Error *err)
{
    if (r->stopped)
        return again(r, err);
    Rc rc = RC_OK;
    if (!r->begun) {
        size_t took = head_take(r, bytes, n);
        bytes += took;
        n -= took;
        rc = r->begun ? head_pass(r, err) : RC_OK;
    }
    if (!rc && n)
        rc = r->form->feed(r->state, bytes, n, err);
    return stop(r, rc, err);
}

Rc reader_whole(Reader *r, const Bytes *bytes, Error *err)
{
    assert(r->form->whole);
    return stop(r, r->form->whole(r->state, bytes, err), err);
}

Rc reader_end(Reader *r, Error *err)
{
    if (r->stopped)
        return again(r, err);
    Rc rc = r->begun ? RC_OK : head_pass(r, err);
    return stop(r, rc ? rc : r->form->end(r->state, err), err);
}
