/* Readers cut a payload, pushed in pieces of any size, into records and hand each to a sink at once. */
#pragma once
#include "gateway/base/guard.h"
#include "gateway/model/envelope.h"
#include "gateway/model/record.h"

/* One record; it and its nodes are good until the sink returns. Anything but RC_OK stops the reader and is returned from reader_feed. */
typedef Rc RecordSink(void *self, const Record *r, Error *err);

typedef struct Reader Reader;

/* xml_prologue: start tags that declare the namespaces in scope around a SOAP payload ("<w xmlns:p='…'>"), or NULL; the reader closes that
   element (named w) by itself. With a prologue, several roots are legal: records may stand directly in it (compound). */
Rc   reader_open(Format format, const char *xml_prologue, RecordSink *sink, void *self, Reader **out, Error *err) MUST_USE;
void reader_free(Reader **r);                                            /* NULL-safe */

/* RC_REJECT: the document as a whole is refused (undeclared prefix, doubled attribute, in a JSON document a duplicate key, text where records belong …).
   A record that cannot be read by itself (bad NDJSON line, element > 1 MB) goes to the sink with node NULL. */
Rc   reader_feed(Reader *r, const char *bytes, size_t n, Error *err) MUST_USE;
Rc   reader_end (Reader *r, Error *err) MUST_USE;

/* What the first bytes of a payload (at most 64 KB) say it is about. RC_OK: *out is filled with what it says; RC_END: more bytes are needed to tell
   (is_all false, under 64 KB), RC_REJECT: it is not a delivery: unknown_root {root as "{namespace}name"}, claim_too_late (not within these bytes), …
   FORMAT_XML: root {urn:kz:nqs:delivery:1}delivery with feed, period, kind; with a prologue, {urn:kz:nqs:delivery:1}record or withdraw as first element is a
   delivery that says nothing itself (compound). FORMAT_JSON: object with feed, period, kind before "records"; a bare array says nothing; FORMAT_NDJSON says nothing. */
Rc   claim_read(Format format, const char *xml_prologue, const char *bytes, size_t n, bool is_all, Claim *out, Error *err) MUST_USE;
