/* The register of obligations as it stands in its file: read by libcyaml, judged by obligations_load.c. */
#pragma once
#include "gateway/base/yaml.h"

typedef struct { char *act, *edition, *paragraph; } YamlNorm;
typedef struct { char *one, *every, *persons; char **each_of; unsigned n_each_of; } YamlDebtor;
typedef struct { char *event, *delivery; } YamlStart;
typedef struct { char *event, *handed_over; } YamlSettle;
typedef enum { SHIFT_NEXT_WORKING_DAY, SHIFT_NONE } YamlShift;
typedef struct { char *end_of, *after, *on, *plus; YamlShift shift; int not_set, none; } YamlDue;
typedef enum { INSIDE_EXEMPT, INSIDE_OWES } YamlInside;
typedef struct {
    char      *id, *closes, *why, *decides;
    YamlDue    due;
    YamlInside begun_inside, ended_inside;
} YamlReading;
typedef enum { QUOTED_FROM_ORDER, QUOTED_FROM_FACTS } YamlQuoted;

typedef struct {
    char        *id, *quote, *creditor, *feed;
    YamlNorm     norm;
    YamlQuoted   quoted_from;
    YamlDebtor   debtor;
    int          recurs;                               /* a place in recurs_words; 0: it does not */
    YamlStart   *starts;
    YamlSettle  *settled_by;
    YamlReading *readings;  unsigned n_readings;
} YamlObligation;

typedef struct { YamlObligation *obligations; unsigned n_obligations; } YamlObligations;

enum { RECURS_NOT, RECURS_MONTH, RECURS_QUARTER, RECURS_HALF_YEAR, RECURS_YEAR, RECURS_ON_CHANGE, RECURS_BY_OTHER_ACT };
extern const cyaml_strval_t recurs_words[];
extern const cyaml_schema_value_t obligations_schema;
