#include "gateway/flow/config_notices.h"
#include "gateway/flow/config_publications.h"
#include "gateway/flow/config_pull.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef NQS_SHARE
#define NQS_SHARE "."
#endif

#define OPTIONAL_TEXT(key) CYAML_FIELD_STRING_PTR(#key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, Config, key, 1, 4096)
#define OPTIONAL_NUMBER(key) CYAML_FIELD_UINT(#key, CYAML_FLAG_OPTIONAL, Config, key)

static const cyaml_schema_field_t fields[] = {
    CYAML_FIELD_STRING_PTR("database", CYAML_FLAG_POINTER, Config, database, 1, 4096),
    CYAML_FIELD_STRING_PTR("key_file", CYAML_FLAG_POINTER, Config, key_file, 1, 4096),
    OPTIONAL_TEXT(listen), OPTIONAL_TEXT(share), OPTIONAL_TEXT(contracts), OPTIONAL_TEXT(mappings), OPTIONAL_TEXT(calendars), OPTIONAL_TEXT(obligations), OPTIONAL_TEXT(indicators), OPTIONAL_TEXT(outage), OPTIONAL_TEXT(outage_ground), OPTIONAL_TEXT(edge_user), OPTIONAL_TEXT(public_url), OPTIONAL_TEXT(log_level),
    OPTIONAL_TEXT(soap_deliver), OPTIONAL_TEXT(soap_protocol), OPTIONAL_TEXT(soap_acknowledge),
    CYAML_FIELD_UINT_PTR("answer_wait_ms", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, Config, answer_wait_ms),
    OPTIONAL_NUMBER(max_message_mb), OPTIONAL_NUMBER(max_uploads), OPTIONAL_NUMBER(idle_seconds),
    OPTIONAL_NUMBER(http_threads), OPTIONAL_NUMBER(work_threads), OPTIONAL_NUMBER(dispatch_threads), OPTIONAL_NUMBER(upload_hours), OPTIONAL_NUMBER(duty_months), OPTIONAL_NUMBER(poll_seconds),
    CYAML_FIELD_BOOL("public_read", CYAML_FLAG_OPTIONAL, Config, public_read),
    CYAML_FIELD_SEQUENCE("drop_boxes", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, Config, drop_boxes, &drop_box_schema, 0, 1000),
    CYAML_FIELD_SEQUENCE("fetches", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, Config, fetches, &pull_schema, 0, 1000),
    CYAML_FIELD_MAPPING_PTR("kafka", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, Config, kafka, kafka_fields),
    CYAML_FIELD_MAPPING_PTR("notices", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, Config, notices, notices_fields),
    CYAML_FIELD_SEQUENCE("publications", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, Config, publications, &publication_schema, 0, PUBLICATIONS_MOST),
    CYAML_FIELD_END
};
static const cyaml_schema_value_t schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, Config, fields) };

/* The manual of gateway.yaml, and its defaults. A number that is left out reads as 0 and becomes its default; answer_wait_ms, where 0 has a meaning,
   stands apart. */
static const struct Setting {
    const char *key, *fallback, *help;
    size_t      at;
    bool        is_number;
} settings[] = {
#define TEXT(key, fallback, help) { #key, fallback, help, offsetof(Config, key), false }
#define NUMBER(key, fallback, help) { #key, fallback, help, offsetof(Config, key), true }
    TEXT(database, NULL, "PostgreSQL connection string (libpq), e.g. \"host=/run/postgresql dbname=nqs user=nqs\""),
    TEXT(key_file, NULL, "installation key, 64 hexadecimal digits, mode 0600; made by: nqs-gateway key make FILE"),
    TEXT(listen, "127.0.0.1:8088", "where HTTP is served: a loopback address and port, or unix:/path (nginx is the edge)"),
    TEXT(share, NQS_SHARE, "folder with schemas/ and persistence/migrations/; default: ../share/nqs-gateway beside the binary, where that is"),
    TEXT(contracts, NULL, "folder of contracts; default: schemas/contracts under share"),
    TEXT(mappings, NULL, "folder of mappings of your own, beside those of the product in transforms/mappings under share"),
    TEXT(calendars, NULL, "folder of calendar editions of your own, beside those of the product in schemas/law/calendar under share"),
    TEXT(obligations, NULL, "file of obligations of your own, beside the register of the product, schemas/law/obligations.yaml under share"),
    TEXT(indicators, NULL, "file of the indicators of the annual analysis, in place of the product's, schemas/law/indicators.yaml under share"),
    TEXT(outage, "off", "when the gateway was not there in the last minute of a term: off, or extend: it is over at the end of the next working day"),
    TEXT(outage_ground, NULL, "the ground of that, which duties then name; required with outage: extend"),
    TEXT(edge_user, NULL, "system user of the edge; on the Unix socket it may vouch for client certificates"),
    TEXT(public_url, NULL, "address in the WSDL and in links; default: what the client used"),
    TEXT(log_level, "info", "debug, info, warning or error"),
    TEXT(soap_deliver, "NQS_DELIVER", "serviceIds that deliver, comma separated"),
    TEXT(soap_protocol, "NQS_PROTOCOL", "serviceId that fetches a protocol"),
    TEXT(soap_acknowledge, "NQS_ACKNOWLEDGE", "serviceId by which the administrator acknowledges a delivery that was handed over"),
    NUMBER(max_message_mb, "2048", "largest message after decoding, MB"),
    NUMBER(max_uploads, "64", "deliveries on their way in at once; more are asked to come again"),
    NUMBER(idle_seconds, "60", "a sender silent for so long is cut"),
    NUMBER(http_threads, "16", "threads that wait for the database on behalf of HTTP; each has a connection"),
    NUMBER(work_threads, "2", "threads that work deliveries; each has two connections"),
    NUMBER(dispatch_threads, "2", "threads that send what is published; each has a connection"),
    NUMBER(upload_hours, "2", "an upload not heard of for so long is swept"),
    NUMBER(duty_months, "12", "how many months ahead duties are opened"),
    NUMBER(poll_seconds, "1", "how often drop boxes, schedules of fetches and what is to be published are looked at"),
#undef TEXT
#undef NUMBER
};
enum { SETTINGS = sizeof settings / sizeof *settings, ANSWER_WAIT_MS = 2000 };

static char *copy(const char *s)
{
    char *c = strdup(s);
    if (!c)
        abort();
    return c;
}

static void fill_in(Config *c, const struct Setting *s)
{
    void *at = (char *)c + s->at;
    if (!s->fallback)
        return;
    if (s->is_number && *(unsigned *)at == 0)
        *(unsigned *)at = (unsigned)strtoul(s->fallback, NULL, 10);
    else if (!s->is_number && !*(char **)at)
        *(char **)at = copy(s->fallback);
}

/* BIN/../share/nqs-gateway, where an installation has it whatever its prefix; NULL: this binary is not installed. */
static char *share_installed(void)
{
    char exe[PATH_MAX], path[PATH_MAX + 64];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
    char *slash = n > 0 ? memrchr(exe, '/', (size_t)n) : NULL;
    if (!slash)
        return NULL;
    *slash = '\0';
    snprintf(path, sizeof path, "%s/../share/nqs-gateway", exe);
    return access(path, X_OK) ? NULL : realpath(path, NULL);
}

char *config_share(void)
{
    char *installed = share_installed();
    return installed ? installed : copy(NQS_SHARE);
}

static char *contracts_under(const char *share)
{
    char *path = NULL;
    if (asprintf(&path, "%s/schemas/contracts", share) < 0)
        abort();
    return path;
}

Rc config_load(const char *path, Config **out, Error *err)
{
    void *data = NULL;
    publication_schema_make();
    if (yaml_load(path, &schema, &data, err))
        return err->rc;
    Config *c = data;
    if (!c->share)
        c->share = config_share();
    for (int i = 0; i < SETTINGS; i++)
        fill_in(c, &settings[i]);
    pulls_fill(c);
    kafka_fill(c);
    notices_fill(c);
    publications_fill(c);
    if (!c->contracts)
        c->contracts = contracts_under(c->share);
    if (!c->answer_wait_ms) {
        c->answer_wait_ms = malloc(sizeof *c->answer_wait_ms);
        if (!c->answer_wait_ms)
            abort();
        *c->answer_wait_ms = ANSWER_WAIT_MS;
    }
    *out = c;
    return RC_OK;
}

void config_free(Config **c)
{
    if (*c)
        yaml_free(&schema, *c);
    *c = NULL;
}

void config_line(Buffer *out, const char *key, const char *fallback, const char *help)
{
    bool any = fallback && *fallback;
    buffer_print(out, "  %-16s %s%s%s%s\n", key, help, any ? " [" : "", any ? fallback : "", any ? "]" : "");
}

void config_help(Buffer *out)
{
    for (int i = 0; i < SETTINGS; i++)
        config_line(out, settings[i].key, settings[i].fallback, settings[i].help);
    buffer_print(out, "  answer_wait_ms   how long an answer may wait for the protocol; 0: never [%d]\n", ANSWER_WAIT_MS);
    buffer_text(out, "  public_read      true: records of public feeds may be read without credentials [false]\n");
    pulls_help(out);
    kafka_help(out);
    notices_help(out);
    publications_help(out);
}
