/* A quantitative indicator of the annual analysis (Order 391, paragraphs 20(4), 21): records of a feed, counted by a field. Loaded from schemas/law/indicators.yaml
   (schemas/indicators.h); what its keys mean stands there. */
#pragma once
#include "gateway/model/feed.h"

typedef enum { WHEN_STANDING, WHEN_REPORTED, WHEN_DATED } IndicatorWhen;
typedef enum { TEST_NONE, TEST_PRESENT, TEST_PAST } FieldTest;

/* Rows of another feed, those whose key equals what is looked for. */
typedef struct { const Feed *feed; const Field *key; } Link;

typedef struct {
    const Field *field;                            /* NULL: not by anything, the sum only */
    const Field *through;  Link via;               /* through NULL: field is of the indicator's own feed; else of via.feed, found by this one */
    unsigned     first;                            /* characters; 0: all */
    const Field *last_by, *take;                   /* of an array of objects: this member of the one whose last_by is the latest in or before the year */
    FieldTest    test;
    Link         names;    const Field *names_kk, *names_ru;      /* names.feed NULL: none */
    const Code  *labels;   size_t n_labels;        /* of the file, or else the codes of the contract */
} Dimension;

typedef struct { const Field *field; FieldTest test; const char *const *is; size_t n_is; } Condition;

typedef struct {
    const char       *id, *kk, *ru;
    size_t            chapter;
    const Feed       *feed;
    IndicatorWhen     when;
    const Field      *date;                        /* of WHEN_DATED */
    Dimension         by;
    const Condition  *where;      size_t n_where;
    const Field     **distinct;   size_t n_distinct;      /* none: records are counted */
    bool              persons;                     /* each record is about a person: small groups are hidden (gateway/model/small_groups.h) */
} Indicator;

typedef struct { const char *id, *kk, *ru; } Chapter;
typedef struct { const Chapter *chapters; size_t n_chapters; const Indicator *at; size_t n; } Indicators;

extern const char *const when_names[];     /* as in the file; ends with NULL */
