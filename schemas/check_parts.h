/* What the parts of the record check share: check.c (the record), check_value.c (one scalar), check_nested.c (objects and arrays, written
   as JSON) and check_report.c (complaints). */
#pragma once
#include "gateway/base/buffer.h"
#include "schemas/check.h"
#include "schemas/place.h"

enum { COMPLAINTS_MOST = 100 };

/* One record under check. */
typedef struct {
    const Feed   *feed;
    const Record *record;
    Arena        *arena;
    Findings     *findings;
    unsigned      n_complaints;
    bool          refused;
    Rc            broken;         /* not RC_OK: a conversion could not work; err says why */
    Error        *err;
    Buffer        text;           /* of the JSON under way; used again for each column */
    Json          json;
} Check;

typedef enum { VALUE_ABSENT, VALUE_GOOD, VALUE_BAD } Verdict;

/* Complaints: a and b are {1} and {2}, NULL where not used. The record is refused by the first, not by the second. */
void complain(Check *c, const Place *at, const char *code, const char *a, const char *b);
void warn    (Check *c, const Place *at, const char *code, const char *a);

/* A value as it may be shown: NULL when the field is personal. Lives in the arena. */
const char *quote(const Check *c, const Field *f, const char *s, size_t len);

/* Complains of what a mapping could make no value of. */
Verdict bad_value(Check *c, const Field *f, const Node *node, const Place *at);

/* Fills *out when VALUE_GOOD. VALUE_BAD: it was complained about, as is the lack of a required one. node NULL: not in the record. */
Verdict scalar_check(Check *c, const Field *f, const Node *node, const Place *at, Value *out);

/* The same for an object or array; *out is its canonical JSON. */
Verdict nested_check(Check *c, const Field *f, const Node *node, const Place *at, Value *out);

/* Which child of an object is which field: found[i] for fields[i], NULL if there is none, doubled_node if there are several. Complains of
   unknown and doubled ones. Lives in the arena. */
extern const Node doubled_node;
const Node **members_find(Check *c, const Field *fields, size_t n, const Node *object, const Place *at);

/* Can it be taken for an object: by its kind, and by having no text of its own but white space. */
bool is_object(const Node *node);
bool is_blank(const char *s, size_t len);

static inline bool is_nested(const Field *f) { return f->type == TYPE_ARRAY || f->type == TYPE_OBJECT; }
