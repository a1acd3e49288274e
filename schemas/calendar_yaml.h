/* The files of the calendar as they stand: read by libcyaml, judged by calendar_load.c and holidays_load.c. */
#pragma once
#include "gateway/base/yaml.h"

typedef enum { SINCE_READ, SINCE_ASSUMED } YamlSince;

typedef struct {
    char     *id, *known_since, *act;
    unsigned  year;
    YamlSince known_since_is;
    int       forecast;                                /* 0 or 1 */
    char    **days_off;              unsigned n_days_off;
    char    **worked_weekend_days;   unsigned n_worked_weekend_days;
} YamlEdition;

typedef struct { YamlEdition *editions; unsigned n_editions; } YamlEditions;

typedef struct {
    char  *name, *from, *to, *known_since, *end_known_since;
    int    shifts;                                     /* 0 or 1 */
    char **days;        unsigned n_days;
    char **dates;       unsigned n_dates;
    char **estimates;   unsigned n_estimates;
} YamlHoliday;

typedef struct { unsigned from, to; } YamlYears;
typedef struct { char *act; YamlYears years; YamlHoliday *holidays; unsigned n_holidays; } YamlLaw;

extern const cyaml_schema_value_t editions_schema, law_schema;
