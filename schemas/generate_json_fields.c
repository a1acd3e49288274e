#include "schemas/generate_json_parts.h"
#include <string.h>

#define ESCAPABLE "\\.?*+(){}[]|^$"

/* White space of Unicode, as text_plain knows it. */
#define SPACES "\\u0009-\\u000d\\u0020\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000"

static const char *const text_names[TEXT_FORMS] = {
    [TEXT_VISIBLE] = "visible", [TEXT_VISIBLE_TWO] = "visible-two", [TEXT_COLLAPSED] = "collapsed",
};

void json_member(Json *j, const char *key, const char *text)
{
    if (!text)
        return;
    json_key(j, key);
    json_text(j, text);
}

void titles_join(const char *const titles[], size_t n, Buffer *out)
{
    for (size_t i = 0; i < n; i++)
        if (titles[i] && (i == 0 || !titles[i - 1] || strcmp(titles[i], titles[i - 1]) != 0))
            buffer_print(out, "%s%s", out->len ? " / " : "", titles[i]);
}

void json_title(Json *j, const char *kk, const char *ru)
{
    SCOPED(buffer_free) Buffer both = {0};
    titles_join((const char *[]){ kk, ru }, 2, &both);
    if (both.len)
        json_member(j, "title", buffer_string(&both));
}

static void refer(JsonSchema *s, const char *owner, const char *name)
{
    SCOPED(buffer_free) Buffer where = {0};
    buffer_print(&where, "%s%s%s", s->home, owner, name);
    json_member(&s->j, "$ref", buffer_string(&where));
}

/* By way of allOf: dialects before 2019 pass over what stands beside a $ref. */
static void refer_too(JsonSchema *s, const char *name)
{
    json_key(&s->j, "allOf");
    json_open(&s->j, '[');
    json_open(&s->j, '{');
    refer(s, "", name);
    json_close(&s->j, '}');
    json_close(&s->j, ']');
}

/* The codes' labels have no keyword of their own, so they are told with the field. */
static void about(JsonSchema *s, const Field *f)
{
    SCOPED(buffer_free) Buffer text = {0};
    json_title(&s->j, f->label_kk, f->label_ru);
    buffer_text(&text, f->description ? f->description : "");
    codes_write(f, text.len ? " Codes: " : "Codes: ", ", ", &text);
    if (text.len)
        json_member(&s->j, "description", buffer_string(&text));
    if (f->personal && s->marks_personal) {
        json_key(&s->j, "x-personal");
        json_bool(&s->j, true);
    }
}

/* null says the same as leaving the field out. */
static void type(Json *j, const char *name, bool may_be_null)
{
    json_key(j, "type");
    if (!may_be_null) {
        json_text(j, name);
        return;
    }
    json_open(j, '[');
    json_text(j, name);
    json_text(j, "null");
    json_close(j, ']');
}

static void codes(Json *j, const Field *f, bool may_be_null)
{
    json_key(j, "enum");
    json_open(j, '[');
    for (size_t i = 0; i < f->n_codes; i++)
        json_text(j, f->codes[i].value);
    if (may_be_null)
        json_text(j, NULL);
    json_close(j, ']');
}

static void anchored(Json *j, const char *contract_pattern)
{
    SCOPED(buffer_free) Buffer written = {0};
    buffer_text(&written, "^(");
    pattern_write(&written, contract_pattern, ESCAPABLE);
    buffer_text(&written, ")$");
    json_member(j, "pattern", buffer_string(&written));
}

static void text(JsonSchema *s, const Field *f, bool may_be_null)
{
    Json *j = &s->j;
    unsigned least = text_least(f);
    if (text_names[text_form(f)])
        refer_too(s, text_names[text_form(f)]);
    if (least && !f->n_codes) {
        json_key(j, "minLength");
        json_number(j, least);
    }
    if (f->max_length) {
        json_key(j, "maxLength");
        json_number(j, f->max_length);
    }
    if (field_pattern(f))
        anchored(j, field_pattern(f));
    if (f->n_codes)
        codes(j, f, may_be_null);
}

static void bounds(Json *j, const Field *f)
{
    char bound[BOUND_TEXT];
    json_put_raw(j, "minimum", field_bound(f, BOUND_LEAST, bound));
    json_put_raw(j, "maximum", field_bound(f, BOUND_MOST, bound));
}

static void value(JsonSchema *s, const Field *f, bool needed);

static void object(JsonSchema *s, const Field *fields, size_t n)
{
    Json *j = &s->j;
    json_key(j, "properties");
    json_open(j, '{');
    for (size_t i = 0; i < n; i++) {
        json_key(j, fields[i].name);
        value(s, &fields[i], fields[i].required);
    }
    json_close(j, '}');
    json_key(j, "required");
    json_open(j, '[');
    for (size_t i = 0; i < n; i++)
        if (fields[i].required)
            json_text(j, fields[i].name);
    json_close(j, ']');
    json_key(j, "additionalProperties");
    json_bool(j, false);
}

static void value(JsonSchema *s, const Field *f, bool needed)
{
    static const char *const types[] = {
        [TYPE_TEXT] = "string", [TYPE_DATE] = "string", [TYPE_INTEGER] = "integer", [TYPE_DECIMAL] = "number", [TYPE_BOOLEAN] = "boolean",
        [TYPE_ARRAY] = "array", [TYPE_OBJECT] = "object",
    };
    json_open(&s->j, '{');
    about(s, f);
    type(&s->j, types[f->type], !needed);
    if (f->type == TYPE_TEXT)
        text(s, f, !needed);
    else if (f->type == TYPE_DATE)
        refer_too(s, "date");
    else if (f->type == TYPE_INTEGER || f->type == TYPE_DECIMAL)
        bounds(&s->j, f);
    else if (f->type == TYPE_OBJECT)
        object(s, f->fields, f->n_fields);
    else if (f->type == TYPE_ARRAY) {
        json_key(&s->j, "items");
        value(s, &f->fields[0], true);
    }
    json_close(&s->j, '}');
}

static void define(JsonSchema *s, const char *name)
{
    SCOPED(buffer_free) Buffer full = {0};
    buffer_print(&full, "%s%s", s->owner, name);
    json_key(&s->j, buffer_string(&full));
    json_open(&s->j, '{');
}

static void ground(JsonSchema *s)
{
    json_key(&s->j, "$withdraw");
    json_open(&s->j, '{');
    json_member(&s->j, "type", "object");
    object(s, &(Field){ .name = "ground", .type = TYPE_TEXT, .required = true }, 1);
    json_close(&s->j, '}');
}

static void define_withdrawal(JsonSchema *s, const Feed *feed)
{
    Json *j = &s->j;
    define(s, "withdraw");
    json_member(j, "description", "Takes back the record of this key, with the ground for it.");
    json_member(j, "type", "object");
    json_key(j, "properties");
    json_open(j, '{');
    ground(s);
    for (size_t i = 0; i < feed->n_key; i++) {
        json_key(j, feed->key[i]->name);
        value(s, feed->key[i], true);
    }
    json_close(j, '}');
    json_key(j, "required");
    json_open(j, '[');
    json_text(j, "$withdraw");
    for (size_t i = 0; i < feed->n_key; i++)
        json_text(j, feed->key[i]->name);
    json_close(j, ']');
    json_key(j, "additionalProperties");
    json_bool(j, false);
    json_close(j, '}');
}

void schema_define_feed(JsonSchema *s, const Feed *feed)
{
    define(s, "record");
    json_member(&s->j, "type", "object");
    object(s, feed->fields, feed->n_fields);
    json_close(&s->j, '}');
    if (feed_withdraws(feed))
        define_withdrawal(s, feed);
}

static void define_text(Json *j, const char *name, const char *description, const char *pattern)
{
    json_key(j, name);
    json_open(j, '{');
    json_member(j, "description", description);
    json_member(j, "pattern", pattern);
    json_close(j, '}');
}

void schema_define_texts(JsonSchema *s)
{
    SCOPED(buffer_free) Buffer day = {0};
    buffer_print(&day, "^(%s)$", day_pattern);
    define_text(&s->j, "visible", "Text with something in it that can be seen.", "[^" SPACES "]");
    define_text(&s->j, "visible-two", "Text with two characters in it that can be seen.", "[^" SPACES "][" SPACES "]*[^" SPACES "]");
    define_text(&s->j, "collapsed", "Text whose only white space is single spaces inside.", "^([^" SPACES "]+( [^" SPACES "]+)*)?$");
    define_text(&s->j, "date", "A day of the years 1900 to 2199.", buffer_string(&day));
}

static void refer_own(JsonSchema *s, const char *key, const char *name)
{
    json_key(&s->j, key);
    json_open(&s->j, '{');
    refer(s, s->owner, name);
    json_close(&s->j, '}');
}

void schema_entry(JsonSchema *s, const Feed *feed)
{
    static const char withdraws[] = "{\"type\":\"object\",\"required\":[\"$withdraw\"]}";
    json_open(&s->j, '{');
    if (feed_withdraws(feed)) {
        json_key(&s->j, "if");
        json_raw(&s->j, withdraws, sizeof withdraws - 1);
        refer_own(s, "then", "withdraw");
        refer_own(s, "else", "record");
    } else
        refer(s, s->owner, "record");
    json_close(&s->j, '}');
}

void schema_kinds(Json *j, const Feed *feed)
{
    json_open(j, '{');
    json_key(j, "enum");
    json_open(j, '[');
    for (Kind k = 1; k <= KIND_NIL; k <<= 1)
        if (feed->kinds & k)
            json_text(j, kind_name(k));
    json_close(j, ']');
    json_close(j, '}');
}

void schema_period(Json *j, const Feed *feed)
{
    json_open(j, '{');
    json_member(j, "type", "string");
    anchored(j, period_pattern(feed->period));
    json_close(j, '}');
}
