#include "transforms/convert_kinds.h"

static const struct {
    Type type;
    const char *check;
    Convert *convert;
} conversions[] = {
    { TYPE_TEXT, NULL, convert_text },
    { TYPE_DATE, NULL, convert_date },
    { TYPE_INTEGER, NULL, convert_integer },
    { TYPE_DECIMAL, NULL, convert_decimal },
    { TYPE_BOOLEAN, NULL, convert_boolean },
    { TYPE_TEXT, "iin", convert_iin },
    { TYPE_TEXT, "bin", convert_bin },
    { TYPE_TEXT, "iin-or-bin", convert_iin_or_bin },
    { TYPE_TEXT, "kato", convert_kato },
    { TYPE_TEXT, "nkz", convert_nkz },
    { TYPE_TEXT, "oked", convert_oked },
    { TYPE_TEXT, "programme-code", convert_programme_code },
    { TYPE_TEXT, "level", convert_level },
    { TYPE_TEXT, "code", convert_code },
    { TYPE_INTEGER, "level", convert_level_number },
};

static bool same_check(const char *a, const char *b)
{
    return a && b ? !strcmp(a, b) : a == b;
}

Convert *convert_for(Type type, const char *check)
{
    for (size_t i = 0; i < sizeof conversions / sizeof *conversions; i++)
        if (conversions[i].type == type && same_check(conversions[i].check, check))
            return conversions[i].convert;
    return NULL;
}

Rc convert_refuse(const Field *f, const char *code, const char *value, Error *err)
{
    return error_refuse(err, code, f->personal ? NULL : value, NULL, NULL);
}

Rc convert_text(CONVERT_ARGS)
{
    return CONVERT_KEEP();
}

/* Upper and lower forms have equal lengths in UTF-8, character by character. */
static const struct {
    const char *lower, *upper, *meaning;
} truths[] = {
    { "true", "TRUE", "true" }, { "false", "FALSE", "false" }, { "1", "1", "true" },   { "0", "0", "false" },   { "yes", "YES", "true" },
    { "no", "NO", "false" },    { "да", "ДА", "true" },        { "нет", "НЕТ", "false" }, { "иә", "ИӘ", "true" }, { "жоқ", "ЖОҚ", "false" },
};

static bool same_word(const char *in, const char *lower, const char *upper, size_t len)
{
    for (size_t i = 0, n; i < len; i += n) {
        n = lower[i] & 0x80 ? 2 : 1;
        if (memcmp(in + i, lower + i, n) && memcmp(in + i, upper + i, n))
            return false;
    }
    return true;
}

Rc convert_boolean(CONVERT_ARGS)
{
    for (size_t i = 0; i < sizeof truths / sizeof *truths; i++)
        if (strlen(truths[i].lower) == len && same_word(in, truths[i].lower, truths[i].upper, len)) {
            const char *meaning = truths[i].meaning;
            return CONVERT_GIVE(strcmp(in, meaning) ? meaning : in, strlen(meaning), NULL);
        }
    return convert_refuse(f, "not_boolean", in, err);
}
