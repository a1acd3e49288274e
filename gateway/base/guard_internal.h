/* What the parts of the guard share. Internal to gateway/base: others use guard.h. The parts for XML, JSON and NDJSON see only whole or torn UTF-8
   without NUL: guard.c has looked before. */
#pragma once
#include "gateway/base/buffer.h"
#include "gateway/base/charset.h"
#include "gateway/base/csv.h"
#include "gateway/base/guard.h"
#include "gateway/base/reference.h"

enum { GUARD_DEPTH = 64, MARKUP_MAX = 64 * 1024, ATTRIBUTES_MAX = 256, NUMBER_MAX = 64, KEY_MAX = 256, LINE_MAX_BYTES = 1 << 20, RECORD_SEPARATOR = 0x1E };

/* One fed piece: at moves from start to end; offset is the document's at start. */
typedef struct { const char *start, *at, *end; uint64_t offset; } Piece;

static inline uint64_t piece_offset(const Piece *p) { return p->offset + (uint64_t)(p->at - p->start); }

Rc guard_malformed(Error *err, const char *what, uint64_t offset);         /* not_well_formed {what} {offset} */
Rc guard_refuse   (Error *err, const char *code, uint64_t number);         /* code {number} */
Rc guard_torn     (Error *err, const char *missing);                       /* torn {missing} */

typedef struct {
    OnTag   *on_tag;
    void    *self;
    bool     fragment, root_seen;
    bool     in_markup;             /* the limit on markup counts, from begin on */
    bool     spaced;                /* white space stands before the next attribute */
    char     quote;                 /* of the attribute value we are in */
    unsigned state, back;           /* back: where a reference returns to */
    unsigned run;                   /* closing characters seen in a row: ] - ? */
    unsigned attributes, depth;
    uint64_t origin, begin;         /* offsets behind a BOM, of the last '<' */
    size_t   matched;               /* bytes of an end tag's name that agree */
    unsigned held;                  /* bytes in word */
    char     word[160];             /* a reference, what follows "<!" or "<?", or the XML declaration */
    Buffer   names;                 /* of the open elements, each with a NUL, and of the one being read */
    size_t   start[GUARD_DEPTH + 2];/* where each begins */
} XmlGuard;

void xml_guard_init(XmlGuard *x, bool fragment, OnTag *on_tag, void *self);
Rc   xml_guard_feed(XmlGuard *x, Piece *p, Error *err);
Rc   xml_guard_end (const XmlGuard *x, Error *err);

/* s: what stands between "<?xml" and "?>" (XML 1.0 §2.8). */
Rc   xml_declaration_check(const char *s, size_t n, uint64_t offset, Error *err);

typedef struct {
    unsigned state, depth, digits;  /* digits: of a \u escape */
    bool     is_key, nonzero;       /* nonzero: of that escape */
    uint64_t objects;               /* one bit a level: is it an object */
    uint64_t begin;                 /* offset of the string or number we are in */
    const char *rest;               /* of the literal that must come */
} JsonGuard;

void json_guard_init(JsonGuard *j);
Rc   json_guard_feed(JsonGuard *j, Piece *p, Error *err);
Rc   json_guard_end (const JsonGuard *j, Error *err);
bool json_guard_fresh(const JsonGuard *j);        /* nothing of a value came yet */

typedef struct { Charset *charset; CsvScan scan; } CsvGuard;

/* charset NULL: by the usual rules. */
Rc   csv_guard_init(CsvGuard *g, const char *charset, char separator, unsigned heading_row, Error *err);
Rc   csv_guard_feed(CsvGuard *g, const char *bytes, size_t n, Error *err);
Rc   csv_guard_end (CsvGuard *g, Error *err);
void csv_guard_free(CsvGuard *g);

/* A place where a zip's closing record may begin, by the end of the file that it tells of. */
enum { ZIP_END_SIZE = 22, ZIP_HEAD_SIZE = 4, ZIP_ENDS = 8 };
typedef struct {
    uint64_t size;                      /* bytes so far */
    char     head[ZIP_HEAD_SIZE];
    char     tail[ZIP_END_SIZE - 1];    /* the last bytes, n_tail of them */
    size_t   n_tail;
    uint64_t ends[ZIP_ENDS];            /* the latest ones */
    unsigned n_ends;
} XlsxGuard;

Rc xlsx_guard_feed(XlsxGuard *x, const char *bytes, size_t n, Error *err);
Rc xlsx_guard_end (const XlsxGuard *x, Error *err);
