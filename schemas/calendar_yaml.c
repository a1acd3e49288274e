#include "schemas/calendar_yaml.h"

#define TEXT(key, type, member)        CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER, type, member, 1, 400)
#define TEXT_MAYBE(key, type, member)  CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, 1, 400)
#define WORD(key, flags, type, member, words) CYAML_FIELD_ENUM(key, CYAML_FLAG_STRICT | (flags), type, member, words, CYAML_ARRAY_LEN(words))
#define DAYS(key, flags, type, member, count) CYAML_FIELD_SEQUENCE_COUNT(key, CYAML_FLAG_POINTER | (flags), type, member, count, &day_entry, 0, 400)

/* libcyaml's own boolean takes any word it does not know for true. */
static const cyaml_strval_t flag_words[]  = { { "false", 0 }, { "true", 1 } };
static const cyaml_strval_t since_words[] = { { "read", SINCE_READ }, { "assumed", SINCE_ASSUMED } };

static const cyaml_schema_value_t day_entry = { CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, 40) };

static const cyaml_schema_field_t edition_fields[] = {
    TEXT("id", YamlEdition, id),
    CYAML_FIELD_UINT("year", CYAML_FLAG_DEFAULT, YamlEdition, year),
    TEXT("known_since", YamlEdition, known_since),
    WORD("known_since_is", CYAML_FLAG_DEFAULT, YamlEdition, known_since_is, since_words),
    WORD("forecast", CYAML_FLAG_OPTIONAL, YamlEdition, forecast, flag_words),
    TEXT("act", YamlEdition, act),
    DAYS("days_off", CYAML_FLAG_DEFAULT, YamlEdition, days_off, n_days_off),
    DAYS("worked_weekend_days", CYAML_FLAG_DEFAULT, YamlEdition, worked_weekend_days, n_worked_weekend_days),
    CYAML_FIELD_END
};
static const cyaml_schema_value_t edition_entry = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, YamlEdition, edition_fields) };

static const cyaml_schema_field_t editions_fields[] = {
    CYAML_FIELD_SEQUENCE_COUNT("editions", CYAML_FLAG_POINTER, YamlEditions, editions, n_editions, &edition_entry, 1, 1000),
    CYAML_FIELD_END
};
const cyaml_schema_value_t editions_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, YamlEditions, editions_fields) };

static const cyaml_schema_field_t holiday_fields[] = {
    TEXT("name", YamlHoliday, name),
    TEXT_MAYBE("from", YamlHoliday, from),
    TEXT_MAYBE("to", YamlHoliday, to),
    TEXT_MAYBE("known_since", YamlHoliday, known_since),
    TEXT_MAYBE("end_known_since", YamlHoliday, end_known_since),
    WORD("shifts", CYAML_FLAG_DEFAULT, YamlHoliday, shifts, flag_words),
    DAYS("days", CYAML_FLAG_OPTIONAL, YamlHoliday, days, n_days),
    DAYS("dates", CYAML_FLAG_OPTIONAL, YamlHoliday, dates, n_dates),
    DAYS("estimates", CYAML_FLAG_OPTIONAL, YamlHoliday, estimates, n_estimates),
    CYAML_FIELD_END
};
static const cyaml_schema_value_t holiday_entry = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, YamlHoliday, holiday_fields) };

static const cyaml_schema_field_t years_fields[] = {
    CYAML_FIELD_UINT("from", CYAML_FLAG_DEFAULT, YamlYears, from),
    CYAML_FIELD_UINT("to", CYAML_FLAG_DEFAULT, YamlYears, to),
    CYAML_FIELD_END
};

static const cyaml_schema_field_t law_fields[] = {
    TEXT("act", YamlLaw, act),
    CYAML_FIELD_MAPPING("years", CYAML_FLAG_DEFAULT, YamlLaw, years, years_fields),
    CYAML_FIELD_SEQUENCE_COUNT("holidays", CYAML_FLAG_POINTER, YamlLaw, holidays, n_holidays, &holiday_entry, 1, 1000),
    CYAML_FIELD_END
};
const cyaml_schema_value_t law_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, YamlLaw, law_fields) };
