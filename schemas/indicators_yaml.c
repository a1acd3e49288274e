#include "schemas/indicators_yaml.h"
#include "gateway/model/indicator.h"

enum { TEXT_MOST = 300 };
#define MAYBE (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)
#define STRING(key, flags, type, member) CYAML_FIELD_STRING_PTR(key, flags, type, member, 1, TEXT_MOST)

static const cyaml_strval_t when_words[] = { { "standing", WHEN_STANDING }, { "reported", WHEN_REPORTED }, { "dated", WHEN_DATED } };
static const cyaml_strval_t test_words[] = { { "present", TEST_PRESENT }, { "past", TEST_PAST } };
static const cyaml_strval_t flag_words[] = { { "false", 0 }, { "true", 1 } };
static const cyaml_schema_value_t word_entry = { CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, TEXT_MOST) };

static const cyaml_schema_field_t chapter_fields[] = {
    STRING("id", CYAML_FLAG_POINTER, YamlChapter, id), STRING("kk", CYAML_FLAG_POINTER, YamlChapter, kk), STRING("ru", CYAML_FLAG_POINTER, YamlChapter, ru), CYAML_FIELD_END
};
static const cyaml_schema_value_t chapter_entry = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, YamlChapter, chapter_fields) };

static const cyaml_schema_field_t through_fields[] = {
    STRING("field", CYAML_FLAG_POINTER, YamlLink, field), STRING("feed", CYAML_FLAG_POINTER, YamlLink, feed), STRING("key", CYAML_FLAG_POINTER, YamlLink, key), CYAML_FIELD_END
};
static const cyaml_schema_field_t names_fields[] = {
    STRING("feed", CYAML_FLAG_POINTER, YamlLink, feed), STRING("key", CYAML_FLAG_POINTER, YamlLink, key), STRING("kk", CYAML_FLAG_POINTER, YamlLink, kk),
    STRING("ru", CYAML_FLAG_POINTER, YamlLink, ru), CYAML_FIELD_END
};
static const cyaml_schema_field_t label_fields[] = {
    STRING("value", CYAML_FLAG_POINTER, YamlLabel, value), STRING("kk", CYAML_FLAG_POINTER, YamlLabel, kk), STRING("ru", CYAML_FLAG_POINTER, YamlLabel, ru), CYAML_FIELD_END
};
static const cyaml_schema_value_t label_entry = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, YamlLabel, label_fields) };

static const cyaml_schema_field_t dimension_fields[] = {
    STRING("field", CYAML_FLAG_POINTER, YamlDimension, field), STRING("last_by", MAYBE, YamlDimension, last_by), STRING("take", MAYBE, YamlDimension, take),
    CYAML_FIELD_UINT("first", CYAML_FLAG_OPTIONAL, YamlDimension, first),
    CYAML_FIELD_ENUM("test", CYAML_FLAG_STRICT | CYAML_FLAG_OPTIONAL, YamlDimension, test, test_words, CYAML_ARRAY_LEN(test_words)),
    CYAML_FIELD_MAPPING_PTR("through", MAYBE, YamlDimension, through, through_fields), CYAML_FIELD_MAPPING_PTR("names", MAYBE, YamlDimension, names, names_fields),
    CYAML_FIELD_SEQUENCE_COUNT("labels", MAYBE, YamlDimension, labels, n_labels, &label_entry, 1, 100), CYAML_FIELD_END
};
static const cyaml_schema_field_t condition_fields[] = {
    STRING("field", CYAML_FLAG_POINTER, YamlCondition, field),
    CYAML_FIELD_ENUM("test", CYAML_FLAG_STRICT | CYAML_FLAG_OPTIONAL, YamlCondition, test, test_words, CYAML_ARRAY_LEN(test_words)),
    CYAML_FIELD_SEQUENCE_COUNT("is", MAYBE, YamlCondition, is, n_is, &word_entry, 1, 20), CYAML_FIELD_END
};
static const cyaml_schema_value_t condition_entry = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, YamlCondition, condition_fields) };

static const cyaml_schema_field_t indicator_fields[] = {
    STRING("id", CYAML_FLAG_POINTER, YamlIndicator, id), STRING("chapter", CYAML_FLAG_POINTER, YamlIndicator, chapter), STRING("kk", CYAML_FLAG_POINTER, YamlIndicator, kk),
    STRING("ru", CYAML_FLAG_POINTER, YamlIndicator, ru), STRING("feed", CYAML_FLAG_POINTER, YamlIndicator, feed), STRING("date", MAYBE, YamlIndicator, date),
    CYAML_FIELD_ENUM("when", CYAML_FLAG_STRICT, YamlIndicator, when, when_words, CYAML_ARRAY_LEN(when_words)),
    CYAML_FIELD_ENUM("persons", CYAML_FLAG_STRICT | CYAML_FLAG_OPTIONAL, YamlIndicator, persons, flag_words, CYAML_ARRAY_LEN(flag_words)),
    CYAML_FIELD_MAPPING_PTR("by", MAYBE, YamlIndicator, by, dimension_fields),
    CYAML_FIELD_SEQUENCE_COUNT("where", MAYBE, YamlIndicator, where, n_where, &condition_entry, 1, 10),
    CYAML_FIELD_SEQUENCE_COUNT("distinct", MAYBE, YamlIndicator, distinct, n_distinct, &word_entry, 1, 10), CYAML_FIELD_END
};
static const cyaml_schema_value_t indicator_entry = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, YamlIndicator, indicator_fields) };
static const cyaml_schema_field_t file_fields[] = {
    CYAML_FIELD_SEQUENCE_COUNT("chapters", CYAML_FLAG_POINTER, YamlIndicators, chapters, n_chapters, &chapter_entry, 1, 50),
    CYAML_FIELD_SEQUENCE_COUNT("indicators", CYAML_FLAG_POINTER, YamlIndicators, indicators, n_indicators, &indicator_entry, 1, 500), CYAML_FIELD_END
};
const cyaml_schema_value_t indicators_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, YamlIndicators, file_fields) };
