/* Between a reader and what takes records of the feed: as they come (canonical trees), by their headings (canonical tables), or by the mapping the envelope was kept under. */
#pragma once
#include "gateway/flow/gateway.h"
#include "persistence/inbox.h"
#include "schemas/headings.h"
#include "schemas/reader.h"

typedef struct {
    const Mapping *by;                  /* NULL: canonical form */
    MappingRun    *mapping;
    Headings      *headings;
    RecordSink    *sink;                /* what the reader is to be given */
    void          *self;
} Shaping;

/* RC_REJECT mapping_gone {name}: the mapping is no longer there. */
Rc   shaping_begin(const Gateway *g, const Feed *feed, const Envelope *e, RecordSink *sink, void *self, Shaping *out, Error *err) MUST_USE;
const Layout *shaping_layout(const Shaping *s);
Rc   shaping_end(Shaping *s, Error *err) MUST_USE;          /* what was gathered goes out */
void shaping_free(Shaping *s);                              /* for SCOPED */
