#include "gateway/app/mapping_sample.h"
#include "gateway/base/text.h"
#include "gateway/model/format.h"
#include "schemas/check.h"
#include "schemas/place.h"
#include "schemas/reader.h"
#include "transforms/rules.h"
#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define HIDDEN "•••"

enum { PIECE = 64 * 1024, FINDINGS_MOST = 1000, TRACES = 4096 };

/* The source's own text of a value, in the arena of the record. */
typedef struct { const Node *made; const char *text; size_t len; } Told;

typedef struct {
    Findings         head;
    const SampleAsk *ask;
    const Feed      *feed;
    Arena           *a;
    Told             told[TRACES];  size_t n_told;
    const Record    *record;
    unsigned         n_records, n_refused, n_findings;
    bool             refused;
    Json             values, canonical, findings;
} Trial;

static void json_end(cJSON **j) { cJSON_Delete(*j); }

static void trace(void *self, const Node *made, const char *source, size_t len)
{
    Trial *t = self;
    if (t->n_told < TRACES)
        t->told[t->n_told++] = (Told){ made, arena_text(t->a, source ? source : "", len), len };
}

static const Told *told_of(const Trial *t, const Node *n)
{
    for (size_t i = 0; i < t->n_told; i++)
        if (t->told[i].made == n)
            return &t->told[i];
    return NULL;
}

/* ---- findings ---- */

static void finding_add(Findings *self, const Finding *f)
{
    Trial *t = (Trial *)self;
    SCOPED(buffer_free) Buffer text = {0};
    t->refused |= f->severity == FINDING_ERROR;
    if (t->n_findings++ >= FINDINGS_MOST)
        return;
    texts_put(t->ask->texts, t->ask->lang, f->code, f->arg, ERROR_ARGS, &text);
    json_open(&t->findings, '{');
    json_key(&t->findings, "record");
    json_number(&t->findings, f->seq);
    json_key(&t->findings, "severity");
    json_text(&t->findings, f->severity == FINDING_ERROR ? "error" : "warning");
    json_key(&t->findings, "code");
    json_text(&t->findings, f->code);
    json_key(&t->findings, "place");
    json_text(&t->findings, f->place);
    json_key(&t->findings, "source");
    json_text(&t->findings, f->source);
    json_key(&t->findings, "arguments");
    json_open(&t->findings, '[');
    for (int i = 0; i < ERROR_ARGS && f->arg[i]; i++)
        json_text(&t->findings, f->arg[i]);
    json_close(&t->findings, ']');
    json_key(&t->findings, "text");
    json_text(&t->findings, buffer_string(&text));
    json_close(&t->findings, '}');
}

static void rule_broken(Trial *t, const Error *why, const char *place)
{
    Finding f = { .seq = t->record->seq, .severity = FINDING_ERROR, .code = why->code, .place = place, .source = origin_text(t->record, 0, t->a) };
    for (int i = 0; i < ERROR_ARGS; i++)
        f.arg[i] = why->arg[i][0] ? why->arg[i] : NULL;
    finding_add(&t->head, &f);
}

static void rules_try(Trial *t, const Value *values)
{
    Error why = {0};
    const Field *owner = t->feed->owner == OWNER_BIN ? t->feed->owner_field : NULL;
    if (owner && t->ask->party && values[owner->index].text && strcmp(values[owner->index].text, t->ask->party) != 0) {
        error_refuse(&why, "owner_mismatch", owner->name, t->ask->party, NULL);
        rule_broken(t, &why, owner->name);
    }
    for (size_t i = 0; i < t->feed->n_rules; i++) {
        why = (Error){0};
        if (rule_for(t->feed->rules[i].name)(&t->feed->rules[i], values, &why))
            rule_broken(t, &why, "");
    }
}

/* ---- what a record became ---- */

static void canonical_write(const Trial *t, const Value *values, Json *to)
{
    json_open(to, '{');
    for (size_t i = 0; i < t->feed->n_fields; i++) {
        const Field *f = &t->feed->fields[i];
        if (!values[i].text)
            continue;
        json_key(to, f->name);
        if (f->personal && !t->ask->show_personal)
            json_text(to, HIDDEN);
        else if (f->type == TYPE_TEXT || f->type == TYPE_DATE)
            json_string(to, values[i].text, values[i].len);
        else
            json_raw(to, values[i].text, values[i].len);
    }
    json_close(to, '}');
}

static void row_write(Trial *t, const Node *n, const Place *at, const cJSON *value, bool hidden)
{
    const Told *told = told_of(t, n);
    char *text = !value ? NULL : cJSON_IsString(value) ? strdup(value->valuestring) : cJSON_PrintUnformatted(value);
    json_open(&t->values, '{');
    json_key(&t->values, "record");
    json_number(&t->values, t->record->seq);
    json_key(&t->values, "place");
    json_text(&t->values, n->origin ? origin_text(t->record, n->origin, t->a) : NULL);
    json_key(&t->values, "source");
    json_text(&t->values, !told ? NULL : hidden ? HIDDEN : told->text);
    json_key(&t->values, "column");
    json_text(&t->values, place_text(at, t->a));
    json_key(&t->values, "value");
    json_text(&t->values, text && hidden ? HIDDEN : text);
    json_close(&t->values, '}');
    cJSON_free(text);
}

/* Goes through the mapped record and its canonical form side by side. */
static void rows_write(Trial *t, const Field *f, const Node *n, const Place *at, const cJSON *value, bool hidden)
{
    hidden |= f->personal && !t->ask->show_personal;
    if (n->kind == NODE_ARRAY) {
        Place item = { .up = at };
        for (const Node *c = n->first; c; c = c->next) {
            item.item++;
            rows_write(t, &f->fields[0], c, &item, cJSON_GetArrayItem(value, (int)item.item - 1), hidden);
        }
    } else if (n->kind == NODE_OBJECT) {
        for (const Node *c = n->first; c; c = c->next) {
            const Field *member = field_find(f->fields, f->n_fields, c->name, c->name_len);
            Place place = { .up = at, .name = member->name, .len = c->name_len };
            rows_write(t, member, c, &place, cJSON_GetObjectItemCaseSensitive(value, member->name), hidden);
        }
    } else {
        row_write(t, n, at, value, hidden);
    }
}

static void record_write(Trial *t, const Record *r, const Value *values)
{
    SCOPED(buffer_free) Buffer plain = {0};
    SampleAsk open = *t->ask;
    open.show_personal = true;
    Trial all = { .ask = &open, .feed = t->feed };
    Json to = { .to = &plain };
    canonical_write(&all, values, &to);
    SCOPED(json_end) cJSON *value = cJSON_Parse(buffer_string(&plain));
    Field top = { .name = "", .type = TYPE_OBJECT, .fields = t->feed->fields, .n_fields = t->feed->n_fields };
    rows_write(t, &top, r->node, NULL, value, false);
}

static Rc record_try(void *self, const Record *r, Error *err)
{
    Trial *t = self;
    Value *values = arena_alloc(t->a, t->feed->n_fields * sizeof *values);
    t->record = r;
    t->refused = false;
    Rc rc = check_record(t->feed, r, t->a, values, &t->head, err);
    if (rc && rc != RC_REJECT)
        return rc;
    if (!rc)
        rules_try(t, values);
    bool shown = t->n_records++ < t->ask->most;
    t->n_refused += t->refused;
    if (shown && r->node)
        record_write(t, r, values);
    if (shown && !t->refused)
        canonical_write(t, values, &t->canonical);
    t->n_told = 0;
    arena_reset(t->a);
    return RC_OK;
}

/* ---- the sample ---- */

static void file_close(FILE **f)
{
    if (*f)
        fclose(*f);
}

static Rc bytes_at(void *self, uint64_t offset, char *to, size_t n, Error *err)
{
    FILE *f = self;
    if (fseeko(f, (off_t)offset, SEEK_SET) || fread(to, 1, n, f) != n)
        return error_set(err, RC_FATAL, "the sample cannot be read: %s", strerror(errno));
    return RC_OK;
}

static Rc whole_read(FILE *f, Reader *r, Error *err)
{
    Bytes bytes = { .at = bytes_at, .self = f };
    if (fseeko(f, 0, SEEK_END))
        return error_set(err, RC_FATAL, "the sample cannot be read: %s", strerror(errno));
    bytes.size = (uint64_t)ftello(f);
    return reader_whole(r, &bytes, err);
}

/* As the door does: the guard sees each piece first. Tables have no guard of this kind. */
static Rc pieces_read(const SampleAsk *ask, FILE *f, Reader *r, Error *err)
{
    char piece[PIECE];
    bool table = ask->format == FORMAT_CSV;
    SCOPED(guard_free) Guard *g = table ? NULL : guard_new(ask->format, ask->fragment, NULL, NULL);
    for (size_t n; (n = fread(piece, 1, sizeof piece, f)) > 0;)
        if ((g && guard_feed(g, piece, n, err)) || reader_feed(r, piece, n, err))
            return err->rc;
    if (ferror(f))
        return error_set(err, RC_FATAL, "the sample cannot be read: %s", strerror(errno));
    return (g && guard_end(g, err)) || reader_end(r, err) ? err->rc : RC_OK;
}

static void run_end(MappingRun **run) { mapping_free_run(run); }

static Rc sample_read(Trial *t, FILE *f, Error *err)
{
    const SampleAsk *ask = t->ask;
    SCOPED(reader_free) Reader *r = NULL;
    SCOPED(run_end) MappingRun *run = mapping_begin(ask->mapping, record_try, t);
    mapping_trace(run, trace, t);
    if (reader_open(ask->format, ask->fragment ? "<w>" : NULL, mapping_layout(ask->mapping), mapping_record, run, &r, err))
        return err->rc;
    if (format_names[ask->format].whole ? whole_read(f, r, err) : pieces_read(ask, f, r, err))
        return err->rc;
    return mapping_end(run, err);
}

/* ---- the answer ---- */

static void document_write(const Trial *t, const Error *why, Json *to)
{
    SCOPED(buffer_free) Buffer text = {0};
    const char *args[ERROR_ARGS];
    for (int i = 0; i < ERROR_ARGS; i++)
        args[i] = why->arg[i][0] ? why->arg[i] : NULL;
    texts_put(t->ask->texts, t->ask->lang, why->code, args, ERROR_ARGS, &text);
    json_open(to, '{');
    json_key(to, "code");
    json_text(to, why->code);
    json_key(to, "text");
    json_text(to, buffer_string(&text));
    json_close(to, '}');
}

static void list_write(Json *to, const char *key, const Buffer *list)
{
    json_key(to, key);
    json_raw(to, list->at, list->len);
}

static void answer_write(const Trial *t, const Claim *c, const Error *refused, Buffer *out)
{
    Json to = { .to = out };
    const struct { const char *key, *value; } head[] = { { "mapping", mapping_name(t->ask->mapping) }, { "feed", c->feed }, { "period", c->period }, { "kind", c->kind } };
    json_open(&to, '{');
    for (size_t i = 0; i < sizeof head / sizeof *head; i++) {
        json_key(&to, head[i].key);
        json_text(&to, *head[i].value ? head[i].value : NULL);
    }
    json_key(&to, "records");
    json_number(&to, t->n_records);
    json_key(&to, "refused");
    json_number(&to, t->n_refused);
    list_write(&to, "values", t->values.to);
    list_write(&to, "canonical", t->canonical.to);
    list_write(&to, "findings", t->findings.to);
    json_key(&to, "document");
    if (refused)
        document_write(t, refused, &to);
    else
        json_text(&to, NULL);
    json_close(&to, '}');
}

static Rc sample_claim(const SampleAsk *ask, Claim *out, Error *err)
{
    const char *slash = strrchr(ask->file, '/');
    Rc rc = mapping_claim(ask->mapping, NULL, slash ? slash + 1 : ask->file, 0, clock_now(&system_clock), out, err);
    if (rc != RC_REJECT || strcmp(err->code, "period_missing") != 0)
        return rc;
    snprintf(out->feed, sizeof out->feed, "%s", mapping_feed(ask->mapping)->code);      /* the sender may say the period with the delivery */
    return RC_OK;
}

Rc sample_try(const SampleAsk *ask, Buffer *out, Error *err)
{
    SCOPED(buffer_free) Buffer values = {0}, canonical = {0}, findings = {0};
    SCOPED(arena_free) Arena *own = arena_new();
    SCOPED(arena_free) Arena *a = arena_new();
    SCOPED(file_close) FILE *f = fopen(ask->file, "rb");
    Error why = {0};
    Claim claim = {0};
    if (!f)
        return error_set(err, RC_FATAL, "%s: %s", ask->file, strerror(errno));
    Trial *t = arena_alloc(own, sizeof *t);
    *t = (Trial){ .head = { finding_add }, .ask = ask, .feed = mapping_feed(ask->mapping), .a = a,
                  .values = { .to = &values }, .canonical = { .to = &canonical }, .findings = { .to = &findings } };
    json_open(&t->values, '[');
    json_open(&t->canonical, '[');
    json_open(&t->findings, '[');
    Rc rc = sample_claim(ask, &claim, &why);
    if (!rc)
        rc = sample_read(t, f, &why);
    json_close(&t->values, ']');
    json_close(&t->canonical, ']');
    json_close(&t->findings, ']');
    if (rc && rc != RC_REJECT) {
        *err = why;
        return rc;
    }
    answer_write(t, &claim, rc ? &why : NULL, out);
    return RC_OK;
}
