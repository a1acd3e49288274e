#include "gateway/base/text.h"
#include "schemas/contract_parts.h"
#include <regex.h>
#include <string.h>

static bool is_number(const Field *f) { return f->type == TYPE_INTEGER || f->type == TYPE_DECIMAL; }
static bool is_scalar(const Field *f) { return f->type != TYPE_ARRAY && f->type != TYPE_OBJECT; }

/* "kk text / ru text"; a label without the stroke serves both languages. */
static void label_take(const Draft *d, const char *label, Code *code)
{
    const char *stroke = label ? strstr(label, " / ") : NULL;
    code->label_kk = stroke ? arena_text(d->arena, label, (size_t)(stroke - label)) : label;
    code->label_ru = stroke ? stroke + strlen(" / ") : label;
}

static Rc code_judge(const Draft *d, const YamlCode *codes, unsigned i, Error *err)
{
    size_t len = strlen(codes[i].value), plain_len;
    if (text_plain(codes[i].value, len, d->arena, &plain_len) != codes[i].value || plain_len != len)
        return error_set(err, RC_FATAL, "enum[%u]: value is not plain text (white space at an end or doubled, not NFC); nothing could equal it", i + 1);
    for (unsigned before = 0; before < i; before++)
        if (strcmp(codes[before].value, codes[i].value) == 0)
            return error_set(err, RC_FATAL, "enum[%u]: value '%s' stands there twice", i + 1, codes[i].value);
    return RC_OK;
}

static Rc codes_take(const Draft *d, const YamlProperty *y, Field *f, Error *err)
{
    if (!y->n_codes)
        return RC_OK;
    if (f->type != TYPE_TEXT)
        return error_set(err, RC_FATAL, "enum: only for logicalType string");
    Code *codes = arena_alloc(d->arena, y->n_codes * sizeof *codes);
    for (unsigned i = 0; i < y->n_codes; i++) {
        if (code_judge(d, y->codes, i, err))
            return err->rc;
        codes[i].value = y->codes[i].value;
        label_take(d, y->codes[i].label, &codes[i]);
    }
    f->codes = codes;
    f->n_codes = y->n_codes;
    return RC_OK;
}

static Rc lengths_take(const YamlOptions *o, Field *f, Error *err)
{
    if ((o->min_length || o->max_length) && f->type != TYPE_TEXT)
        return error_set(err, RC_FATAL, "logicalTypeOptions: minLength and maxLength are only for logicalType string");
    if (o->max_length && o->min_length > o->max_length)
        return error_set(err, RC_FATAL, "logicalTypeOptions: minLength %u is more than maxLength %u", o->min_length, o->max_length);
    f->min_length = o->min_length;
    f->max_length = o->max_length;
    return RC_OK;
}

static Rc bounds_take(const YamlOptions *o, Field *f, Error *err)
{
    if ((o->minimum || o->maximum) && !is_number(f))
        return error_set(err, RC_FATAL, "logicalTypeOptions: minimum and maximum are only for logicalType integer and number");
    if (o->minimum && o->maximum && *o->minimum > *o->maximum)
        return error_set(err, RC_FATAL, "logicalTypeOptions: minimum is more than maximum");
    f->has_minimum = o->minimum;
    f->has_maximum = o->maximum;
    f->minimum = o->minimum ? *o->minimum : 0;
    f->maximum = o->maximum ? *o->maximum : 0;
    return RC_OK;
}

/* What POSIX, XML Schema and ECMA understand differently is left out, since XSD and JSON Schema are generated from the same pattern. */
static const char *bracket_fault(const char **at)
{
    const char *p = *at + 1;
    p += *p == '^';
    if (*p == ']')
        return "has ] first in […]; that means something else elsewhere";
    for (; *p && *p != ']'; p++)
        if (*p == '[' || *p == '\\')
            return "has [ or \\ inside […]; no [:digit:], no escapes there: write the characters";
    *at = p;
    return NULL;
}

static const char *pattern_fault(const char *pattern)
{
    static const char word[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    for (const char *p = pattern; *p; p++)
        if (*p < ' ' || *p > '~')
            return "must be ASCII";
    for (const char *p = pattern; *p; p++) {
        const char *fault = *p == '[' ? bracket_fault(&p) : NULL;
        if (fault || !*p)
            return fault;
        if (*p == '^' || *p == '$')
            return "has ^ or $; it is anchored at both ends by itself";
        if (*p == '\\' && (!*++p || strchr(word, *p)))
            return "has an escape that POSIX does not know; write [0-9] for a digit";
    }
    return NULL;
}

static void regex_end(void *regex) { regfree(regex); }

static Rc pattern_take(const Draft *d, const char *pattern, Field *f, Error *err)
{
    if (f->type != TYPE_TEXT)
        return error_set(err, RC_FATAL, "logicalTypeOptions.pattern: only for logicalType string");
    const char *fault = pattern_fault(pattern);
    if (fault)
        return error_set(err, RC_FATAL, "logicalTypeOptions.pattern %s", fault);
    regex_t *regex = arena_alloc(d->arena, sizeof *regex);
    int wrong = regcomp(regex, arena_printf(d->arena, "^(%s)$", pattern), REG_EXTENDED | REG_NOSUB);
    if (wrong) {
        char why[100];
        regerror(wrong, regex, why, sizeof why);
        return error_set(err, RC_FATAL, "logicalTypeOptions.pattern is no POSIX extended regular expression: %s", why);
    }
    arena_adopt(d->arena, regex_end, regex);
    f->pattern = pattern;
    f->regex = regex;
    return RC_OK;
}

static Rc options_take(const Draft *d, const YamlProperty *y, Field *f, Error *err)
{
    const YamlOptions *o = y->options;
    if (!o)
        return RC_OK;
    if (lengths_take(o, f, err) || bounds_take(o, f, err) || (o->pattern && pattern_take(d, o->pattern, f, err)))
        return err->rc;
    return RC_OK;
}

/* Whole numbers keep within their column, so that PostgreSQL never meets one it cannot hold; within a bigint the conversion keeps them. */
static void column_bounds(Field *f)
{
    static const struct { const char *column; double least, most; } ranges[] = {
        { "smallint", -32768, 32767 }, { "integer", -2147483648.0, 2147483647 },
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        if (strcmp(ranges[i].column, f->column_type) != 0)
            continue;
        f->minimum = f->has_minimum && f->minimum > ranges[i].least ? f->minimum : ranges[i].least;
        f->maximum = f->has_maximum && f->maximum < ranges[i].most ? f->maximum : ranges[i].most;
        f->has_minimum = f->has_maximum = true;
    }
}

static Rc custom_take(const YamlCustom *custom, Field *f, Error *err)
{
    const struct { const char *property; const char **to; } known[] = {
        { "check", &f->check }, { "label.kk", &f->label_kk }, { "label.ru", &f->label_ru },
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].property, custom->property) != 0)
            continue;
        if (*known[i].to)
            return error_set(err, RC_FATAL, "customProperties '%s' stands there twice", custom->property);
        *known[i].to = custom->value;
        return RC_OK;
    }
    return error_set(err, RC_FATAL, "customProperties '%s' is not known; a field may have check, label.kk, label.ru", custom->property);
}

static Rc convert_take(const Draft *d, Field *f, Error *err)
{
    if (!is_scalar(f))
        return f->check ? error_set(err, RC_FATAL, "customProperties 'check': only for scalar fields") : RC_OK;
    f->convert = d->converter(f->type, f->check);
    if (!f->convert)
        return error_set(err, RC_FATAL, "customProperties 'check': unknown check '%s' for this logicalType", f->check ? f->check : "");
    return RC_OK;
}

Rc draft_checks(const Draft *d, const YamlProperty *from, Field *f, Error *err)
{
    for (unsigned i = 0; i < from->n_customs; i++)
        if (custom_take(&from->customs[i], f, err))
            return err->rc;
    if (codes_take(d, from, f, err) || options_take(d, from, f, err) || convert_take(d, f, err))
        return err->rc;
    if (f->type == TYPE_INTEGER)
        column_bounds(f);
    return RC_OK;
}
