/* Readers cut a payload into records and hand each to a sink at once. */
#pragma once
#include "gateway/base/buffer.h"
#include "gateway/base/guard.h"
#include "gateway/model/envelope.h"
#include "gateway/model/layout.h"
#include "gateway/model/record.h"

typedef struct Reader Reader;

/* xml_prologue: start tags that declare the namespaces in scope around a SOAP payload ("<w xmlns:p='…'>"), or NULL; the reader closes that
   element (named w) by itself. With a prologue, several roots are legal: records may stand directly in it (compound).
   layout NULL: the canonical form. It is borrowed until reader_free.

   What a sink gets: of trees (XML, JSON) in canonical form a record's own nodes; by a layout the nodes of one source record as they stand: XML names without their namespace, attributes as
   NODE_STRING children named "@name"; of tables a NODE_OBJECT a row, its members named by the headings of their columns as written (white space made plain), of every column that has a
   heading, NODE_STRING, or NODE_NULL for an empty cell; line is the row and sheet is set. Rows without any value are passed over. */
Rc   reader_open(Format format, const char *xml_prologue, const Layout *layout, RecordSink *sink, void *self, Reader **out, Error *err) MUST_USE;
void reader_free(Reader **r);                                            /* NULL-safe */

/* RC_REJECT: the document as a whole is refused (undeclared prefix, doubled attribute, in a JSON document a duplicate key, text where records belong …).
   A record that cannot be read by itself (bad NDJSON line, element > 1 MB) goes to the sink with node NULL. */
Rc   reader_feed(Reader *r, const char *bytes, size_t n, Error *err) MUST_USE;
Rc   reader_end (Reader *r, Error *err) MUST_USE;

/* A document that can be read at any place, for formats whose format_names[].whole is set: `at` fills `to` with n bytes from offset on; all of them are there. */
typedef struct {
    Rc     (*at)(void *self, uint64_t offset, char *to, size_t n, Error *err);
    void    *self;
    uint64_t size;
} Bytes;

/* Reads such a document from beginning to end, instead of reader_feed and reader_end. */
Rc   reader_whole(Reader *r, const Bytes *bytes, Error *err) MUST_USE;

/* What the first bytes of a payload (at most 64 KB) say it is about. RC_OK: *out is filled with what it says; RC_END: more bytes are needed to tell
   (is_all false, under 64 KB), RC_REJECT: it is not a delivery: unknown_root {root as "{namespace}name"; whole in *root, where that is not NULL}, claim_too_late (not within these bytes), …
   FORMAT_XML: root {urn:kz:nqs:delivery:1}delivery with feed, period, kind; with a prologue, {urn:kz:nqs:delivery:1}record or withdraw as first element is a
   delivery that says nothing itself (compound). FORMAT_JSON: object with feed, period, kind before "records"; a bare array says nothing; NDJSON and tables say nothing. */
Rc   claim_read(Format format, const char *xml_prologue, const char *bytes, size_t n, bool is_all, Claim *out, Buffer *root, Error *err) MUST_USE;
