/* A record: one entity in a delivery, first as its sender wrote it (Node), then as what it means (Value). */
#pragma once
#include "gateway/model/feed.h"
#include <stdint.h>

/* What a sender wrote, whatever the format. XML: every element is NODE_ELEMENT, with text and children as they stood. JSON: as its names say;
   a number's text is as written, less idle zeros behind the point (1.50: 1.5, 1.0: 1); with an exponent, as cJSON prints it. Lives in the record's scratch arena.
   NODE_BAD: a mapping could make no value of what stood there. text is the finding's code, the text of the first child the value, quoted by the checker only where that
   may be; that of the second, if there is one, a word of the mapping's own, which becomes {1} and goes before the value. */
typedef enum { NODE_ELEMENT, NODE_STRING, NODE_NUMBER, NODE_BOOLEAN, NODE_NULL, NODE_OBJECT, NODE_ARRAY, NODE_BAD } NodeKind;

/* Where in its sender's own document a value stood; 0: not known. What it means is said by the record: a cell of its sheet (origin_cell), or the n-th of
   its `origins`. */
typedef uint32_t Origin;

typedef struct Node Node;
struct Node {
    NodeKind    kind;
    unsigned    name_len, n;      /* n: number of children */
    Origin      origin;
    const char *name;             /* NULL in arrays and at the top */
    const char *text;             /* NUL-terminated, or NULL: none (an empty XML element has "") */
    size_t      len;
    Node       *first, *last, *next;
};

/* The child becomes the last of its parent's. */
static inline void node_append(Node *parent, Node *child)
{
    if (parent->last)
        parent->last->next = child;
    else
        parent->first = child;
    parent->last = child;
    parent->n++;
}

typedef enum { RECORD_PUT, RECORD_WITHDRAW } RecordWish;

typedef struct {
    uint32_t    seq;              /* 1, 2, 3 … in its delivery */
    uint32_t    line;             /* where it began in the payload; 0: not known */
    RecordWish  wish;
    const char *ground;           /* of a withdrawal, as written; NULL: none given */
    Node       *node;             /* NULL: unreadable (a bad NDJSON line); then bad says why */
    const char *bad;
    const char *sheet;            /* a row of a table: the sheet's name, "" where there are none (CSV); line is its row. NULL: not of a table */
    const char *message;          /* a record of a message: which one, "0@4711" (partition and offset). NULL: of no message */
    const char *const *origins;   /* NULL: none. Paths in the sender's document; a node's origin n is origins[n - 1] */
} Record;

/* What is made of each record: a reader's or a mapping's outlet. The record and its nodes are good until it returns. Anything but RC_OK stops whoever calls it
   and is returned from there. */
typedef Rc RecordSink(void *self, const Record *r, Error *err);

/* A cell as an origin: its column (1 = A, up to ORIGIN_COLUMNS), and its row counted from the record's first, up to ORIGIN_ROWS. */
enum { ORIGIN_COLUMNS = 16384, ORIGIN_ROWS = 1 << 17 };
static inline Origin origin_cell(unsigned column, unsigned rows_below) { return rows_below << 15 | column; }

/* 1 is A, 26 Z, 27 AA. Lives in text. */
enum { COLUMN_LETTERS = 8 };
const char *column_letters(unsigned column, char text[COLUMN_LETTERS]);

/* "Sheet!F7", "F7", "Sheet!7" (a row whose column is not known), "specializations[].statusep": where a value of this record stood; NULL: not known. Lives in a. */
const char *origin_text(const Record *r, Origin origin, Arena *a);

/* The canonical text of one column: NULL = absent. jsonb columns hold canonical JSON (keys in contract order); text[] columns a JSON array of strings. */
typedef struct { const char *text; size_t len; } Value;

typedef enum { OUTCOME_NONE, OUTCOME_NEW, OUTCOME_CHANGED, OUTCOME_UNCHANGED, OUTCOME_WITHDRAWN, OUTCOME_OLDER, OUTCOME_REFUSED } Outcome;
const char *outcome_name(Outcome o);          /* "new", … */

/* One complaint. Texts kk/ru/en come from schemas/texts/findings.yaml by code. Never holds a personal value. */
typedef enum { FINDING_ERROR, FINDING_WARNING } Severity;
typedef struct {
    uint32_t    seq;              /* record; 0: the delivery as a whole */
    Severity    severity;
    const char *code;             /* static or in the batch's arena */
    const char *place;            /* field path "history[2].state"; "" = the record */
    const char *source;           /* where that stood in the sender's own document (origin_text); NULL: the document is in canonical form */
    const char *arg[ERROR_ARGS];  /* {1} {2} {3}; NULL: not used */
} Finding;
