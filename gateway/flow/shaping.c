#include "gateway/flow/shaping.h"

static bool is_table(Format f) { return f == FORMAT_CSV || f == FORMAT_XLSX; }

static void through_mapping(Shaping *s, RecordSink *sink, void *self)
{
    s->mapping = mapping_begin(s->by, sink, self);
    s->sink = mapping_record;
    s->self = s->mapping;
}

static void through_headings(Shaping *s, const Feed *feed, RecordSink *sink, void *self)
{
    s->headings = headings_begin(feed, sink, self);
    s->sink = headings_record;
    s->self = s->headings;
}

Rc shaping_begin(const Gateway *g, const Feed *feed, const Envelope *e, RecordSink *sink, void *self, Shaping *out, Error *err)
{
    *out = (Shaping){ .sink = sink, .self = self };
    if (e->mapping) {
        out->by = mapping_find(g->mappings, e->mapping);
        if (!out->by || mapping_feed(out->by) != feed)
            return error_refuse(err, "mapping_gone", e->mapping, NULL, NULL);
        through_mapping(out, sink, self);
    } else if (is_table(e->format)) {
        through_headings(out, feed, sink, self);
    }
    return RC_OK;
}

const Layout *shaping_layout(const Shaping *s) { return s->by ? mapping_layout(s->by) : NULL; }

Rc shaping_end(Shaping *s, Error *err)
{
    if (s->mapping)
        return mapping_end(s->mapping, err);
    return s->headings ? headings_end(s->headings, err) : RC_OK;
}

void shaping_free(Shaping *s)
{
    mapping_free_run(&s->mapping);
    headings_free(&s->headings);
}
