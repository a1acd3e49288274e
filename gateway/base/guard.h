/* The guard looks once at every byte of a document of unknown origin, before any parser does, and refuses what must never
   reach one: bytes that are not UTF-8, NUL, DOCTYPE, bottomless nesting, giant tags, torn or unbalanced documents. It keeps a
   few hundred bytes however long the document is, plus the names of the open elements.

   XML: UTF-8 only (a declaration naming another encoding is refused, a BOM is allowed), one root, start and end tags balanced by name, depth <= 64,
   markup (one tag, comment, PI) <= 64 KB, <= 256 attributes an element, no "<!" but comments and CDATA; "]]>" in text, "<" in an attribute value,
   an unquoted attribute and a comment that begins with ">" or "->" are refused; entity references only &lt; &gt; &amp; &quot; &apos; and numeric ones, <= 16 bytes long.
   JSON: RFC 8259 structure down to single characters: strings, escapes, numbers, literals, commas, brackets, depth <= 64,
   \u0000 refused, number <= 64 bytes, key <= 256 bytes; one value, then white space only. A BOM is allowed.
   JSON sequences (RFC 7464): texts that each begin with U+001E, each judged as JSON; what stands before the first is refused (record_separator).
   NDJSON: only UTF-8, NUL, and a line <= 1 MB; lines are judged one by one when read.
   CSV: bytes of its charset (charset.h), no NUL, a row <= 1 MB, <= 16,384 columns, quotes closed in the end. XLSX: only that it begins as a zip and ends with the
   closing record of one; what is in it is judged when read (an old or encrypted workbook is told apart). */
#pragma once
#include "gateway/base/arena.h"
#include "gateway/base/error.h"
#include <stdbool.h>
#include <stdint.h>

/* FORMAT_KAFKA is made by the gateway itself and is not guarded (gateway/model/frame.h). */
typedef enum { FORMAT_XML, FORMAT_JSON, FORMAT_NDJSON, FORMAT_JSON_SEQ, FORMAT_CSV, FORMAT_XLSX, FORMAT_KAFKA, FORMATS } Format;

/* What the XML guard saw, for a consumer that needs places (the SOAP head). Borrowed, valid during the call. */
typedef enum { SAW_START, SAW_END, SAW_EMPTY } Saw;     /* <a>, </a>, <a/> */
typedef struct {
    Saw         what;
    unsigned    depth;          /* of the element itself: the root is 1 */
    const char *name;           /* as written, prefix included; not NUL-terminated */
    size_t      name_len;
    uint64_t    begin, end;     /* offsets in the document of the tag's '<' and of the byte behind its '>' */
} Tag;
typedef Rc OnTag(void *self, const Tag *tag, Error *err);

typedef struct Guard Guard;

/* on_tag may be NULL; it is called for XML only. Lives until guard_free. fragment: several roots or none, and plain text between them, are allowed (SOAP's
   compound payload); otherwise exactly one root. */
Guard *guard_new (Format format, bool fragment, OnTag *on_tag, void *self);
void   guard_free(Guard **g);                                        /* NULL-safe */

/* What a mapping's layout says of a CSV document (gateway/model/layout.h), told before the first byte. Without this the guard holds it against UTF-8, byte order marks and windows-1251,
   and takes the separator that the heading row has most of. RC_REJECT unknown_charset. */
Rc guard_table(Guard *g, const char *charset, char separator, unsigned heading_row, Error *err) MUST_USE;

/* RC_REJECT, the same however the document is cut into pieces; or what on_tag returned. After either the guard must not be fed again.
   not_utf8 {offset}, nul_character {offset}, doctype, encoding {name}, too_deep {64}, too_many_attributes {256}, too_large_markup {offset},
   line_too_long {line number}, not_well_formed {what} {offset}. Offsets are in bytes from the first one fed. what, for XML: tag, end_tag,
   attribute, reference, "]]>", control_character, comment, markup, processing_instruction, declaration, second_root, text_outside_root; for JSON:
   value, key, colon, comma, escape, number, long_number, long_key, control_character, after_the_end.
   CSV: not_in_charset {charset} {offset}, row_too_long {row}, too_many_columns {row}. XLSX: not_xlsx, old_workbook.
   Left to the parser behind it: doubled attributes and keys, undeclared prefixes, which letters beyond ASCII a name may have, U+FFFE and
   U+FFFF, lone surrogates in \u escapes. */
Rc guard_feed(Guard *g, const char *bytes, size_t n, Error *err) MUST_USE;

/* The document has ended. RC_REJECT torn {what is missing}: it is not whole, or empty (a fragment may be empty). What is missing is the
   text itself ("</name>", "]]>", "}") or root, value, key, number, character, line, row, or "the end of the zip". */
Rc guard_end(Guard *g, Error *err) MUST_USE;

/* Names of the elements open now, outermost first, as written. *n receives how many. Valid until the next feed. Inside on_tag a
   started element is among them, an empty or ended one is not. */
const char *const *guard_open_names(Guard *g, size_t *n);
