#include "gateway/flow/events.h"
#include "gateway/base/text.h"
#include "gateway/flow/gathered.h"
#include "gateway/flow/record_text.h"
#include "persistence/reports.h"
#include "persistence/versions.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SLICE_ROWS = 5000, KEYS_MOST = 16, SHORT_HASH = 16, OWN_COLUMNS = 5, FRAMES = 2 };

/* Columns behind the fields. */
enum { PERIOD, NUMBER, SETTLEMENT, SEQ, WITHDRAWN, WAS_THERE, FORMER };

void events_begin(EventReader *r, Desk *d, const Publication *p, const OutboxRow *row)
{
    *r = (EventReader){ .d = d, .p = p, .row = row, .last = row->after, .records = row->snapshot ? row->events : 0 };
    memcpy(r->digest, row->digest, sizeof r->digest);
    for (size_t i = 0; i < SLICES_ALIVE; i++)
        r->arena[i] = arena_new();
    instant_text(row->at, r->time);
    snprintf(r->snapshot, sizeof r->snapshot, "%" PRId64, row->id);
    for (int gone = 0; gone < 2; gone++)
        snprintf(r->type[gone], sizeof r->type[gone], "kz.nqs.%.64s.%s", p->feed->code, gone ? "withdrawn" : "changed");
}

void events_end(EventReader *r)
{
    for (size_t i = 0; i < SLICES_ALIVE; i++)
        arena_free(&r->arena[i]);
    buffer_free(&r->text);
}

static Arena *arena_of(const EventReader *r) { return r->arena[r->turn]; }

/* ---- rows ---- */

static Rc snapshot_ask(EventReader *r, Error *err)
{
    const Table *t = gateway_table(r->d->g, r->p->feed);
    const char *after[KEYS_MOST];
    char at[INSTANT_TEXT];
    RecordsAsked asked = { .as_known_at = instant_text(r->row->at, at), .limit = SLICE_ROWS + 1 };
    if (t->feed->n_key > KEYS_MOST)
        return error_set(err, RC_FATAL, "feed %s has %zu key fields", t->feed->code, t->feed->n_key);
    if (r->last.key) {
        char *key = arena_printf(arena_of(r), "%s", r->last.key);
        for (size_t k = 0; k < t->feed->n_key; k++)
            after[k] = key ? strsep(&key, "\x1f") : "";
        asked.after = after;
    }
    return report_records(r->d->db, t, &asked, err);
}

static Rc ask(EventReader *r, Error *err)
{
    if (r->row->snapshot)
        return snapshot_ask(r, err);
    VersionsAsked asked = { .settlement = r->row->settlement, .after = r->last, .until = r->row->until, .former = r->p->entry->filter_count > 0, .limit = SLICE_ROWS + 1 };
    return versions_read(r->d->db, gateway_table(r->d->g, r->p->feed), &asked, err);
}

/* ---- events ---- */

static Event *add(EventReader *r, const char *type)
{
    EventSlice *s = &r->slice;
    Event *e = &s->events[s->n];
    EventMark *m = &s->marks[s->n++];
    *e = (Event){ .source = r->p->source, .type = type, .time = r->time, .snapshot = r->row->snapshot ? r->snapshot : NULL };
    *m = (EventMark){ .at = r->last, .records = r->records };
    memcpy(m->digest, r->digest, sizeof m->digest);
    return e;
}

static void data_set(EventReader *r, Event *e, const Buffer *json)
{
    e->data = arena_text(arena_of(r), json->at, json->len);
    e->data_len = json->len;
}

static void occasion(const OutboxRow *row, Json *j)
{
    char due[INSTANT_TEXT];
    if (!row->due)
        return;
    json_put_text(j, "due", instant_text(row->due, due));
    json_key(j, "late"), json_bool(j, row->late);
    json_put_text(j, "period", row->period);
}

static void frame(EventReader *r, const char *type, bool completed)
{
    SCOPED(buffer_free) Buffer data = {0};
    char hex[2 * HASH_SIZE + 1];
    Json j = { .to = &data };
    Event *e = add(r, arena_printf(arena_of(r), "kz.nqs.%s.%s", r->p->feed->code, type));
    json_open(&j, '{');
    if (completed)
        json_put_text(&j, "digest", hex_text(r->digest, HASH_SIZE, hex));
    occasion(r->row, &j);
    if (completed)
        json_put_number(&j, "records", r->records);
    json_put_number(&j, "settlement", r->row->ordinal);
    json_close(&j, '}');
    data_set(r, e, &data);
    e->id = arena_printf(arena_of(r), "%s-%s", e->snapshot, type);
}

/* Keys are public but of persons' records: those go out as HMACs, the same for the same key. */
static const char *subject_of(const EventReader *r, const char *key)
{
    SCOPED(buffer_free) Buffer b = {0};
    unsigned char hash[HASH_SIZE];
    char hex[2 * HASH_SIZE + 1];
    if (r->p->feed->personal) {
        const char *space = arena_printf(arena_of(r), "publication %s", r->p->feed->code);
        vault_lookup(r->d->g->vault, space, key, strlen(key), hash);
        return arena_printf(arena_of(r), "%.32s", hex_text(hash, sizeof hash, hex));
    }
    for (const char *c = key; *c; c++)
        if (*c == '/' || *c == '%')
            buffer_print(&b, "%%%02X", (unsigned char)*c);
        else
            buffer_char(&b, *c == '\x1f' ? '/' : *c);
    return arena_text(arena_of(r), b.at, b.len);
}

/* Records that a correction withdrew by leaving them out have no place of their own in the delivery: their key tells them apart. */
static const char *id_of(const EventReader *r, const Event *e, int64_t settlement, int64_t seq)
{
    unsigned char hash[HASH_SIZE];
    char hex[2 * HASH_SIZE + 1] = "";
    if (seq == 0) {
        sha256(e->subject, strlen(e->subject), hash);
        hex_text(hash, sizeof hash, hex);
    }
    return arena_printf(arena_of(r), "%s%s%" PRId64 "-%" PRId64 "%s%.*s", e->snapshot ? e->snapshot : "", e->snapshot ? "-" : "", settlement, seq, *hex ? "-" : "", SHORT_HASH, hex);
}

static Rc record_data(EventReader *r, const Rows *row, const char *key, Buffer *out, Error *err)
{
    Json j = { .to = out };
    json_open(&j, '{');
    for (size_t i = 0; i < r->p->n_fields; i++) {
        const Field *f = r->p->fields[i];
        const char *text;
        if (rows_null(row, 0, (int)f->index))
            continue;
        if (row_text(r->d, r->p->feed, f, row, 0, key, arena_of(r), &text, err))
            return err->rc;
        if (!text)
            continue;
        json_key(&j, f->name);
        if (text_is_json(f))
            json_ordered(&j, text, strlen(text));
        else
            json_text(&j, text);
    }
    json_close(&j, '}');
    return RC_OK;
}

/* A ground is free text: of persons' records it stays here. */
static void withdrawal_data(const EventReader *r, const char *ground, Buffer *out)
{
    Json j = { .to = out };
    json_open(&j, '{');
    if (!r->p->feed->personal)
        json_put_text(&j, "ground", ground);
    json_close(&j, '}');
}

static bool selected(const Publication *p, const Rows *row, int first)
{
    for (unsigned i = 0; i < p->entry->filter_count; i++) {
        const PublishFilter *f = &p->entry->filter[i];
        int column = first + (int)p->filter[i]->index;
        bool any = false;
        for (unsigned v = 0; v < f->values_count && !any; v++)
            any = !rows_null(row, 0, column) && strcmp(rows_text(row, 0, column), f->values[v]) == 0;
        if (!any)
            return false;
    }
    return true;
}

/* The record's digest goes over the one before it, so that an interrupted snapshot goes on where it was. */
static void digest_record(EventReader *r, const Buffer *data)
{
    unsigned char both[2 * HASH_SIZE];
    memcpy(both, r->digest, HASH_SIZE);
    sha256(data->at, data->len, both + HASH_SIZE);
    sha256(both, sizeof both, r->digest);
    r->records++;
}

static void event_write(EventReader *r, const Rows *row, bool gone, const char *key, const Buffer *data)
{
    enum { LAST_SEQ = INT32_MAX };
    int n = (int)r->p->feed->n_fields;
    int64_t seq = rows_int(row, 0, n + SEQ);
    Arena *a = arena_of(r);
    if (r->row->snapshot)
        digest_record(r, data);
    Event *e = add(r, r->type[gone]);
    e->subject = subject_of(r, key);
    e->id = id_of(r, e, rows_int(row, 0, n + SETTLEMENT), seq);
    e->sequence = arena_printf(a, "%012" PRId64 ".%010" PRId64, r->row->ordinal, r->row->snapshot ? (int64_t)LAST_SEQ : seq);
    e->period = arena_text(a, rows_text(row, 0, n + PERIOD), strlen(rows_text(row, 0, n + PERIOD)));
    e->gone = gone;
    data_set(r, e, data);
}

/* A record that the filter let through and lets through no more is withdrawn, as far as the receiver is concerned. */
static Rc row_event(EventReader *r, const Rows *row, Error *err)
{
    Buffer *data = &r->text;
    int n = (int)r->p->feed->n_fields;
    bool filtered = r->p->entry->filter_count > 0, now = selected(r->p, row, 0);
    bool withdrawn = !r->row->snapshot && !rows_null(row, 0, n + WITHDRAWN);
    const char *key = row_key(r->p->feed, row, 0, arena_of(r));
    r->last = (Position){ rows_int(row, 0, n + SEQ), key };
    if (!now && (!filtered || r->row->snapshot || withdrawn || *rows_text(row, 0, n + WAS_THERE) != 't' || !selected(r->p, row, n + FORMER)))
        return RC_OK;
    buffer_clear(data);
    if (now && !withdrawn) {
        if (record_data(r, row, key, data, err))
            return err->rc;
    } else {
        withdrawal_data(r, withdrawn ? rows_text(row, 0, n + WITHDRAWN) : "no longer among those published", data);
    }
    event_write(r, row, !now || withdrawn, key, data);
    return RC_OK;
}

Rc events_next(EventReader *r, EventSlice *out, Error *err)
{
    SCOPED(gathered_end) Gathered g = {0};
    if (r->done)
        return RC_END;
    r->turn = (r->turn + 1) % SLICES_ALIVE;
    arena_reset(arena_of(r));
    if (ask(r, err) || gathered_read(r->d->db, SLICE_ROWS, &g, err))
        return err->rc;
    EventSlice *s = &r->slice;
    *s = (EventSlice){ .events = arena_alloc(arena_of(r), (g.n + FRAMES) * sizeof *s->events), .marks = arena_alloc(arena_of(r), (g.n + FRAMES) * sizeof *s->marks) };
    if (r->row->snapshot && !r->begun && !r->last.key)
        frame(r, "snapshot-started", false);
    r->begun = true;
    for (size_t i = 0; i < g.n; i++)
        if (row_event(r, &g.row[i], err))
            return err->rc;
    r->done = !g.more;
    if (r->row->snapshot && r->done)
        frame(r, "snapshot-completed", true);
    s->last = r->last;
    *out = *s;
    return RC_OK;
}
