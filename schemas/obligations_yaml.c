#include "schemas/obligations_yaml.h"

#define TEXT(key, type, member)        CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER, type, member, 1, 1000)
#define TEXT_MAYBE(key, type, member)  CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, 1, 1000)
#define WORD(key, flags, type, member, words, n) CYAML_FIELD_ENUM(key, CYAML_FLAG_STRICT | (flags), type, member, words, n)

const cyaml_strval_t recurs_words[] = {
    { "month", RECURS_MONTH }, { "quarter", RECURS_QUARTER }, { "half_year", RECURS_HALF_YEAR }, { "year", RECURS_YEAR }, { "on_change", RECURS_ON_CHANGE }, { "by_other_act", RECURS_BY_OTHER_ACT },
};
static const cyaml_strval_t flag_words[]   = { { "false", 0 }, { "true", 1 } };
static const cyaml_strval_t shift_words[]  = { { "next_working_day", SHIFT_NEXT_WORKING_DAY }, { "none", SHIFT_NONE } };
static const cyaml_strval_t inside_words[] = { { "exempt", INSIDE_EXEMPT }, { "owes", INSIDE_OWES } };
static const cyaml_strval_t quoted_words[] = { { "order", QUOTED_FROM_ORDER }, { "facts", QUOTED_FROM_FACTS } };

static const cyaml_schema_field_t norm_fields[] = { TEXT("act", YamlNorm, act), TEXT("edition", YamlNorm, edition), TEXT("paragraph", YamlNorm, paragraph), CYAML_FIELD_END };

static const cyaml_schema_value_t role_entry = { CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, 60) };
static const cyaml_schema_field_t debtor_fields[] = {
    TEXT_MAYBE("one", YamlDebtor, one), TEXT_MAYBE("every", YamlDebtor, every), TEXT_MAYBE("class", YamlDebtor, persons),
    CYAML_FIELD_SEQUENCE_COUNT("each_of", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, YamlDebtor, each_of, n_each_of, &role_entry, 2, 10),
    CYAML_FIELD_END
};
static const cyaml_schema_field_t start_fields[] = { TEXT_MAYBE("event", YamlStart, event), TEXT_MAYBE("delivery", YamlStart, delivery), CYAML_FIELD_END };
static const cyaml_schema_field_t settle_fields[] = { TEXT_MAYBE("event", YamlSettle, event), TEXT_MAYBE("handed_over", YamlSettle, handed_over), CYAML_FIELD_END };

static const cyaml_schema_field_t due_fields[] = {
    TEXT_MAYBE("end_of", YamlDue, end_of), TEXT_MAYBE("after", YamlDue, after), TEXT_MAYBE("on", YamlDue, on), TEXT_MAYBE("plus", YamlDue, plus),
    WORD("shift", CYAML_FLAG_OPTIONAL, YamlDue, shift, shift_words, CYAML_ARRAY_LEN(shift_words)),
    WORD("not_set", CYAML_FLAG_OPTIONAL, YamlDue, not_set, flag_words, CYAML_ARRAY_LEN(flag_words)),
    WORD("none", CYAML_FLAG_OPTIONAL, YamlDue, none, flag_words, CYAML_ARRAY_LEN(flag_words)),
    CYAML_FIELD_END
};
static const cyaml_schema_field_t reading_fields[] = {
    TEXT("id", YamlReading, id), TEXT("why", YamlReading, why), TEXT_MAYBE("closes", YamlReading, closes),
    CYAML_FIELD_MAPPING("due", CYAML_FLAG_DEFAULT, YamlReading, due, due_fields),
    TEXT("decides", YamlReading, decides),
    WORD("begun_inside", CYAML_FLAG_OPTIONAL, YamlReading, begun_inside, inside_words, CYAML_ARRAY_LEN(inside_words)),
    WORD("ended_inside", CYAML_FLAG_OPTIONAL, YamlReading, ended_inside, inside_words, CYAML_ARRAY_LEN(inside_words)),
    CYAML_FIELD_END
};
static const cyaml_schema_value_t reading_entry = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, YamlReading, reading_fields) };

static const cyaml_schema_field_t obligation_fields[] = {
    TEXT("id", YamlObligation, id), TEXT("quote", YamlObligation, quote), TEXT("creditor", YamlObligation, creditor), TEXT_MAYBE("feed", YamlObligation, feed),
    CYAML_FIELD_MAPPING("norm", CYAML_FLAG_DEFAULT, YamlObligation, norm, norm_fields),
    WORD("quoted_from", CYAML_FLAG_OPTIONAL, YamlObligation, quoted_from, quoted_words, CYAML_ARRAY_LEN(quoted_words)),
    CYAML_FIELD_MAPPING("debtor", CYAML_FLAG_DEFAULT, YamlObligation, debtor, debtor_fields),
    WORD("recurs", CYAML_FLAG_OPTIONAL, YamlObligation, recurs, recurs_words, CYAML_ARRAY_LEN(recurs_words)),
    CYAML_FIELD_MAPPING_PTR("starts", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, YamlObligation, starts, start_fields),
    CYAML_FIELD_MAPPING_PTR("settled_by", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, YamlObligation, settled_by, settle_fields),
    CYAML_FIELD_SEQUENCE_COUNT("readings", CYAML_FLAG_POINTER, YamlObligation, readings, n_readings, &reading_entry, 1, 20),
    CYAML_FIELD_END
};
static const cyaml_schema_value_t obligation_entry = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, YamlObligation, obligation_fields) };
static const cyaml_schema_field_t register_fields[] = {
    CYAML_FIELD_SEQUENCE_COUNT("obligations", CYAML_FLAG_POINTER, YamlObligations, obligations, n_obligations, &obligation_entry, 1, 1000),
    CYAML_FIELD_END
};
const cyaml_schema_value_t obligations_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, YamlObligations, register_fields) };
