#include "schemas/generate_json_parts.h"
#include <string.h>

static void records(JsonSchema *s, const Feed *feed)
{
    json_key(&s->j, "records");
    json_open(&s->j, '{');
    json_member(&s->j, "description", "The last member of the document.");
    json_member(&s->j, "type", "array");
    json_key(&s->j, "items");
    schema_entry(s, feed);
    json_close(&s->j, '}');
}

void schema_delivery(JsonSchema *s, const Feed *feed)
{
    Json *j = &s->j;
    json_member(j, "type", "object");
    json_key(j, "properties");
    json_open(j, '{');
    json_key(j, "feed");
    json_open(j, '{');
    json_member(j, "const", feed->code);
    json_close(j, '}');
    json_key(j, "period");
    schema_period(j, feed);
    json_key(j, "kind");
    schema_kinds(j, feed);
    records(s, feed);
    json_close(j, '}');
    json_put_raw(j, "required", "[\"feed\",\"period\",\"kind\"]");
    json_put_raw(j, "additionalProperties", "false");
    json_put_raw(j, "if", "{\"properties\":{\"kind\":{\"const\":\"nil\"}}}");
    json_put_raw(j, "then", "{\"properties\":{\"records\":{\"maxItems\":0}}}");
}

size_t json_string_length(const char *s)
{
    size_t n = 1;
    while (s[n] != '"')
        n += s[n] == '\\' ? 2 : 1;
    return n + 1;
}

void json_laid_out(const char *s, size_t n, Buffer *out)
{
    int depth = 0;
    for (size_t i = 0; i < n;) {
        if (s[i] == '"') {
            size_t length = json_string_length(s + i);
            buffer_add(out, s + i, length);
            i += length;
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
    JsonSchema s = { .j = { .to = &compact }, .home = "#/$defs/", .owner = "" };
    Json *j = &s.j;
    buffer_print(&id, "urn:kz:nqs:schema:%s", feed->code);
    buffer_print(&comment, "Generated from the contract of the feed %s, version %s. Do not edit.", feed->code, feed->version);
    json_open(j, '{');
    json_member(j, "$schema", "https://json-schema.org/draft/2020-12/schema");
    json_member(j, "$id", buffer_string(&id));
    json_member(j, "$comment", buffer_string(&comment));
    json_title(j, feed->title_kk, feed->title_ru);
    json_member(j, "description", feed->purpose);
    schema_delivery(&s, feed);
    json_key(j, "$defs");
    json_open(j, '{');
    schema_define_feed(&s, feed);
    schema_define_texts(&s);
    json_close(j, '}');
    json_close(j, '}');
    json_laid_out(compact.at, compact.len, out);
}
