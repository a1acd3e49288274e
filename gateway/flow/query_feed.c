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
    json_put_text(j, "feed", f->code);
    json_put_text(j, "title", f->title);
    json_put_text(j, "title_kk", f->title_kk);
    json_put_text(j, "title_ru", f->title_ru);
    json_put_text(j, "purpose", f->purpose);
    json_put_text(j, "version", f->version);
    json_put_text(j, "period", period_form_name(f->period));
    json_put_text(j, "period_example", period_form_sample(f->period));
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
        json_put_text(j, "value", f->codes[i].value);
        json_put_text(j, "label_kk", f->codes[i].label_kk);
        json_put_text(j, "label_ru", f->codes[i].label_ru);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static const char *const type_names[] = { "text", "date", "integer", "decimal", "boolean", "array", "object" };

static void field(Json *j, const Field *f)
{
    json_open(j, '{');
    json_put_text(j, "name", f->name);
    json_put_text(j, "label_kk", f->label_kk);
    json_put_text(j, "label_ru", f->label_ru);
    json_put_text(j, "description", f->description);
    json_put_text(j, "type", type_names[f->type]);
    json_key(j, "required"), json_bool(j, f->required);
    json_key(j, "personal"), json_bool(j, f->personal);
    if (f->key_position)
        json_put_number(j, "key", f->key_position);
    if (f->check)
        json_put_text(j, "check", f->check);
    if (f->pattern)
        json_put_text(j, "pattern", f->pattern);
    if (f->max_length)
        json_put_number(j, "max_length", f->max_length);
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
    json_put_text(&j, "limitations", f->limitations);
    json_put_text(&j, "on_refused", f->on_refused == REFUSED_KEEP_GOOD ? "keep_good" : "all_or_nothing");
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
