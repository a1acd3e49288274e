#include "transforms/texts.h"
#include "gateway/base/yaml.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *code, *kk, *ru, *en;
} Text;

struct Texts {
    Text    *texts;
    unsigned texts_count;
};

static const cyaml_schema_field_t text_fields[] = {
    CYAML_FIELD_STRING_PTR("code", CYAML_FLAG_POINTER, Text, code, 1, CYAML_UNLIMITED),
    CYAML_FIELD_STRING_PTR("kk", CYAML_FLAG_POINTER, Text, kk, 1, CYAML_UNLIMITED),
    CYAML_FIELD_STRING_PTR("ru", CYAML_FLAG_POINTER, Text, ru, 1, CYAML_UNLIMITED),
    CYAML_FIELD_STRING_PTR("en", CYAML_FLAG_POINTER, Text, en, 1, CYAML_UNLIMITED),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t text_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, Text, text_fields) };
static const cyaml_schema_field_t file_fields[] = {
    CYAML_FIELD_SEQUENCE("texts", CYAML_FLAG_POINTER, Texts, texts, &text_schema, 0, CYAML_UNLIMITED),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t file_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, Texts, file_fields) };

static int by_code(const void *a, const void *b)
{
    return strcmp(((const Text *)a)->code, ((const Text *)b)->code);
}

static bool is_placeholder(const char *s)
{
    return s[0] == '{' && s[1] >= '1' && s[1] < '1' + ERROR_ARGS && s[2] == '}';
}

/* Placeholders are whole, [ ] are closed and not nested: what texts_put relies on. */
static bool well_formed(const char *s)
{
    bool open = false;
    for (; *s; s++) {
        if (is_placeholder(s))
            s += 2;
        else if (*s == '{' || *s == '}' || *s == (open ? '[' : ']'))
            return false;
        else if (*s == '[' || *s == ']')
            open = !open;
    }
    return !open;
}

static Rc texts_check(Texts *t, const char *path, Error *err)
{
    qsort(t->texts, t->texts_count, sizeof *t->texts, by_code);
    for (unsigned i = 0; i < t->texts_count; i++) {
        const Text *text = &t->texts[i];
        if (i && !by_code(text - 1, text))
            return error_set(err, RC_FATAL, "%s: the code %s stands twice", path, text->code);
        if (!well_formed(text->kk) || !well_formed(text->ru) || !well_formed(text->en))
            return error_set(err, RC_FATAL, "%s: a bracket of %s is not whole", path, text->code);
    }
    return RC_OK;
}

Rc texts_load(const char *path, Texts **out, Error *err)
{
    SCOPED(texts_free) Texts *t = NULL;
    void *loaded = NULL;
    Rc rc = yaml_load(path, &file_schema, &loaded, err);
    if (rc)
        return rc;
    t = loaded;
    rc = texts_check(t, path, err);
    if (!rc)
        *out = TAKE(t);
    return rc;
}

void texts_free(Texts **t)
{
    if (*t)
        yaml_free(&file_schema, TAKE(*t));
}

static const Text *find(const Texts *t, const char *code)
{
    return bsearch(&(Text){ .code = code }, t->texts, t->texts_count, sizeof *t->texts, by_code);
}

bool texts_has(const Texts *t, const char *code)
{
    return find(t, code) != NULL;
}

typedef struct {
    const char *const *at;
    size_t n;
} Args;

/* NULL: this argument was not given. */
static const char *argument(const Args *args, const char *placeholder)
{
    size_t i = (size_t)(placeholder[1] - '1');
    return i < args->n && args->at[i] && *args->at[i] ? args->at[i] : NULL;
}

static bool all_given(const Args *args, const char *s)
{
    for (; *s != ']'; s++)
        if (is_placeholder(s) && !argument(args, s))
            return false;
    return true;
}

static void put(const char *s, const Args *args, Buffer *out)
{
    while (*s) {
        size_t plain = strcspn(s, "{[]");
        buffer_add(out, s, plain);
        s += plain;
        if (*s == '{') {
            const char *value = argument(args, s);
            buffer_text(out, value ? value : "…");
            s += 3;
        } else if (*s == '[' && !all_given(args, s)) {
            s = strchr(s, ']') + 1;
        } else if (*s) {
            s++;
        }
    }
}

static void put_code(const char *code, const Args *args, Buffer *out)
{
    buffer_text(out, code);
    for (size_t i = 0; i < args->n && args->at[i]; i++) {
        buffer_text(out, i ? ", " : ": ");
        buffer_text(out, args->at[i]);
    }
}

void texts_put(const Texts *t, Lang lang, const char *code, const char *const *args, size_t n_args, Buffer *out)
{
    Args given = { args, args ? n_args : 0 };
    const Text *text = find(t, code);
    if (!text)
        put_code(code, &given, out);
    else
        put(lang == LANG_KK ? text->kk : lang == LANG_RU ? text->ru : text->en, &given, out);
}
