/* Takes XML character content apart as it comes: entity and character references, CDATA sections, line ends (XML 1.0 §2.11, §4.4). A payload that travels
   as a string in <data> becomes the bytes of its own document again, in pieces, never as one text. Leading white space is dropped. */
#pragma once
#include "gateway/base/error.h"
#include <stdbool.h>
#include <stddef.h>

typedef Rc UnwrapSink(void *self, const char *bytes, size_t n, Error *err);

typedef struct {
    char     held[16];     /* an unfinished reference, or the beginning of "<![CDATA[" or "]]>" */
    unsigned n_held;
    bool     in_cdata, after_cr, begun;
} Unwrap;                  /* {0} is ready */

/* RC_REJECT unwrap {what}: an unknown entity, a tag or comment among the text; or what the sink returned. */
Rc unwrap_feed(Unwrap *u, const char *bytes, size_t n, UnwrapSink *sink, void *self, Error *err) MUST_USE;
Rc unwrap_end (const Unwrap *u, Error *err) MUST_USE;      /* RC_REJECT torn: something is left open */
