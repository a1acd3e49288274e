/* A contract as it stands in its file: the part of ODCS v3.2.0 we use, read by libcyaml and judged by contract.c and its parts. */
#pragma once
#include "gateway/base/yaml.h"

typedef struct { char *property, *value, *description; } YamlCustom;
typedef struct { char *value, *label, *description; } YamlCode;
typedef struct { char *property; } YamlSla;

typedef enum { ACCESS_READ, ACCESS_WRITE } YamlAccess;
typedef struct { char *role; YamlAccess access; char *description; } YamlRole;

typedef struct {
    unsigned min_length, max_length;      /* 0: not given */
    char    *pattern;
    double  *minimum, *maximum;
} YamlOptions;

typedef enum { CLASS_NONE, CLASS_PUBLIC, CLASS_PERSONAL } YamlClass;

typedef struct YamlProperty YamlProperty;
struct YamlProperty {
    char         *name, *business_name, *description, *logical_type, *physical_type;
    int           required, primary_key, unique;       /* 0 or 1 */
    unsigned      key_position;                        /* 0: not given */
    YamlClass     classification;
    char        **examples;    unsigned n_examples;
    YamlCode     *codes;       unsigned n_codes;
    YamlOptions  *options;
    YamlProperty *items;
    YamlProperty *properties;  unsigned n_properties;
    YamlCustom   *customs;     unsigned n_customs;
};

typedef struct {
    char         *name, *business_name, *description, *logical_type, *physical_name, *physical_type;
    YamlProperty *properties;  unsigned n_properties;
} YamlSchema;

typedef struct { char *purpose, *limitations, *usage; } YamlDescription;

typedef struct {
    char            *api_version, *kind, *id, *name, *version, *status, *domain;
    YamlDescription *description;
    YamlSchema      *schema;   unsigned n_schema;      /* exactly one */
    YamlSla         *sla;      unsigned n_sla;
    YamlRole        *roles;    unsigned n_roles;
    YamlCustom      *customs;  unsigned n_customs;
} YamlContract;

extern const cyaml_schema_value_t contract_schema;     /* of a YamlContract, for yaml_load and yaml_free */
