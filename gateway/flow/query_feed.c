#include "gateway/flow/query_access.h"
#include "gateway/flow/template.h"
#include "schemas/generate.h"
#include <string.h>

static void words(Json *j, const char *key, const char **words_at, size_t n)
{
    json_key(j, key);
    json_open(j, '[');
    for (size_t i = 0; i < n; i++)
        json_text(j, words_at[i]);
    json_close(j, ']');
}

static void kinds(Json *j, unsigned set)
{
    json_key(j, "kinds");
    json_open(j, '[');
    for (Kind k = KIND_LIST; k <= KIND_NIL; k <<= 1)
        if (set & k)
            json_text(j, kind_name(k));
    json_close(j, ']');
}

static void summary(Json *j, const Feed *f)
{
    json_key(j, "feed"), json_text(j, f->code);
    json_key(j, "title"), json_text(j, f->title);
    json_key(j, "title_kk"), json_text(j, f->title_kk);
    json_key(j, "title_ru"), json_text(j, f->title_ru);
    json_key(j, "purpose"), json_text(j, f->purpose);
    json_key(j, "version"), json_text(j, f->version);
    json_key(j, "period"), json_text(j, period_form_name(f->period));
    json_key(j, "period_example"), json_text(j, period_form_sample(f->period));
    kinds(j, f->kinds);
    words(j, "suppliers", f->writers, f->n_writers);
    json_key(j, "personal"), json_bool(j, f->personal);
}

static void codes(Json *j, const Field *f)
{
    json_key(j, "codes");
    json_open(j, '[');
    for (size_t i = 0; i < f->n_codes; i++) {
        json_open(j, '{');
        json_key(j, "value"), json_text(j, f->codes[i].value);
        json_key(j, "label_kk"), json_text(j, f->codes[i].label_kk);
        json_key(j, "label_ru"), json_text(j, f->codes[i].label_ru);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static const char *const type_names[] = { "text", "date", "integer", "decimal", "boolean", "array", "object" };

static void field(Json *j, const Field *f)
{
    json_open(j, '{');
    json_key(j, "name"), json_text(j, f->name);
    json_key(j, "label_kk"), json_text(j, f->label_kk);
    json_key(j, "label_ru"), json_text(j, f->label_ru);
    json_key(j, "description"), json_text(j, f->description);
    json_key(j, "type"), json_text(j, type_names[f->type]);
    json_key(j, "required"), json_bool(j, f->required);
    json_key(j, "personal"), json_bool(j, f->personal);
    if (f->key_position)
        json_key(j, "key"), json_number(j, f->key_position);
    if (f->check)
        json_key(j, "check"), json_text(j, f->check);
    if (f->pattern)
        json_key(j, "pattern"), json_text(j, f->pattern);
    if (f->max_length)
        json_key(j, "max_length"), json_number(j, f->max_length);
    if (f->n_codes)
        codes(j, f);
    if (f->n_fields) {
        json_key(j, f->type == TYPE_ARRAY ? "item" : "fields");
        json_open(j, '[');
        for (size_t i = 0; i < f->n_fields; i++)
            field(j, &f->fields[i]);
        json_close(j, ']');
    }
    json_close(j, '}');
}

Rc query_feeds(Desk *d, const Asker *a, Buffer *json, Error *err)
{
    (void)a, (void)err;
    Json j = { .to = json };
    json_open(&j, '{');
    json_key(&j, "feeds");
    json_open(&j, '[');
    for (size_t i = 0; i < d->g->feeds->n; i++) {
        json_open(&j, '{');
        summary(&j, &d->g->feeds->at[i]);
        json_close(&j, '}');
    }
    json_close(&j, ']');
    json_close(&j, '}');
    return RC_OK;
}

Rc query_feed(Desk *d, const Asker *a, const char *code, Buffer *json, Error *err)
{
    (void)a;
    const Feed *f = feed_asked(d, code, err);
    if (!f)
        return err->rc;
    Json j = { .to = json };
    json_open(&j, '{');
    summary(&j, f);
    json_key(&j, "limitations"), json_text(&j, f->limitations);
    json_key(&j, "on_refused"), json_text(&j, f->on_refused == REFUSED_KEEP_GOOD ? "keep_good" : "all_or_nothing");
    json_key(&j, "fields");
    json_open(&j, '[');
    for (size_t i = 0; i < f->n_fields; i++)
        field(&j, &f->fields[i]);
    json_close(&j, ']');
    json_close(&j, '}');
    return RC_OK;
}

Rc query_template(Desk *d, const Asker *a, const char *code, const char *lang, Format format, Buffer *out, Error *err)
{
    const Feed *f = feed_asked(d, code, err);
    return f ? template_write(f, d->g->papers, lang ? lang : a->lang, format, out, err) : err->rc;
}

Rc query_asyncapi(Desk *d, const Asker *a, const char *code, Buffer *json, Error *err)
{
    (void)a;
    const Feed *one = code ? feed_asked(d, code, err) : NULL;
    if (code && !one)
        return err->rc;
    generate_asyncapi(one ? one : d->g->feeds->at, one ? 1 : d->g->feeds->n, NULL, json);
    return RC_OK;
}
