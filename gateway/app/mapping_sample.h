/* A mapping tried on a sample, without a gateway: what its values become, and what is complained about. */
#pragma once
#include "gateway/base/buffer.h"
#include "transforms/mapping.h"
#include "transforms/texts.h"

typedef struct {
    const Mapping *mapping;
    const Texts   *texts;
    Lang           lang;
    const char    *file, *party;       /* party NULL: whose rows they are is not looked at */
    Format         format;
    bool           fragment;           /* the sample is what stands in <data> of a SOAP message */
    bool           show_personal;
    unsigned       most;               /* records shown */
} SampleAsk;

/* {"mapping", "feed", "period", "kind", "records", "refused", "values": [{"record", "place", "source", "column", "value"}], "canonical": [record, …], "findings": […], "document": null | {"code", "text"}}:
   place and source as they stand in the sample, value and canonical as the feed has them; document: why it is refused as a whole. RC_FATAL: the sample cannot be read. */
Rc sample_try(const SampleAsk *ask, Buffer *out, Error *err) MUST_USE;
