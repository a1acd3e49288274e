/* A mapping as it stands in its file, read by libcyaml and judged by mapping_load.c and its parts. docs/mappings.md says what each key means. */
#pragma once
#include "gateway/base/yaml.h"

typedef enum { ANSWER_NONE, ANSWER_NO, ANSWER_YES } YamlAnswer;
typedef enum { OTHERWISE_REFUSE, OTHERWISE_KEEP, OTHERWISE_EMPTY } YamlOtherwise;
typedef enum { PERIOD_SAID, PERIOD_OF_RECEIVED, PERIOD_OF_SENDER_DATE, PERIOD_OF_FILE } YamlPeriodFrom;
typedef enum { TAKE_CURRENT, TAKE_PREVIOUS } YamlTake;

typedef struct {
    char  *path;
    char **is;        unsigned n_is;
    char **is_not;    unsigned n_is_not;
    YamlAnswer given;
} YamlCondition;

typedef struct { char **of; unsigned n_of; char *with; } YamlJoin;

typedef struct YamlColumn YamlColumn;
struct YamlColumn {
    char          *to, *from, *value, *split, *fallback, *each;
    char         **first;    unsigned n_first;
    YamlJoin      *join;
    char         **as;       unsigned n_as;
    YamlCondition *when;     unsigned n_when;
    YamlColumn    *columns;  unsigned n_columns;
};

typedef struct {
    char          *path;
    YamlCondition *when;     unsigned n_when;
    YamlColumn    *columns;  unsigned n_columns;
} YamlEach;

typedef struct { char *from, *to; } YamlPair;
typedef struct {
    char         *name, *file, *otherwise_value;
    YamlPair     *values;    unsigned n_values;
    YamlOtherwise otherwise;
    YamlAnswer    ignore_case;
} YamlTable;

typedef struct { char *value, *file; YamlPeriodFrom from; YamlTake take; } YamlPeriod;
typedef struct { char *records, *charset, *separator, *sheet; unsigned heading_row; } YamlLayout;
typedef struct {
    char **party;    unsigned n_party;
    char **service;  unsigned n_service;
    char **root;     unsigned n_root;
    char  *role, *file;
} YamlBind;

typedef struct {
    char          *name, *title, *version, *feed, *format, *kind;
    YamlBind      *bind;
    YamlPeriod    *period;
    YamlLayout    *layout;
    YamlCondition *skip;     unsigned n_skip;
    char         **group;    unsigned n_group;
    YamlEach      *each;     unsigned n_each;
    YamlTable     *tables;   unsigned n_tables;
    YamlColumn    *columns;  unsigned n_columns;
} YamlMapping;

extern const cyaml_schema_value_t mapping_schema;      /* of a YamlMapping, for yaml_load and yaml_free */
