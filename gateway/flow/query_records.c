#include "gateway/flow/gathered.h"
#include "gateway/flow/query_access.h"
#include "gateway/flow/record_text.h"
#include <string.h>

enum { KEYS_MOST = 16 };

static Rc value(Desk *d, const Feed *f, const Field *field, const Rows *r, int i, const char *key, Arena *a, Json *j, Error *err)
{
    const char *text;
    if (row_text(d, f, field, r, i, key, a, &text, err))
        return err->rc;
    if (!text)
        return RC_OK;
    json_key(j, field->name);
    if (text_is_json(field))
        json_raw(j, text, strlen(text));
    else
        json_text(j, text);
    return RC_OK;
}

static Rc record(Desk *d, const Feed *f, const Rows *r, int i, Json *j, Error *err)
{
    SCOPED(arena_free) Arena *a = arena_new();
    const char *key = f->personal ? row_key(f, r, i, a) : NULL;
    int n = (int)f->n_fields;
    json_open(j, '{');
    json_key(j, "record");
    json_open(j, '{');
    for (size_t k = 0; k < f->n_fields; k++)
        if (!rows_null(r, i, (int)k) && value(d, f, &f->fields[k], r, i, key, a, j, err))
            return err->rc;
    json_close(j, '}');
    json_put_text(j, "period", rows_text(r, i, n));
    json_put_number(j, "number", rows_int(r, i, n + 1));
    json_put_number(j, "settlement", rows_int(r, i, n + 2));
    json_put_number(j, "seq", rows_int(r, i, n + 3));
    json_close(j, '}');
    return RC_OK;
}

/* The cursor holds the key of the last row seen. */
static Rc after_cursor(Desk *d, const Feed *f, const char *cursor, Arena *a, const char **after, Error *err)
{
    SCOPED(buffer_free) Buffer text = {0};
    if (f->n_key > KEYS_MOST)
        return error_set(err, RC_FATAL, "feed %s has %zu key fields", f->code, f->n_key);
    if (cursor_read(d->g, f->code, cursor, &text, err))
        return err->rc;
    char *at = arena_text(a, text.at, text.len);
    for (size_t k = 0; k < f->n_key; k++) {
        if (!at)
            return error_refuse(err, "bad_cursor", NULL, NULL, NULL);
        after[k] = strsep(&at, "\x1f");
    }
    return RC_OK;
}

static Rc as_of_valid(const Feed *f, AsOf as_of, Error *err)
{
    Instant at;
    bool zoned;
    if (as_of.as_known_at && !instant_read(as_of.as_known_at, &at, &zoned))
        return error_refuse(err, "bad_parameter", "as_known_at", NULL, NULL);
    if (as_of.as_of_period && !period_valid(f->period, as_of.as_of_period))
        return error_refuse(err, "bad_period", as_of.as_of_period, period_form_sample(f->period), NULL);
    return RC_OK;
}

static void next(Desk *d, const Feed *f, const Gathered *g, Json *j)
{
    SCOPED(arena_free) Arena *a = arena_new();
    SCOPED(buffer_free) Buffer cursor = {0};
    json_key(j, "next");
    if (g->more && g->n) {
        const char *key = row_key(f, &g->row[g->n - 1], 0, a);
        cursor_write(d->g, f->code, key, strlen(key), &cursor);
    }
    json_string(j, cursor.at, cursor.len);
}

static Rc page_write(Desk *d, const Feed *f, const Gathered *g, Buffer *json, Error *err)
{
    Json j = { .to = json };
    json_open(&j, '{');
    json_put_text(&j, "feed", f->code);
    json_key(&j, "records");
    json_open(&j, '[');
    for (size_t i = 0; i < g->n; i++)
        if (record(d, f, &g->row[i], 0, &j, err))
            return err->rc;
    json_close(&j, ']');
    next(d, f, g, &j);
    json_close(&j, '}');
    return RC_OK;
}

Rc query_records(Desk *d, const Asker *a, const char *feed, AsOf as_of, Page page, Buffer *json, Error *err)
{
    SCOPED(arena_free) Arena *arena = arena_new();
    SCOPED(gathered_end) Gathered g = {0};
    unsigned most = page_limit(&page);
    const char *after[KEYS_MOST];
    char known_at[INSTANT_TEXT];
    Instant at = 0;
    bool zoned;
    RecordsAsked asked = { .as_of_period = as_of.as_of_period, .after = page.cursor ? after : NULL, .limit = most + 1 };
    const Feed *f = feed_asked(d, feed, err);
    if (!f || may_read_records(d, a, f, &asked.owner, err) || as_of_valid(f, as_of, err)
        || (page.cursor && after_cursor(d, f, page.cursor, arena, after, err)))
        return err->rc;
    if (as_of.as_known_at && instant_read(as_of.as_known_at, &at, &zoned))
        asked.as_known_at = instant_text(at, known_at);
    if ((f->personal && journal(d, a, "records", feed, err)) || report_records(d->db, gateway_table(d->g, f), &asked, err) || gathered_read(d->db, most, &g, err))
        return err->rc;
    return page_write(d, f, &g, json, err);
}
