#include "transforms/mapping_yaml.h"

#define TEXT(key, type, member)        CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER, type, member, 1, CYAML_UNLIMITED)
#define TEXT_MAYBE(key, type, member)  CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, 1, CYAML_UNLIMITED)
#define WORD(key, type, member, words) CYAML_FIELD_ENUM(key, CYAML_FLAG_STRICT | CYAML_FLAG_OPTIONAL, type, member, words, CYAML_ARRAY_LEN(words))
#define LIST_OF(key, type, member, count, entry, least, flags) \
    CYAML_FIELD_SEQUENCE_COUNT(key, CYAML_FLAG_POINTER | (flags), type, member, count, entry, least, CYAML_UNLIMITED)
#define LIST(key, type, member, count, entry)  LIST_OF(key, type, member, count, entry, 1, CYAML_FLAG_OPTIONAL)
#define PART(key, type, member, fields) CYAML_FIELD_MAPPING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, fields)
#define ENTRY(type, fields)            { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, type, fields) }

static const cyaml_strval_t answer_words[]    = { { "false", ANSWER_NO }, { "true", ANSWER_YES } };
static const cyaml_strval_t otherwise_words[] = { { "refuse", OTHERWISE_REFUSE }, { "keep", OTHERWISE_KEEP }, { "empty", OTHERWISE_EMPTY } };
static const cyaml_strval_t from_words[]      = { { "received", PERIOD_OF_RECEIVED }, { "sender_date", PERIOD_OF_SENDER_DATE }, { "file", PERIOD_OF_FILE } };
static const cyaml_strval_t take_words[]      = { { "current", TAKE_CURRENT }, { "previous", TAKE_PREVIOUS } };

static const cyaml_schema_value_t word_entry   = { CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 0, CYAML_UNLIMITED) };

static const cyaml_schema_field_t condition_fields[] = {
    TEXT("path", YamlCondition, path),
    LIST("is", YamlCondition, is, n_is, &word_entry),
    LIST("is_not", YamlCondition, is_not, n_is_not, &word_entry),
    WORD("given", YamlCondition, given, answer_words),
    CYAML_FIELD_END
};
static const cyaml_schema_value_t condition_entry = ENTRY(YamlCondition, condition_fields);

static const cyaml_schema_field_t join_fields[] = {
    LIST_OF("of", YamlJoin, of, n_of, &word_entry, 1, CYAML_FLAG_DEFAULT),
    TEXT("with", YamlJoin, with),
    CYAML_FIELD_END
};

static const cyaml_schema_value_t column_entry;

static const cyaml_schema_field_t column_fields[] = {
    TEXT("to", YamlColumn, to),
    TEXT_MAYBE("from", YamlColumn, from),
    LIST("first", YamlColumn, first, n_first, &word_entry),
    PART("join", YamlColumn, join, join_fields),
    TEXT_MAYBE("value", YamlColumn, value),
    TEXT_MAYBE("split", YamlColumn, split),
    LIST("as", YamlColumn, as, n_as, &word_entry),
    TEXT_MAYBE("default", YamlColumn, fallback),
    LIST("when", YamlColumn, when, n_when, &condition_entry),
    TEXT_MAYBE("each", YamlColumn, each),
    LIST("columns", YamlColumn, columns, n_columns, &column_entry),
    CYAML_FIELD_END
};
static const cyaml_schema_value_t column_entry = ENTRY(YamlColumn, column_fields);

static const cyaml_schema_field_t each_fields[] = {
    TEXT("path", YamlEach, path),
    LIST("when", YamlEach, when, n_when, &condition_entry),
    LIST_OF("columns", YamlEach, columns, n_columns, &column_entry, 1, CYAML_FLAG_DEFAULT),
    CYAML_FIELD_END
};
static const cyaml_schema_value_t each_entry = ENTRY(YamlEach, each_fields);

static const cyaml_schema_field_t pair_fields[] = {
    TEXT("from", YamlPair, from),
    TEXT("to", YamlPair, to),
    CYAML_FIELD_END
};
static const cyaml_schema_value_t pair_entry = ENTRY(YamlPair, pair_fields);

static const cyaml_schema_field_t table_fields[] = {
    TEXT("name", YamlTable, name),
    LIST("values", YamlTable, values, n_values, &pair_entry),
    TEXT_MAYBE("file", YamlTable, file),
    WORD("otherwise", YamlTable, otherwise, otherwise_words),
    TEXT_MAYBE("otherwise_value", YamlTable, otherwise_value),
    WORD("ignore_case", YamlTable, ignore_case, answer_words),
    CYAML_FIELD_END
};
static const cyaml_schema_value_t table_entry = ENTRY(YamlTable, table_fields);

static const cyaml_schema_field_t period_fields[] = {
    TEXT_MAYBE("value", YamlPeriod, value),
    WORD("from", YamlPeriod, from, from_words),
    TEXT_MAYBE("file", YamlPeriod, file),
    WORD("take", YamlPeriod, take, take_words),
    CYAML_FIELD_END
};

static const cyaml_schema_field_t layout_fields[] = {
    TEXT_MAYBE("records", YamlLayout, records),
    TEXT_MAYBE("charset", YamlLayout, charset),
    TEXT_MAYBE("separator", YamlLayout, separator),
    TEXT_MAYBE("sheet", YamlLayout, sheet),
    CYAML_FIELD_UINT("heading_row", CYAML_FLAG_OPTIONAL, YamlLayout, heading_row),
    CYAML_FIELD_END
};

static const cyaml_schema_field_t bind_fields[] = {
    LIST("party", YamlBind, party, n_party, &word_entry),
    TEXT_MAYBE("role", YamlBind, role),
    LIST("service", YamlBind, service, n_service, &word_entry),
    LIST("root", YamlBind, root, n_root, &word_entry),
    TEXT_MAYBE("file", YamlBind, file),
    CYAML_FIELD_END
};

static const cyaml_schema_field_t mapping_fields[] = {
    TEXT("name", YamlMapping, name),
    TEXT("title", YamlMapping, title),
    TEXT("version", YamlMapping, version),
    TEXT("feed", YamlMapping, feed),
    TEXT("format", YamlMapping, format),
    PART("bind", YamlMapping, bind, bind_fields),
    TEXT_MAYBE("kind", YamlMapping, kind),
    PART("period", YamlMapping, period, period_fields),
    PART("layout", YamlMapping, layout, layout_fields),
    LIST("skip", YamlMapping, skip, n_skip, &condition_entry),
    LIST("group", YamlMapping, group, n_group, &word_entry),
    LIST("each", YamlMapping, each, n_each, &each_entry),
    LIST("tables", YamlMapping, tables, n_tables, &table_entry),
    LIST("columns", YamlMapping, columns, n_columns, &column_entry),
    CYAML_FIELD_END
};

const cyaml_schema_value_t mapping_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, YamlMapping, mapping_fields) };
