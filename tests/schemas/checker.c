/* What our reader and record check say of documents: reads lines {"feed", "format", "document"} from standard input and writes for each
   {"errors": ["code place", …], "records": […]}, the second only if all is good: the records in canonical form. Format: xml or json. */
#include "gateway/base/buffer.h"
#include "gateway/base/guard.h"
#include "schemas/check.h"
#include "schemas/contract.h"
#include "schemas/reader.h"
#include "transforms/convert.h"
#include "transforms/rules.h"
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct { Findings head; const Feed *feed; Arena *arena; Json errors, records; unsigned n_errors; } Hearing;

static void hear(Hearing *h, const char *code, const char *place)
{
    h->n_errors++;
    json_text(&h->errors, arena_printf(h->arena, "%s %s", code, place));
}

static void finding_hear(Findings *self, const Finding *f)
{
    if (f->severity == FINDING_ERROR)
        hear((Hearing *)self, f->code, f->place);
}

static void value_write(Json *to, const Field *f, const Value *v)
{
    json_key(to, f->name);
    if (f->type == TYPE_TEXT || f->type == TYPE_DATE)
        json_string(to, v->text, v->len);
    else
        json_raw(to, v->text, v->len);
}

static void record_write(Hearing *h, const Record *r, const Value *values)
{
    json_open(&h->records, '{');
    if (r->wish == RECORD_WITHDRAW) {
        json_key(&h->records, "$withdraw");
        json_open(&h->records, '{');
        json_key(&h->records, "ground");
        json_text(&h->records, r->ground);
        json_close(&h->records, '}');
    }
    for (size_t i = 0; i < h->feed->n_fields; i++)
        if (values[i].text)
            value_write(&h->records, &h->feed->fields[i], &values[i]);
    json_close(&h->records, '}');
}

static Rc record_hear(void *self, const Record *r, Error *err)
{
    Hearing *h = self;
    Value *values = arena_alloc(h->arena, h->feed->n_fields * sizeof *values);
    Rc rc = check_record(h->feed, r, h->arena, values, &h->head, err);
    if (rc == RC_OK)
        record_write(h, r, values);
    return rc == RC_REJECT ? RC_OK : rc;
}

/* As the door does: the guard, then what the document says of itself, then its records. */
static Rc guard_pass(Format format, const char *s, size_t n, Error *err)
{
    SCOPED(guard_free) Guard *g = guard_new(format, false, NULL, NULL);
    return guard_feed(g, s, n, err) || guard_end(g, err) ? err->rc : RC_OK;
}

static Rc claim_pass(const Feed *feed, Format format, const char *s, size_t n, Error *err)
{
    Claim said;
    Rc rc = claim_read(format, NULL, s, n, true, &said, NULL, err);
    if (rc)
        return rc;
    if (!*said.feed || !*said.period || !*said.kind)
        return error_refuse(err, "claim_missing", NULL, NULL, NULL);
    if (strcmp(said.feed, feed->code) != 0)
        return error_refuse(err, "unknown_feed", NULL, NULL, NULL);
    if (!period_valid(feed->period, said.period))
        return error_refuse(err, "bad_period", NULL, NULL, NULL);
    return kind_read(said.kind) & feed->kinds ? RC_OK : error_refuse(err, "bad_kind", NULL, NULL, NULL);
}

static Rc read_all(Hearing *h, Format format, const char *s, size_t n, Error *err)
{
    SCOPED(reader_free) Reader *r = NULL;
    Rc rc = reader_open(format, NULL, NULL, record_hear, h, &r, err);
    if (!rc)
        rc = reader_feed(r, s, n, err);
    return rc ? rc : reader_end(r, err);
}

static void document_hear(Hearing *h, Format format, const char *s, size_t n)
{
    Error err;
    Rc rc = guard_pass(format, s, n, &err);
    if (!rc)
        rc = claim_pass(h->feed, format, s, n, &err);
    if (!rc)
        rc = read_all(h, format, s, n, &err);
    if (rc == RC_REJECT) {
        hear(h, err.code, "");
    } else if (rc) {
        fprintf(stderr, "record_checker: %s\n", err.text);
        exit(1);
    }
}

static void answer(const Feed *feed, Format format, const char *document, Arena *a)
{
    SCOPED(buffer_free) Buffer errors = {0}, records = {0};
    Hearing h = { { finding_hear }, feed, a, { .to = &errors }, { .to = &records }, 0 };
    json_open(&h.errors, '[');
    json_open(&h.records, '[');
    document_hear(&h, format, document, strlen(document));
    json_close(&h.errors, ']');
    json_close(&h.records, ']');
    printf("{\"errors\":%s,\"records\":%s}\n", buffer_string(&errors), h.n_errors ? "null" : buffer_string(&records));
}

static void json_end(cJSON **j) { cJSON_Delete(*j); }

static bool line_answer(const Feeds *feeds, const char *line, Arena *a)
{
    SCOPED(json_end) cJSON *asked = cJSON_Parse(line);
    const char *code = cJSON_GetStringValue(cJSON_GetObjectItem(asked, "feed"));
    const char *format = cJSON_GetStringValue(cJSON_GetObjectItem(asked, "format"));
    const char *document = cJSON_GetStringValue(cJSON_GetObjectItem(asked, "document"));
    const Feed *feed = code ? feeds_find(feeds, code) : NULL;
    if (!feed || !format || !document)
        return false;
    answer(feed, strcmp(format, "xml") == 0 ? FORMAT_XML : FORMAT_JSON, document, a);
    return true;
}

static bool rule_known(const char *name) { return rule_for(name) != NULL; }

int main(int argc, char **argv)
{
    Error err;
    SCOPED(contracts_free) Feeds *feeds = NULL;
    if (contracts_load(argc > 1 ? argv[1] : "schemas/contracts", convert_for, rule_known, &feeds, &err)) {
        fprintf(stderr, "record_checker: %s\n", err.text);
        return 1;
    }
    SCOPED(arena_free) Arena *a = arena_new();
    char *line = NULL;
    size_t size = 0;
    bool good = true;
    for (; good && getline(&line, &size, stdin) > 0; arena_reset(a))
        good = line_answer(feeds, line, a);
    free(line);
    if (!good)
        fprintf(stderr, "record_checker: a line is not {\"feed\", \"format\", \"document\"}\n");
    return good ? 0 : 1;
}
