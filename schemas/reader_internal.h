/* What the readers of the formats share: where records go, how a JSON element becomes one, how libxml2 is opened. Only for schemas/reader*.c
   and schemas/claim*.c. */
#pragma once
#include "gateway/base/buffer.h"
#include "schemas/reader.h"
#include <cjson/cJSON.h>
#include <libxml/parser.h>

#define DELIVERY_NS "urn:kz:nqs:delivery:1"

enum {
    RECORD_LIMIT  = 1024 * 1024,                    /* bytes of one record: XML text and nodes, a JSON element, a line */
    RECORD_VALUES = RECORD_LIMIT / sizeof(Node),    /* values in one JSON element */
    RECORD_DEPTH  = 32,                             /* levels inside one record */
    BAD_SIZE      = 320,
};

#define BAD_TOO_LARGE "record_too_large"
#define BAD_TOO_DEEP  "nested over 32 levels"

/* Numbers records and hands them to the sink; a is the scratch arena of the record under way. */
typedef struct {
    RecordSink *sink;
    void       *self;
    Arena      *a;
    uint32_t    seq;
    unsigned    bom;            /* bytes of the document that no form saw: its BOM */
    const Layout *layout;       /* NULL: the canonical form */
    const char *message;        /* which message the record is of; NULL: of none */
} Outlet;

Rc outlet_emit(Outlet *to, Record *r, Error *err) MUST_USE;                             /* fills r->seq; resets the arena behind the sink */
Rc outlet_bad (Outlet *to, uint32_t line, const char *bad, Error *err) MUST_USE;        /* a record that could not be read */

/* RC_REJECT not_well_formed {what} {byte offset in the document}. */
Rc outlet_refuse(const Outlet *to, const char *what, uint64_t offset, Error *err);

static inline Rc refuse_torn(Error *err) { return error_refuse(err, "torn", "the end of the document", NULL, NULL); }

/* One format. open borrows `to`, which outlives the form; prologue may be NULL. */
typedef struct {
    Rc   (*open)(Outlet *to, const char *prologue, void **out, Error *err);
    Rc   (*feed)(void *form, const char *bytes, size_t n, Error *err);
    Rc   (*end) (void *form, Error *err);
    void (*free)(void *form);
    Rc   (*whole)(void *form, const Bytes *bytes, Error *err);     /* in place of feed and end, where the format needs all of it */
    bool   marks;               /* it looks for byte order marks itself */
} ReaderForm;
extern const ReaderForm reader_xml, reader_json, reader_ndjson, reader_csv, reader_xlsx, reader_kafka;
extern const ReaderForm reader_xml_path, reader_json_path, reader_json_seq;        /* by a layout */

/* White space, the same four characters in XML 1.0 and RFC 8259: how many of them s begins with. */
static inline bool   blank(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }
static inline size_t blanks(const char *s, size_t len)
{
    size_t n = 0;
    while (n < len && blank(s[n]))
        n++;
    return n;
}

/* ---- XML ---- */

/* A push parser with our options and handlers (SAX2, serror is set by the caller); NULL: out of memory. */
xmlParserCtxt *xml_parser_new(const xmlSAXHandler *sax, void *self);
void           xml_parser_free(xmlParserCtxt **p);          /* NULL-safe */
Rc             xml_doctype(xmlParserCtxt *p, Error *err);   /* refuses; nothing more is parsed, so no entity is ever expanded */

/* The first member of a reader of XML: its handlers are given the reader, and set rc to stop; everything that still comes is then ignored. */
typedef struct {
    Outlet        *to;
    xmlParserCtxt *parser;
    bool           wrapped, ending;     /* there is a prologue; the document's bytes are over */
    size_t         prologue_len;
    uint32_t       prologue_lines;
    Rc             rc;
    Error         *err;                 /* of the call under way */
} XmlPush;

/* sax: handlers of elements and text; DOCTYPE and errors are taken care of. */
Rc       xml_push_open(XmlPush *x, Outlet *to, const xmlSAXHandler *sax, const char *prologue, Error *err) MUST_USE;
void     xml_push_free(XmlPush *x);
Rc       xml_push     (XmlPush *x, const char *bytes, size_t n, Error *err) MUST_USE;
Rc       xml_push_end (XmlPush *x, Error *err) MUST_USE;     /* RC_REJECT torn: it is not whole */
uint32_t xml_push_line(const XmlPush *x);                    /* of the start tag that is being reported */

/* Is it that the document has more different names than we let libxml2 keep? It calls that a want of memory, but no other time will do. */
bool           xml_names_full(const xmlError *e);

/* Turns a complaint of libxml2 into a refusal; quotes names only. final: the document has ended, so whatever is amiss is that it is torn. */
Rc   xml_refuse(const Outlet *to, const xmlError *e, bool final, uint64_t offset, Error *err);
bool element_is(const xmlChar *name, const xmlChar *ns, const char *want, const char *want_ns);
void element_name(char *out, size_t size, const xmlChar *name, const xmlChar *ns);          /* "{ns}name", or "name" without one */

/* SAX2 hands attributes over in fives. */
typedef struct { const xmlChar *name, *prefix, *ns, *value, *end; } Attribute;

/* An element of the record whose end tag has not come. text has room for `room` bytes and a NUL. */
typedef struct { Node *node; char *text; size_t room; } OpenElement;

/* The record under way. The caller reports tags and text from <record> to </record>, both included. */
typedef struct {
    Arena      *a;
    const xmlChar *ns;                      /* the record's own namespace, set by the caller: libxml2's dictionary makes equal names one pointer */
    Record      r;
    OpenElement open[RECORD_DEPTH + 1];     /* open[0] is the record itself */
    bool        own;                        /* a supplier's own: names of any namespace, attributes are children "@name" */
    unsigned    depth, nil;                 /* nil: depth of the xsi:nil element we are in; 0 = in none */
    size_t      used;
    char        bad[BAD_SIZE];
} XmlRecord;

void xml_record_begin(XmlRecord *x, RecordWish wish, uint32_t line, int n, const Attribute *attributes);
void xml_record_start(XmlRecord *x, const xmlChar *name, const xmlChar *ns, int n, const Attribute *attributes);
void xml_record_text (XmlRecord *x, const char *s, size_t len);
bool xml_record_end  (XmlRecord *x);        /* true: that was the end of the record itself, x->r is ready */

/* ---- JSON ---- */

/* Finds the end of one value, however it is cut into pieces. Start from {0}. */
typedef struct {
    unsigned depth, deepest, values;
    bool     begun, in_string, escaped, whole;
} ElementScan;

/* Goes on from `at`, returns where it stopped: at `end`, or with whole set behind the value. Line feeds are added to *lines. */
const char *element_scan(ElementScan *s, const char *at, const char *end, uint32_t *lines);
const char *element_refusal(const ElementScan *s, size_t len);      /* why it must not be parsed; NULL: it may */

/* How far a reader of JSON has come. */
typedef struct { uint32_t line; uint64_t offset; } JsonPlace;      /* line 1, 2 …; offset of the byte looked at */

/* A value of the document under way, which may come in several calls. Begin from {0}; held is released by its owner. */
typedef struct {
    ElementScan scan;
    Buffer      held;           /* its beginning, when it began in an earlier call */
    size_t      len;            /* of it so far, held or not */
    uint32_t    line;           /* where it began */
} Piece;

void piece_begin(Piece *p, uint32_t line);
/* Goes on to the end of the value or of the bytes. True: it is whole, *s and *len are its text (what came in one call where it stands), good until the next piece begins; of one
   over RECORD_LIMIT or with keep false only the beginning, or nothing. */
bool piece_go(Piece *p, const char **at, const char *end, bool keep, JsonPlace *place, const char **s, size_t *len);

/* NULL: not one whole JSON value, or one with \u0000. Released by element_free. */
cJSON *element_parse(const char *s, size_t len);
void   element_free(cJSON **json);

/* Fills out (its name stays) with what a parsed value says; its texts are the value's and live in a. RC_REJECT duplicate_json_key {key}. */
Rc element_node(Arena *a, const cJSON *json, const char *s, size_t len, Node *out, Error *err) MUST_USE;

/* Makes a record of a parsed element and hands it on. s, len: the element's text. RC_REJECT duplicate_json_key {key}. */
Rc element_emit(Outlet *to, const cJSON *json, const char *s, size_t len, uint32_t line, Error *err) MUST_USE;

/* The same of a text that is to be a JSON object and nothing else; what it is not is the record's fault. what: "line", "value". */
Rc object_emit(Outlet *to, const char *s, size_t len, uint32_t line, const char *what, Error *err) MUST_USE;

/* ---- claims ---- */

enum { CLAIM_WINDOW = 64 * 1024 };

/* As claim_read, but RC_END: these bytes do not tell. */
Rc claim_json(const char *bytes, size_t n, Claim *out, Error *err) MUST_USE;

/* Puts a value into the claim; name is "feed", "period" or "kind", *known says whether it is. RC_REJECT bad_parameter {name}: too long. */
Rc claim_put(Claim *c, const char *name, const char *value, size_t len, bool *known, Error *err) MUST_USE;
