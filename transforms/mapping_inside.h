/* A mapping once it is compiled, and what its parts share. Only for transforms/mapping*.c. */
#pragma once
#include "transforms/mapping.h"
#include "transforms/mapping_yaml.h"

/* ---- paths ---- */

typedef struct {
    const char *name;
    unsigned    len;
    unsigned    nth;              /* [2]: the second item, or the second of this name; 0: not said */
    bool        all;              /* []: every item, or every one of this name */
} PathStep;

typedef struct {
    const char *text;             /* as written */
    Origin      origin;           /* its number among the mapping's origins; 0 in tables, whose cells bring their own */
    PathStep   *step;  size_t n;  /* none: "." , the thing itself */
    bool        record;           /* from the source record, whatever item we are in */
    bool        number;           /* "#": the number of the item */
    bool        many;             /* some step has all */
} Path;

/* "data.items[]", "\"№ п/п\"", "/BIN", "#", ".". RC_FATAL: what is wrong with it. Lives in a. */
Rc path_read(const char *text, Arena *a, Path *out, Error *err);

/* What a path leads to from a node: calls visit for each, NULL-free; nulls and what is not there are passed over. Stops when visit returns false. */
typedef bool PathVisit(void *self, const Node *n);
void path_walk(const Path *p, const Node *from, PathVisit *visit, void *self);

/* The one thing it leads to, which may be a null; NULL: nothing. *doubled: an element of that name stands several times, and the path does not say which. */
const Node *path_one(const Path *p, const Node *from, bool *doubled);

/* ---- value tables ---- */

typedef struct { const char *from, *to; } Pair;
typedef struct {
    const char   *name;
    Pair         *at;  size_t n, size;     /* sorted by from */
    YamlOtherwise otherwise;
    const char   *otherwise_value;
    bool          ignore_case;
} Table;

/* A value's counterpart; NULL: it has none (*code says that it is to be refused, NULL: it is to be left empty). */
const char *table_find(const Table *t, const char *in, size_t len, Arena *a, size_t *out_len, const char **code);

/* ---- conversions ---- */

typedef struct Conversion Conversion;

/* The new text, in a or in; NULL: *code is the finding. */
typedef const char *Convey(const Conversion *c, const char *in, size_t len, Arena *a, size_t *out_len, const char **code);
struct Conversion {
    Convey      *convey;
    const char  *word[3];         /* of "part 2 /" */
    long         number;
    double       factor;
    const Table *table;
};

/* "date dd.mm.yyyy", "table states": RC_FATAL: there is none such, or its words do not fit. */
Rc conversion_read(const char *text, const Table *tables, size_t n_tables, Arena *a, Conversion *out, Error *err);

/* ---- columns ---- */

typedef struct {
    Path         path;
    char       **is;      size_t n_is;
    char       **is_not;  size_t n_is_not;
    YamlAnswer   given;
} Condition;

typedef struct { Condition *at; size_t n; } Conditions;

typedef enum { SLOT_VALUE, SLOT_VALUES, SLOT_OBJECT, SLOT_ITEMS } SlotShape;

/* What is put into one field. */
typedef struct Slot Slot;
struct Slot {
    const Field *field;
    unsigned     name_len;
    SlotShape    shape;
    Path        *path;    size_t n_paths;      /* more than one: the first that has a value, or all, joined */
    const char  *joint, *constant, *separator, *fallback;      /* NULL: none */
    Conversion  *as;      size_t n_as;
    Conditions   when;
    const Path  *each;                         /* SLOT_ITEMS; NULL: one item a source record */
    Slot        *slot;    size_t n_slots;      /* SLOT_OBJECT, SLOT_ITEMS */
};

typedef struct { Slot *at; size_t n; } Slots;

/* Records of the feed that a source record makes: itself (path NULL), or one for each thing the path leads to. */
typedef struct { const Path *path; Conditions when; Slots slots; } Block;

struct Mapping {
    Arena       *arena;
    YamlMapping *y;               /* owned by the arena */
    const char  *file;
    const Feed  *feed;
    Format       format[FORMATS];  size_t n_formats;
    Layout       layout;
    Conditions   skip;            /* any of them */
    Path        *group;   size_t n_group;
    Block       *block;   size_t n_blocks;
    Table       *table;   size_t n_tables;
    const char **origins; size_t n_origins, size_origins;
};

/* ---- loading ---- */

typedef struct {
    Mapping     *m;
    const Feeds *feeds;
    const char *const *folders;  size_t n_folders;     /* of files of tables; the last that has one gives it */
    Error       *err;
} Draft;

/* RC_FATAL with "FILE:LINE: place: …"; place as yaml_line wants it. */
Rc draft_fault(Draft *d, const char *place, const char *fmt, ...) PRINTF(3, 4);
Rc draft_path (Draft *d, const char *text, const char *place, const char *within, Path *out);    /* within: origins are told below it; NULL: at the record */
Rc draft_conditions(Draft *d, const YamlCondition *y, size_t n, const char *place, const char *within, bool of_record, Conditions *out);
Rc draft_head   (Draft *d);
Rc draft_tables (Draft *d);
Rc draft_columns(Draft *d);

bool tables_format(Format f);      /* rows and cells, no tree */

/* ---- one record ---- */

/* Where paths begin. rows_below: of a table's row below the first of its group. */
typedef struct { const Node *record, *item; uint32_t number; unsigned rows_below; } Scope;

bool conditions_all(const Conditions *c, const Scope *s, Arena *a);
bool conditions_any(const Conditions *c, const Scope *s, Arena *a);

const Node *beginning(const Path *p, const Scope *s);
Origin      origin_of(const Path *p, const Node *n, const Scope *s);       /* n NULL: of what is not there */
bool        node_is_empty(const Node *n);                                   /* NULL, null, or nothing but white space */
bool        node_has_members(const Node *n);                                /* attributes do not count */

/* Who is told of each value; tell NULL: nobody. */
typedef struct { MappingTrace *tell; void *self; } Trace;

/* The canonical node of a record (an object), out of one source record or of several. Lives in a and in the source. */
Node *slots_fill(const Slots *slots, const Scope *sources, size_t n, Arena *a, const Trace *trace);

/* The plain text of the one thing a path leads to; "" where there is none. */
const char *path_text(const Path *p, const Scope *s, Arena *a, size_t *len);
