#include "gateway/flow/config_publications.h"
#include "gateway/flow/config_pull.h"
#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPTIONAL (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)
#define TEXT(type, key, flags) CYAML_FIELD_STRING_PTR(#key, flags, type, key, 1, 4096)
#define NUMBER(type, key) CYAML_FIELD_UINT(#key, CYAML_FLAG_OPTIONAL, type, key)

static const cyaml_schema_value_t text_schema = { CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, 4096) };
static const cyaml_schema_field_t filter_fields[] = {
    TEXT(PublishFilter, field, CYAML_FLAG_POINTER), CYAML_FIELD_SEQUENCE("values", CYAML_FLAG_POINTER, PublishFilter, values, &text_schema, 1, 1000), CYAML_FIELD_END
};
static const cyaml_schema_value_t filter_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, PublishFilter, filter_fields) };
static const cyaml_strval_t mode_names[] = { { "changes", PUBLISH_CHANGES }, { "snapshot", PUBLISH_SNAPSHOT } };

static const cyaml_schema_field_t own_fields[] = {
    TEXT(PublicationEntry, name, CYAML_FLAG_POINTER), TEXT(PublicationEntry, feed, CYAML_FLAG_POINTER),
    CYAML_FIELD_ENUM("mode", CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT, PublicationEntry, mode, mode_names, 2),
    TEXT(PublicationEntry, when, OPTIONAL), TEXT(PublicationEntry, source, OPTIONAL),
    CYAML_FIELD_SEQUENCE("fields", OPTIONAL, PublicationEntry, fields, &text_schema, 1, 1000),
    CYAML_FIELD_SEQUENCE("filter", OPTIONAL, PublicationEntry, filter, &filter_schema, 1, 32),
    NUMBER(PublicationEntry, retry_seconds), NUMBER(PublicationEntry, attempts),
};
enum { OWN = sizeof own_fields / sizeof *own_fields };

/* The keys above, then one for each kind of sink: made once of what is registered. */
static cyaml_schema_field_t all_fields[OWN + SINKS_MOST + 1], sink_fields[SINKS_MOST][SINK_SETTINGS + 1];
static const cyaml_schema_field_t end = CYAML_FIELD_END;
const cyaml_schema_value_t publication_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, PublicationEntry, all_fields) };

static cyaml_schema_field_t setting_field(const SinkSetting *s)
{
    typedef struct { char *text; unsigned number; } Shape;
    static const cyaml_schema_field_t text = CYAML_FIELD_STRING_PTR("", OPTIONAL, Shape, text, 1, 4096), number = CYAML_FIELD_UINT("", CYAML_FLAG_OPTIONAL, Shape, number);
    cyaml_schema_field_t f = s->is_number ? number : text;
    f.key = s->key;
    f.data_offset = (uint32_t)s->at;
    if (s->required)
        f.value.flags &= ~(unsigned)CYAML_FLAG_OPTIONAL;
    return f;
}

static cyaml_schema_field_t kind_field(const SinkKind *kind, unsigned i)
{
    unsigned n = 0;
    for (const SinkSetting *s = kind->settings; s->key; s++) {
        assert(n < SINK_SETTINGS);
        sink_fields[i][n++] = setting_field(s);
    }
    sink_fields[i][n] = end;
    return (cyaml_schema_field_t){
        .key = kind->name, .data_offset = (uint32_t)(offsetof(PublicationEntry, settings) + i * sizeof(void *)),
        .value = { .type = CYAML_MAPPING, .flags = OPTIONAL, .data_size = (uint32_t)kind->settings_size, .mapping = { .fields = sink_fields[i] } },
    };
}

static void schema_make(void)
{
    const SinkKind *kind;
    unsigned n = OWN;
    memcpy(all_fields, own_fields, sizeof own_fields);
    for (unsigned i = 0; (kind = sink_kind(i)); i++)
        all_fields[n++] = kind_field(kind, i);
    all_fields[n] = end;
}

void publication_schema_make(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, schema_make);
}

static const struct { const char *key, *fallback, *help; } manual[] = {
#define KEY(key, fallback, help) { key, fallback, help }
    KEY("publications", "", "list of what is published; of each:"),
    KEY("publications.name", "", "by which commands, log and files know it: small letters, digits, hyphens"),
    KEY("publications.feed", "", "feed whose records it is about"),
    KEY("publications.mode", "changes", "changes: each settlement's changes, in order; snapshot: the whole feed"),
    KEY("publications.when", "", "changes: at_once; snapshot: first working day of month, quarter end + 5 working days, half-year, 15 December, every day …, at HH:MM or 09:00; left out: by command"),
    KEY("publications.fields", "all", "list of fields that go out; of a feed with personal data they must be named"),
    KEY("publications.filter", "every record", "list of conditions that all must hold; of each:"),
    KEY("publications.filter.field", "", "a field of the record"),
    KEY("publications.filter.values", "", "list of the values it may have"),
    KEY("publications.source", "urn:kz:nqs:FEED", "source of the events"),
    KEY("publications.retry_seconds", "5", "before what failed is tried again; then twice as long each time, at most an hour"),
    KEY("publications.attempts", "0", "so many failed attempts without any success between them, and it is given up; 0: never"),
#undef KEY
};

void publications_help(Buffer *out)
{
    const SinkKind *kind;
    char key[96];
    for (size_t i = 0; i < sizeof manual / sizeof *manual; i++)
        config_line(out, manual[i].key, manual[i].fallback, manual[i].help);
    for (unsigned i = 0; (kind = sink_kind(i)); i++) {
        snprintf(key, sizeof key, "publications.%s", kind->name);
        config_line(out, key, "", "the sink it goes to, one of its kinds; of this one:");
        for (const SinkSetting *s = kind->settings; s->key; s++) {
            snprintf(key, sizeof key, "publications.%s.%s", kind->name, s->key);
            config_line(out, key, s->fallback, s->help);
        }
    }
}

static void setting_fill(void *settings, const SinkSetting *s)
{
    void *at = (char *)settings + s->at;
    if (!s->fallback)
        return;
    if (s->is_number && *(unsigned *)at == 0)
        *(unsigned *)at = (unsigned)strtoul(s->fallback, NULL, 10);
    else if (!s->is_number && !*(char **)at && !(*(char **)at = strdup(s->fallback)))
        abort();
}

void publications_fill(Config *c)
{
    enum { RETRY_SECONDS = 5 };
    const SinkKind *kind;
    for (PublicationEntry *p = c->publications; p && p < c->publications + c->publications_count; p++) {
        p->retry_seconds = p->retry_seconds ? p->retry_seconds : RETRY_SECONDS;
        for (unsigned i = 0; (kind = sink_kind(i)); i++)
            for (const SinkSetting *s = kind->settings; p->settings[i] && s->key; s++)
                setting_fill(p->settings[i], s);
    }
}
