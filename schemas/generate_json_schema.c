#include "schemas/generate_parts.h"
#include <string.h>

#define ESCAPABLE "\\.?*+(){}[]|^$"

/* White space of Unicode, as text_plain knows it. */
#define SPACES "\\u0009-\\u000d\\u0020\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000"

static const char *const text_refs[TEXT_FORMS] = {
    [TEXT_VISIBLE] = "#/$defs/visible", [TEXT_VISIBLE_TWO] = "#/$defs/visible-two", [TEXT_COLLAPSED] = "#/$defs/collapsed",
};

static void member(Json *j, const char *key, const char *text)
{
    if (!text)
        return;
    json_key(j, key);
    json_text(j, text);
}

static void pair(Json *j, const char *key, const char *a, const char *b)
{
    SCOPED(buffer_free) Buffer both = {0};
    if (!a && !b)
        return;
    bool two = a && b && strcmp(a, b) != 0;
    buffer_print(&both, "%s%s%s", a ? a : b, two ? " / " : "", two ? b : "");
    member(j, key, buffer_string(&both));
}

static void number(Json *j, const char *key, const char *digits)
{
    json_key(j, key);
    json_raw(j, digits, strlen(digits));
}

/* The codes' labels have no keyword of their own, so they are told with the field. */
static void about(Json *j, const Field *f)
{
    SCOPED(buffer_free) Buffer text = {0};
    pair(j, "title", f->label_kk, f->label_ru);
    buffer_text(&text, f->description ? f->description : "");
    codes_write(f, text.len ? " Codes: " : "Codes: ", ", ", &text);
    if (text.len)
        member(j, "description", buffer_string(&text));
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
    member(j, "pattern", buffer_string(&written));
}

static void text(Json *j, const Field *f, bool may_be_null)
{
    unsigned least = text_least(f);
    member(j, "$ref", text_refs[text_form(f)]);
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
    number(j, "minimum", field_bound(f, BOUND_LEAST, bound));
    number(j, "maximum", field_bound(f, BOUND_MOST, bound));
}

static void value(Json *j, const Field *f, bool needed);

static void object(Json *j, const Field *fields, size_t n)
{
    json_key(j, "properties");
    json_open(j, '{');
    for (size_t i = 0; i < n; i++) {
        json_key(j, fields[i].name);
        value(j, &fields[i], fields[i].required);
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

static void value(Json *j, const Field *f, bool needed)
{
    static const char *const types[] = {
        [TYPE_TEXT] = "string", [TYPE_DATE] = "string", [TYPE_INTEGER] = "integer", [TYPE_DECIMAL] = "number", [TYPE_BOOLEAN] = "boolean",
        [TYPE_ARRAY] = "array", [TYPE_OBJECT] = "object",
    };
    json_open(j, '{');
    about(j, f);
    type(j, types[f->type], !needed);
    if (f->type == TYPE_TEXT)
        text(j, f, !needed);
    else if (f->type == TYPE_DATE)
        member(j, "$ref", "#/$defs/date");
    else if (f->type == TYPE_INTEGER || f->type == TYPE_DECIMAL)
        bounds(j, f);
    else if (f->type == TYPE_OBJECT)
        object(j, f->fields, f->n_fields);
    else if (f->type == TYPE_ARRAY) {
        json_key(j, "items");
        value(j, &f->fields[0], true);
    }
    json_close(j, '}');
}

static void record_def(Json *j, const Feed *feed)
{
    json_key(j, "record");
    json_open(j, '{');
    member(j, "type", "object");
    object(j, feed->fields, feed->n_fields);
    json_close(j, '}');
}

static void ground(Json *j)
{
    static const char ground_schema[] = "{\"type\":\"object\",\"properties\":{\"ground\":{\"type\":\"string\",\"$ref\":\"#/$defs/visible\"}},"
        "\"required\":[\"ground\"],\"additionalProperties\":false}";
    json_key(j, "$withdraw");
    json_raw(j, ground_schema, sizeof ground_schema - 1);
}

static void withdraw_def(Json *j, const Feed *feed)
{
    json_key(j, "withdraw");
    json_open(j, '{');
    member(j, "description", "Takes back the record of this key, with the ground for it.");
    member(j, "type", "object");
    json_key(j, "properties");
    json_open(j, '{');
    ground(j);
    for (size_t i = 0; i < feed->n_key; i++) {
        json_key(j, feed->key[i]->name);
        value(j, feed->key[i], true);
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

static void text_def(Json *j, const char *name, const char *description, const char *pattern)
{
    json_key(j, name);
    json_open(j, '{');
    member(j, "description", description);
    member(j, "pattern", pattern);
    json_close(j, '}');
}

static void defs(Json *j, const Feed *feed)
{
    SCOPED(buffer_free) Buffer day = {0};
    buffer_print(&day, "^(%s)$", day_pattern);
    json_key(j, "$defs");
    json_open(j, '{');
    record_def(j, feed);
    if (feed_withdraws(feed))
        withdraw_def(j, feed);
    text_def(j, "visible", "Text with something in it that can be seen.", "[^" SPACES "]");
    text_def(j, "visible-two", "Text with two characters in it that can be seen.", "[^" SPACES "][" SPACES "]*[^" SPACES "]");
    text_def(j, "collapsed", "Text whose only white space is single spaces inside.", "^([^" SPACES "]+( [^" SPACES "]+)*)?$");
    text_def(j, "date", "A day of the years 1900 to 2199.", buffer_string(&day));
    json_close(j, '}');
}

static void kinds(Json *j, const Feed *feed)
{
    json_key(j, "kind");
    json_open(j, '{');
    json_key(j, "enum");
    json_open(j, '[');
    for (Kind k = 1; k <= KIND_NIL; k <<= 1)
        if (feed->kinds & k)
            json_text(j, kind_name(k));
    json_close(j, ']');
    json_close(j, '}');
}

static void records(Json *j, const Feed *feed)
{
    static const char only_records[] = "{\"$ref\":\"#/$defs/record\"}";
    static const char both[] = "{\"if\":{\"type\":\"object\",\"required\":[\"$withdraw\"]},\"then\":{\"$ref\":\"#/$defs/withdraw\"},"
        "\"else\":{\"$ref\":\"#/$defs/record\"}}";
    const char *items = feed_withdraws(feed) ? both : only_records;
    json_key(j, "records");
    json_open(j, '{');
    member(j, "description", "The last member of the document.");
    member(j, "type", "array");
    json_key(j, "items");
    json_raw(j, items, strlen(items));
    json_close(j, '}');
}

static void delivery(Json *j, const Feed *feed)
{
    static const char nil[] = "{\"properties\":{\"kind\":{\"const\":\"nil\"}}}", empty[] = "{\"properties\":{\"records\":{\"maxItems\":0}}}";
    static const char needed[] = "[\"feed\",\"period\",\"kind\"]";
    member(j, "type", "object");
    json_key(j, "properties");
    json_open(j, '{');
    json_key(j, "feed");
    json_open(j, '{');
    member(j, "const", feed->code);
    json_close(j, '}');
    json_key(j, "period");
    json_open(j, '{');
    member(j, "type", "string");
    anchored(j, period_pattern(feed->period));
    json_close(j, '}');
    kinds(j, feed);
    records(j, feed);
    json_close(j, '}');
    number(j, "required", needed);
    number(j, "additionalProperties", "false");
    number(j, "if", nil);
    number(j, "then", empty);
}

/* Copies the string that begins at s; returns its length with both quotes. */
static size_t string_copy(const char *s, Buffer *out)
{
    size_t n = 1;
    while (s[n] != '"')
        n += s[n] == '\\' ? 2 : 1;
    buffer_add(out, s, ++n);
    return n;
}

/* The same JSON with a line for every member and element. */
static void laid_out(const char *s, size_t n, Buffer *out)
{
    int depth = 0;
    for (size_t i = 0; i < n;) {
        if (s[i] == '"') {
            i += string_copy(s + i, out);
            continue;
        }
        char c = s[i++];
        bool opens = c == '{' || c == '[', closes = c == '}' || c == ']';
        bool ends_empty = closes && (out->at[out->len - 1] == '{' || out->at[out->len - 1] == '[');
        depth += opens - closes;
        if (closes && !ends_empty)
            buffer_print(out, "\n%*s", depth, "");
        buffer_char(out, c);
        if (c == ',' || (opens && s[i] != '}' && s[i] != ']'))
            buffer_print(out, "\n%*s", depth, "");
        else if (c == ':')
            buffer_char(out, ' ');
    }
    buffer_char(out, '\n');
}

void generate_json_schema(const Feed *feed, Buffer *out)
{
    SCOPED(buffer_free) Buffer compact = {0}, id = {0}, comment = {0};
    Json j = { .to = &compact };
    buffer_print(&id, "urn:kz:nqs:schema:%s", feed->code);
    buffer_print(&comment, "Generated from the contract of the feed %s, version %s. Do not edit.", feed->code, feed->version);
    json_open(&j, '{');
    member(&j, "$schema", "https://json-schema.org/draft/2020-12/schema");
    member(&j, "$id", buffer_string(&id));
    member(&j, "$comment", buffer_string(&comment));
    pair(&j, "title", feed->title_kk, feed->title_ru);
    member(&j, "description", feed->purpose);
    delivery(&j, feed);
    defs(&j, feed);
    json_close(&j, '}');
    laid_out(compact.at, compact.len, out);
}
