/* indicators.yaml as it stands, in its order. Internal to schemas/indicators*.c. */
#pragma once
#include "gateway/base/yaml.h"

typedef struct { char *id, *kk, *ru; } YamlChapter;
typedef struct { char *field, *feed, *key, *kk, *ru; } YamlLink;            /* through: field, feed, key; names: feed, key, kk, ru */
typedef struct { char *value, *kk, *ru; } YamlLabel;
typedef struct {
    char      *field, *last_by, *take;
    unsigned   first;
    int        test;
    YamlLink  *through, *names;
    YamlLabel *labels;  unsigned n_labels;
} YamlDimension;
typedef struct { char *field; int test; char **is; unsigned n_is; } YamlCondition;
typedef struct {
    char          *id, *chapter, *kk, *ru, *feed, *date;
    int            when, persons;
    YamlDimension *by;
    YamlCondition *where;     unsigned n_where;
    char         **distinct;  unsigned n_distinct;
} YamlIndicator;
typedef struct { YamlChapter *chapters; unsigned n_chapters; YamlIndicator *indicators; unsigned n_indicators; } YamlIndicators;

extern const cyaml_schema_value_t indicators_schema;
