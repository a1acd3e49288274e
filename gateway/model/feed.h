/* A feed: one kind of data of paragraph 7 of Order 391, as its contract file describes it. Loaded once by schemas/contract.h,
   then shared by every thread, read-only. No code knows a feed by name. */
#pragma once
#include "gateway/base/arena.h"
#include "gateway/base/error.h"
#include <stdbool.h>
#include <stddef.h>

typedef enum { TYPE_TEXT, TYPE_DATE, TYPE_INTEGER, TYPE_DECIMAL, TYPE_BOOLEAN, TYPE_ARRAY, TYPE_OBJECT } Type;

/* One entry of a code list. */
typedef struct { const char *value, *label_kk, *label_ru; } Code;

typedef struct Field Field;

/* Brings one text value into canonical form (transforms/convert.h). in is UTF-8, NUL-terminated, already plain (text_plain); *out lives in a or
   is in. RC_REJECT: error_refuse with a finding code; arguments quote the value unless f->personal. A normalisation the sender should hear of
   is written to *warning: a finding code, NULL when there is none. */
typedef Rc Convert(const Field *f, const char *in, size_t len, Arena *a, const char **out, size_t *out_len, const char **warning, Error *err);

struct Field {
    const char  *name;             /* [a-z_][a-z0-9_]*: element, JSON key and column */
    const char  *description;
    const char  *label_kk, *label_ru;   /* headings for people; NULL: none given */
    Type         type;
    bool         required, personal;
    unsigned     index;            /* among its siblings; for top-level fields: the column */
    unsigned     key_position;     /* 1, 2, … in the feed's key; 0: not part of it */
    unsigned     min_length, max_length;     /* characters; 0 = no bound */
    const char  *pattern;          /* as in the contract (anchored both ends by definition), or NULL */
    void        *regex;            /* compiled pattern, owned by the contract */
    bool         has_minimum, has_maximum;
    double       minimum, maximum;
    const Code  *codes;   size_t n_codes;    /* closed code list, or none */
    const char  *check;            /* the contract's `check`: iin bin kato nkz oked programme-code …; NULL */
    Convert     *convert;          /* chosen by type and check when the contract is loaded */
    const char  *column_type;      /* physicalType: text date integer bigint numeric boolean jsonb text[] */
    Field       *fields;  size_t n_fields;   /* TYPE_OBJECT: its members; TYPE_ARRAY: exactly one, the item */
};

typedef enum { PERIOD_MONTH, PERIOD_QUARTER, PERIOD_HALF_YEAR, PERIOD_YEAR, PERIOD_DAY } PeriodForm;

enum { KIND_LIST = 1, KIND_CHANGES = 2, KIND_FACTS = 4, KIND_EDITION = 8, KIND_NIL = 16 };
typedef unsigned Kind;                       /* one bit; Feed.kinds is a set of them */

typedef enum { REFUSED_KEEP_GOOD, REFUSED_ALL_OR_NOTHING } OnRefused;

/* A rule over several fields of a record, by name (transforms/rules.h), with its words: names of top-level fields, or constants. */
enum { RULE_WORDS = 4 };
typedef struct {
    const char  *name;
    const char  *word[RULE_WORDS];   size_t n;
    const Field *field[RULE_WORDS];  /* NULL where the word is a constant */
} RuleUse;

/* Who must own a row: "centre_bin = party.bin" or "issuer = party.role". */
typedef enum { OWNER_FIRST, OWNER_BIN, OWNER_ROLE } OwnerRule;

typedef struct {
    const char  *code;             /* "accredited-centres": in URLs, topics, file names */
    const char  *version;          /* of the contract */
    const char  *title, *title_kk, *title_ru, *purpose, *limitations;
    const char  *record;           /* singular record name = table name: "accredited_centre" */
    Field       *fields;  size_t n_fields;
    const Field **key;    size_t n_key;      /* in key order */
    PeriodForm   period;
    unsigned     kinds;
    OnRefused    on_refused;
    OwnerRule    owner;            const Field *owner_field;
    const char **writers;          size_t n_writers;     /* roles that may deliver */
    const char **readers;          size_t n_readers;     /* roles that may read records; empty = by design §8 */
    bool         public_;          /* records may be read without credentials, where configuration allows */
    bool         personal;         /* has a personal field */
    const Field *person_field;     /* the object or text field that identifies the person (holds the IIN); NULL: row key does */
    const RuleUse *rules; size_t n_rules;
    struct {                       /* role NULL: the feed grants nothing */
        const char  *role;
        const Field *bin, *from, *to;
        const char **end_states; size_t n_end_states;
    } grants;
} Feed;

typedef struct { Feed *at; size_t n; Arena *arena; } Feeds;

const char  *feed_title(const Feed *f, const char *lang);                      /* in that language: kk, ru, en */
const Feed  *feeds_find(const Feeds *feeds, const char *code);                  /* NULL: no such feed */
const Field *field_find(const Field *fields, size_t n, const char *name, size_t len);  /* NULL: none of that name */
Kind         kind_read(const char *word);                                       /* 0: not a kind */
const char  *kind_name(Kind kind);
const char  *period_form_name(PeriodForm form);                                 /* "month", …, for messages */
const char  *period_form_sample(PeriodForm form);                               /* "2026-10", … */
bool         period_valid(PeriodForm form, const char *period);
