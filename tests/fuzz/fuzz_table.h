/* A table through reader, headings and the record check of a feed with arrays. */
#pragma once
#include "schemas/headings.h"
#include "tests/fuzz/fuzz_reader.h"

typedef Rc TableFeed(Reader *reader, void *self, Error *err);

static inline void table_run(Format format, const Layout *layout, TableFeed *feed, void *self, Buffer *seen)
{
    Error err = {0};
    SCOPED(arena_free) Arena *a = arena_new();
    Reading r = { { reading_complaint }, feeds_find(reading_feeds(), "accredited-centres"), a, seen };
    SCOPED(headings_free) Headings *h = headings_begin(r.feed, reading_record, &r);
    SCOPED(reader_free) Reader *reader = NULL;
    HOLDS(reader_open(format, NULL, layout, headings_record, h, &reader, &err) == RC_OK);
    Rc rc = feed(reader, self, &err);
    if (!rc)
        rc = headings_end(h, &err);
    fuzz_judged(rc, &err);
    buffer_text(seen, rc ? err.text : "good");
}
