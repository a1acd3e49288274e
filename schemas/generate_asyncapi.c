#include "gateway/model/format.h"
#include "schemas/embedded.h"
#include "schemas/generate_json_parts.h"
#include <ctype.h>
#include <string.h>

/* schemas/asyncapi.json is the document but for what stands in contracts. In it, a string that begins with @ is one of the marks below; "@each" is a key whose
   members stand there once for every feed; and @feed inside a string is the feed's code. */
typedef struct {
    JsonSchema  s;
    const Feed *feeds;  size_t n;
    const Feed *feed;              /* the one whose members are written */
    const char *bootstrap;
} Document;

static void version(Document *d) { json_text(&d->s.j, NQS_VERSION); }
static void contract(Document *d) { json_text(&d->s.j, d->feed->version); }
static void personal(Document *d) { json_bool(&d->s.j, d->feed->personal); }
static void purpose(Document *d) { json_text(&d->s.j, d->feed->purpose); }
static void period(Document *d) { schema_period(&d->s.j, d->feed); }
static void kinds(Document *d) { schema_kinds(&d->s.j, d->feed); }
static void entry(Document *d) { schema_entry(&d->s, d->feed); }
static void definitions(Document *d) { schema_define_feed(&d->s, d->feed); }
static void texts(Document *d) { schema_define_texts(&d->s); }

static void titles(Document *d)
{
    SCOPED(buffer_free) Buffer all = {0};
    titles_join((const char *[]){ d->feed->title_kk, d->feed->title_ru, d->feed->title }, 3, &all);
    json_text(&d->s.j, buffer_string(&all));
}

static void suppliers(Document *d)
{
    json_open(&d->s.j, '[');
    for (size_t i = 0; i < d->feed->n_writers; i++)
        json_text(&d->s.j, d->feed->writers[i]);
    json_close(&d->s.j, ']');
}

/* Addresses HOST:PORT with commas between them. */
static void bootstrap(Document *d)
{
    Json *j = &d->s.j;
    json_open(j, '{');
    json_member(j, "description", "Address of a broker, HOST:PORT.");
    if (d->bootstrap) {
        json_key(j, "default");
        json_string(j, d->bootstrap, strcspn(d->bootstrap, ","));
        json_key(j, "enum");
        json_open(j, '[');
        for (const char *at = d->bootstrap; *at; at += strspn(at, ",")) {
            size_t n = strcspn(at, ",");
            json_string(j, at, n);
            at += n;
        }
        json_close(j, ']');
    }
    json_close(j, '}');
}

static void delivery(Document *d)
{
    json_open(&d->s.j, '{');
    schema_delivery(&d->s, d->feed);
    json_close(&d->s.j, '}');
}

/* Of every format that files come in; parameters may stand behind. */
static void medias(Document *d)
{
    SCOPED(buffer_free) Buffer pattern = {0};
    buffer_text(&pattern, "^(");
    for (Format f = 0; f < FORMAT_KAFKA; f++)
        for (int i = 0; i < 3 && format_names[f].media[i]; i++) {
            buffer_text(&pattern, f || i ? "|" : "");
            for (const char *c = format_names[f].media[i]; *c; c++)
                buffer_print(&pattern, *c == '.' ? "\\%c" : "%c", *c);
        }
    buffer_text(&pattern, ")( *;.*)?$");
    json_open(&d->s.j, '{');
    json_member(&d->s.j, "pattern", buffer_string(&pattern));
    json_close(&d->s.j, '}');
}

/* A record that belongs to no delivery is one of changes: where the feed has none, there is always a delivery. */
static void needed(Document *d)
{
    static const char by_itself[] = "[\"ce_nqsperiod\"]", always[] = "[\"ce_nqsdelivery\"]";
    if (d->feed->kinds & KIND_CHANGES)
        json_raw(&d->s.j, by_itself, sizeof by_itself - 1);
    else
        json_raw(&d->s.j, always, sizeof always - 1);
}

static void subject(Document *d)
{
    Json *j = &d->s.j;
    SCOPED(buffer_free) Buffer said = {0};
    json_open(j, '{');
    json_member(j, "type", "string");
    if (d->feed->personal) {
        json_member(j, "description", "An HMAC of the record's key.");
        json_member(j, "pattern", "^[0-9a-f]{32}$");
    } else {
        for (size_t i = 0; i < d->feed->n_key; i++)
            buffer_print(&said, "%s%s", i ? "/" : "The record's key: ", d->feed->key[i]->name);
        json_member(j, "description", buffer_string(&said));
    }
    json_close(j, '}');
}

/* A publication may name fewer fields, so none is required. */
static void published(Document *d)
{
    Json *j = &d->s.j;
    json_open(j, '{');
    json_member(j, "type", "object");
    json_key(j, "properties");
    json_open(j, '{');
    for (size_t i = 0; i < d->feed->n_fields; i++) {
        SCOPED(buffer_free) Buffer where = {0};
        buffer_print(&where, "%s%srecord/properties/%s", d->s.home, d->s.owner, d->feed->fields[i].name);
        json_key(j, d->feed->fields[i].name);
        json_open(j, '{');
        json_member(j, "$ref", buffer_string(&where));
        json_close(j, '}');
    }
    json_close(j, '}');
    json_key(j, "additionalProperties");
    json_bool(j, false);
    json_close(j, '}');
}

/* Grounds are free text: those of persons' records stay here. */
static void withdrawn(Document *d)
{
    static const char told[] = "{\"type\":\"object\",\"properties\":{\"ground\":{\"type\":\"string\"}},\"required\":[\"ground\"],\"additionalProperties\":false}";
    static const char silent[] = "{\"type\":\"object\",\"additionalProperties\":false}";
    if (d->feed->personal)
        json_raw(&d->s.j, silent, sizeof silent - 1);
    else
        json_raw(&d->s.j, told, sizeof told - 1);
}

static const struct { const char *name; void (*write)(Document *d); bool members; } marks[] = {
    { "@version", version, false },   { "@bootstrap", bootstrap, false }, { "@titles", titles, false },     { "@purpose", purpose, false },
    { "@contract", contract, false }, { "@personal", personal, false },   { "@suppliers", suppliers, false }, { "@period", period, false },
    { "@kinds", kinds, false },       { "@needed", needed, false },       { "@entry", entry, false },       { "@delivery", delivery, false }, { "@medias", medias, false }, { "@subject", subject, false },
    { "@published", published, false }, { "@withdrawn", withdrawn, false },
    { "@definitions", definitions, true }, { "@texts", texts, true },      /* keys, whose value says nothing */
};

static void expand(Document *d, const char *s, const char *end);

/* The members of the object at s, for every feed; returns its end. */
static const char *each(Document *d, const char *s)
{
    int depth = 1;
    const char *inside = s = strchr(s, '{') + 1;
    while (depth) {
        depth += (*s == '{') - (*s == '}');
        s += *s == '"' ? json_string_length(s) : 1;
    }
    for (size_t i = 0; i < d->n; i++) {
        SCOPED(buffer_free) Buffer owner = {0};
        d->feed = &d->feeds[i];
        buffer_print(&owner, "%s.", d->feed->code);
        d->s.owner = buffer_string(&owner);
        buffer_text(d->s.j.to, i ? "," : "");
        expand(d, inside, s - 1);
    }
    return s;
}

static void string_put(Document *d, const char *s, const char *end)
{
    static const char feed[] = "@feed";
    const char *at;
    while ((at = memmem(s, (size_t)(end - s), feed, sizeof feed - 1))) {
        buffer_add(d->s.j.to, s, (size_t)(at - s));
        buffer_text(d->s.j.to, d->feed->code);
        s = at + sizeof feed - 1;
    }
    buffer_add(d->s.j.to, s, (size_t)(end - s));
}

/* The string at s, or what it stands for; returns the end of what was done with. */
static const char *string_expand(Document *d, const char *s)
{
    const char *end = s + json_string_length(s);
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t n = strlen(marks[i].name);
        if (strncmp(s + 1, marks[i].name, n) != 0 || s[1 + n] != '"')
            continue;
        d->s.j.comma = false;
        marks[i].write(d);
        return marks[i].members ? strstr(end, "null") + strlen("null") : end;
    }
    string_put(d, s, end);
    return end;
}

static void expand(Document *d, const char *s, const char *end)
{
    static const char repeat[] = "\"@each\"";
    while (s < end)
        if (strncmp(s, repeat, sizeof repeat - 1) == 0)
            s = each(d, s);
        else if (*s == '"')
            s = string_expand(d, s);
        else if (isspace((unsigned char)*s))
            s++;
        else
            buffer_char(d->s.j.to, *s++);
}

void generate_asyncapi(const Feed *feeds, size_t n, const char *brokers, Buffer *out)
{
    SCOPED(buffer_free) Buffer compact = {0};
    Document d = { .s = { .j = { .to = &compact }, .home = "#/components/schemas/", .marks_personal = true }, .feeds = feeds, .n = n, .bootstrap = brokers };
    expand(&d, asyncapi_json, asyncapi_json_end);
    json_laid_out(compact.at, compact.len, out);
}
