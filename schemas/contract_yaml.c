#include "schemas/contract_yaml.h"

#define TEXT(key, type, member)        CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER, type, member, 1, CYAML_UNLIMITED)
#define TEXT_MAYBE(key, type, member)  CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, 1, CYAML_UNLIMITED)
#define WORD(key, flags, type, member, words) CYAML_FIELD_ENUM(key, CYAML_FLAG_STRICT | (flags), type, member, words, CYAML_ARRAY_LEN(words))
#define FLAG(key, type, member)        WORD(key, CYAML_FLAG_OPTIONAL, type, member, flag_words)
#define LIST(key, type, member, count, entry) \
    CYAML_FIELD_SEQUENCE_COUNT(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, count, entry, 0, CYAML_UNLIMITED)
#define ENTRY(type, fields)            { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, type, fields) }

/* libcyaml's own boolean takes any word it does not know for true: "required: flase" would pass. */
static const cyaml_strval_t flag_words[]   = { { "false", 0 }, { "true", 1 } };
static const cyaml_strval_t class_words[]  = { { "public", CLASS_PUBLIC }, { "personal", CLASS_PERSONAL } };
static const cyaml_strval_t access_words[] = { { "read", ACCESS_READ }, { "write", ACCESS_WRITE } };

static const cyaml_schema_field_t custom_fields[] = {
    TEXT("property", YamlCustom, property),
    TEXT("value", YamlCustom, value),
    TEXT_MAYBE("description", YamlCustom, description),
    CYAML_FIELD_END
};
static const cyaml_schema_value_t custom_entry = ENTRY(YamlCustom, custom_fields);

static const cyaml_schema_field_t code_fields[] = {
    TEXT("value", YamlCode, value),
    TEXT_MAYBE("label", YamlCode, label),
    TEXT_MAYBE("description", YamlCode, description),
    CYAML_FIELD_END
};
static const cyaml_schema_value_t code_entry = ENTRY(YamlCode, code_fields);

static const cyaml_schema_field_t option_fields[] = {
    CYAML_FIELD_UINT("minLength", CYAML_FLAG_OPTIONAL, YamlOptions, min_length),
    CYAML_FIELD_UINT("maxLength", CYAML_FLAG_OPTIONAL, YamlOptions, max_length),
    TEXT_MAYBE("pattern", YamlOptions, pattern),
    CYAML_FIELD_FLOAT_PTR("minimum", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, YamlOptions, minimum),
    CYAML_FIELD_FLOAT_PTR("maximum", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, YamlOptions, maximum),
    CYAML_FIELD_END
};

static const cyaml_schema_value_t example_entry = { CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 0, CYAML_UNLIMITED) };

static const cyaml_schema_value_t property_entry;

static const cyaml_schema_field_t property_fields[] = {
    TEXT_MAYBE("name", YamlProperty, name),
    TEXT_MAYBE("businessName", YamlProperty, business_name),
    TEXT_MAYBE("description", YamlProperty, description),
    TEXT("logicalType", YamlProperty, logical_type),
    TEXT_MAYBE("physicalType", YamlProperty, physical_type),
    FLAG("required", YamlProperty, required),
    FLAG("primaryKey", YamlProperty, primary_key),
    CYAML_FIELD_UINT("primaryKeyPosition", CYAML_FLAG_OPTIONAL, YamlProperty, key_position),
    FLAG("unique", YamlProperty, unique),
    WORD("classification", CYAML_FLAG_OPTIONAL, YamlProperty, classification, class_words),
    LIST("examples", YamlProperty, examples, n_examples, &example_entry),
    LIST("enum", YamlProperty, codes, n_codes, &code_entry),
    CYAML_FIELD_MAPPING_PTR("logicalTypeOptions", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, YamlProperty, options, option_fields),
    CYAML_FIELD_MAPPING_PTR("items", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, YamlProperty, items, property_fields),
    LIST("properties", YamlProperty, properties, n_properties, &property_entry),
    LIST("customProperties", YamlProperty, customs, n_customs, &custom_entry),
    CYAML_FIELD_END
};
static const cyaml_schema_value_t property_entry = ENTRY(YamlProperty, property_fields);

static const cyaml_schema_field_t schema_fields[] = {
    TEXT("name", YamlSchema, name),
    TEXT_MAYBE("businessName", YamlSchema, business_name),
    TEXT_MAYBE("description", YamlSchema, description),
    TEXT("logicalType", YamlSchema, logical_type),
    TEXT_MAYBE("physicalName", YamlSchema, physical_name),
    TEXT_MAYBE("physicalType", YamlSchema, physical_type),
    CYAML_FIELD_SEQUENCE_COUNT("properties", CYAML_FLAG_POINTER, YamlSchema, properties, n_properties, &property_entry, 1, CYAML_UNLIMITED),
    CYAML_FIELD_END
};
static const cyaml_schema_value_t schema_entry = ENTRY(YamlSchema, schema_fields);

static const cyaml_schema_field_t sla_fields[] = {
    TEXT("property", YamlSla, property),
    CYAML_FIELD_IGNORE("value", CYAML_FLAG_OPTIONAL),
    CYAML_FIELD_IGNORE("unit", CYAML_FLAG_OPTIONAL),
    CYAML_FIELD_IGNORE("driver", CYAML_FLAG_OPTIONAL),
    CYAML_FIELD_IGNORE("description", CYAML_FLAG_OPTIONAL),
    CYAML_FIELD_IGNORE("element", CYAML_FLAG_OPTIONAL),
    CYAML_FIELD_END
};
static const cyaml_schema_value_t sla_entry = ENTRY(YamlSla, sla_fields);

static const cyaml_schema_field_t role_fields[] = {
    TEXT("role", YamlRole, role),
    WORD("access", CYAML_FLAG_DEFAULT, YamlRole, access, access_words),
    TEXT_MAYBE("description", YamlRole, description),
    CYAML_FIELD_END
};
static const cyaml_schema_value_t role_entry = ENTRY(YamlRole, role_fields);

static const cyaml_schema_field_t description_fields[] = {
    TEXT_MAYBE("purpose", YamlDescription, purpose),
    TEXT_MAYBE("limitations", YamlDescription, limitations),
    TEXT_MAYBE("usage", YamlDescription, usage),
    CYAML_FIELD_END
};

static const cyaml_schema_field_t contract_fields[] = {
    TEXT("apiVersion", YamlContract, api_version),
    TEXT("kind", YamlContract, kind),
    TEXT("id", YamlContract, id),
    TEXT("name", YamlContract, name),
    TEXT("version", YamlContract, version),
    TEXT("status", YamlContract, status),
    TEXT_MAYBE("domain", YamlContract, domain),
    CYAML_FIELD_MAPPING_PTR("description", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, YamlContract, description, description_fields),
    CYAML_FIELD_SEQUENCE_COUNT("schema", CYAML_FLAG_POINTER, YamlContract, schema, n_schema, &schema_entry, 1, 1),
    LIST("slaProperties", YamlContract, sla, n_sla, &sla_entry),
    LIST("roles", YamlContract, roles, n_roles, &role_entry),
    LIST("customProperties", YamlContract, customs, n_customs, &custom_entry),
    CYAML_FIELD_END
};

const cyaml_schema_value_t contract_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, YamlContract, contract_fields) };
