#include "gateway/flow/letters.h"
#include "gateway/base/log.h"
#include "gateway/flow/query.h"
#include "persistence/letters.h"
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LETTERS_AT_ONCE = 500, FIRST_PAUSE = 5, LONGEST_PAUSE = 3600 };

typedef Rc EventWrite(Letters *l, const Rows *rows, int i, Event *e, Buffer *data, Error *err);

/* A kind of letters. */
typedef struct {
    const char *route;
    bool      (*wanted)(const Kafka *k);
    Rc        (*due)(Db *db, Instant now, unsigned most, Rows *out, Error *err);
    EventWrite *write;
} LetterKind;

struct Letters {
    Desk              *desk;
    const atomic_bool *stopping;
    const SinkKind    *kind;
    void              *sink;                    /* opened at first need */
    Arena             *arena;                   /* of the events under way */
    Event              events[LETTERS_AT_ONCE];
};

/* ---- what they say ---- */

static Rc delivery_write(Letters *l, const Rows *rows, int i, Event *e, Buffer *data, Error *err)
{
    Sender who = { .party = (int)rows_int(rows, i, LETTER_OWN) };
    Asker asker = { &who, rows_text(rows, i, LETTER_OWN + 1), "kafka" };
    snprintf(who.bin, sizeof who.bin, "%s", rows_text(rows, i, LETTER_RECIPIENT));
    e->source = "urn:kz:nqs:deliveries";
    e->type = "kz.nqs.delivery.closed";
    e->topic = arena_printf(l->arena, "nqs.out.%s.deliveries", who.bin);
    return query_delivery(l->desk, &asker, e->subject, data, err);
}

/* Never the bytes, nor what was wrong in words: those may be of persons. */
static Rc dead_write(Letters *l, const Rows *rows, int i, Event *e, Buffer *data, Error *err)
{
    static const char *const names[] = { "topic", "partition", "offset", "code" };
    Json j = { .to = data };
    (void)err;
    e->source = "urn:kz:nqs:messages";
    e->type = "kz.nqs.message.refused";
    e->topic = kafka_settings(l->desk->g)->dead;
    json_open(&j, '{');
    json_put_text(&j, "code", rows_text(rows, i, LETTER_OWN + 3));
    json_put_text(&j, "id", e->subject);
    for (int k = 2; k > 0; k--)
        json_put_number(&j, names[k], rows_int(rows, i, LETTER_OWN + k));
    json_put_text(&j, "topic", rows_text(rows, i, LETTER_OWN));
    json_close(&j, '}');
    return RC_OK;
}

static bool protocols_wanted(const Kafka *k) { return k->protocols != PROTOCOLS_NONE; }
static bool dead_wanted(const Kafka *k) { return strcmp(k->dead, "none") != 0; }

static const LetterKind kinds[] = {
    { LETTERS_OF_DELIVERIES, protocols_wanted, letters_of_deliveries, delivery_write },
    { LETTERS_OF_DEAD, dead_wanted, letters_of_dead, dead_write },
};
static_assert(sizeof kinds / sizeof *kinds == LETTER_KINDS, "letters.h");

size_t letters_routes(const Gateway *g, const char *out[LETTER_KINDS])
{
    const Kafka *k = kafka_settings(g);
    size_t n = 0;
    for (size_t i = 0; k && i < LETTER_KINDS; i++)
        if (kinds[i].wanted(k))
            out[n++] = kinds[i].route;
    return n;
}

bool letters_any(const Gateway *g)
{
    const char *routes[LETTER_KINDS];
    return letters_routes(g, routes) > 0;
}

Rc letters_write(Settling *s, Instant now, Error *err)
{
    const Kafka *k = kafka_settings(s->g);
    if (!k || !protocols_wanted(k))
        return RC_OK;
    bool all = k->protocols == PROTOCOLS_ALL, any = all;
    for (size_t i = 0; i < s->n_members; i++)
        any = any || strcmp(s->member[i].e->source, "kafka") == 0;
    return any ? letters_closed(s->db, s->c, all, now, err) : RC_OK;
}

/* ---- sending ---- */

static const SinkKind *kind_of_broker(void)
{
    const SinkKind *kind;
    for (unsigned i = 0; (kind = sink_kind(i)); i++)
        if (kind->broker)
            return kind;
    return NULL;
}

Letters *letters_new(Desk *desk, const atomic_bool *stopping)
{
    Letters *l = calloc(1, sizeof *l);
    if (!l)
        abort();
    l->desk = desk;
    l->stopping = stopping;
    l->kind = kind_of_broker();
    l->arena = arena_new();
    return l;
}

void letters_free(Letters **letters)
{
    Letters *l = *letters;
    if (!l)
        return;
    if (l->sink)
        l->kind->close(l->sink);
    arena_free(&l->arena);
    free(l);
    *letters = NULL;
}

static Instant now_of(const Letters *l) { return clock_now(&l->desk->g->clock); }

static Rc event_of(Letters *l, const LetterKind *k, const Rows *rows, int i, Error *err)
{
    SCOPED(buffer_free) Buffer data = {0};
    char at[INSTANT_TEXT];
    Event *e = &l->events[i];
    *e = (Event){ .subject = rows_text(rows, i, LETTER_REFERENCE), .time = arena_printf(l->arena, "%s", instant_text(rows_instant(rows, i, LETTER_SINCE), at)) };
    e->id = arena_printf(l->arena, "%s-%s", e->subject, rows_text(rows, i, LETTER_ID));
    e->sequence = arena_printf(l->arena, "%020" PRId64, rows_int(rows, i, LETTER_ID));
    if (k->write(l, rows, i, e, &data, err))
        return err->rc;
    e->data = arena_text(l->arena, data.at, data.len);
    e->data_len = data.len;
    return RC_OK;
}

static Instant again_at(const Letters *l, int64_t attempts)
{
    int64_t seconds = FIRST_PAUSE;
    while (attempts-- > 0 && seconds < LONGEST_PAUSE)
        seconds *= 2;
    return now_of(l) + (seconds < LONGEST_PAUSE ? seconds : LONGEST_PAUSE) * 1000000;
}

static Rc failed(Letters *l, LettersOf *of, size_t tried, const Error *why, Error *err)
{
    Db *db = l->desk->db;
    if (why->rc == RC_REJECT)
        of->n = (int)tried;
    log_event(LOG_WARNING, "letters", "route", of->route, "state", why->rc == RC_REJECT ? "given_up" : "again", "error", why->text, NULL);
    return why->rc == RC_REJECT ? letters_dead(db, of, why->text, err) : letters_later(db, of, again_at(l, rows_int(of->rows, of->first, LETTER_ATTEMPTS)), why->text, err);
}

/* Those of one recipient. Whose topic is not there holds up nobody else. */
static Rc recipient_send(Letters *l, LettersOf *of, Error *err)
{
    int end = of->first + of->n;
    while (of->first < end) {
        Error why = {0};
        size_t taken = 0;
        of->n = end - of->first;
        Rc rc = l->kind->put(l->sink, &l->events[of->first], (size_t)of->n, &taken, &why);
        if (rc && l->stopping && atomic_load(l->stopping))
            return RC_END;
        if (rc && failed(l, of, taken, &why, err))
            return err->rc;
        of->n = rc ? of->n : (int)taken;
        if (!rc && letters_sent(l->desk->db, of, now_of(l), err))
            return err->rc;
        of->first += of->n;
    }
    return RC_OK;
}

static Rc all_send(Letters *l, const LetterKind *k, const Rows *rows, Error *err)
{
    if (!l->sink)
        l->sink = l->kind->open(&(SinkUse){ .g = l->desk->g, .publication = k->route, .stopping = l->stopping });
    for (int i = 0; i < rows_n(rows); i++)
        if (event_of(l, k, rows, i, err))
            return err->rc;
    for (int i = 0, n; i < rows_n(rows); i += n) {
        for (n = 1; i + n < rows_n(rows) && strcmp(rows_text(rows, i, LETTER_RECIPIENT), rows_text(rows, i + n, LETTER_RECIPIENT)) == 0; n++)
            ;
        Rc rc = recipient_send(l, &(LettersOf){ k->route, rows, i, n }, err);
        if (rc)
            return rc;
    }
    return RC_OK;
}

static Rc kind_step(Letters *l, const LetterKind *k, Error *err)
{
    SCOPED(rows_end) Rows rows = {0};
    bool held;
    Error late;
    if (k->due(l->desk->db, now_of(l), 1, &rows, err))
        return err->rc;
    if (rows_n(&rows) == 0)
        return RC_END;
    if (desk_hold(l->desk, k->route, &held, err))
        return err->rc;
    if (!held)
        return RC_END;
    rows_end(&rows);
    rows = (Rows){0};
    arena_reset(l->arena);
    Rc rc = k->due(l->desk->db, now_of(l), LETTERS_AT_ONCE, &rows, err);
    rc = rc ? rc : rows_n(&rows) ? all_send(l, k, &rows, err) : RC_END;
    Rc released = desk_release(l->desk, k->route, rc ? &late : err);
    return rc ? rc : released;
}

Rc letters_step(Letters *l, Error *err)
{
    const Kafka *about = kafka_settings(l->desk->g);
    if (!about || !l->kind)
        return RC_END;
    if (protocols_wanted(about) && letters_aside(l->desk->db, about->protocols == PROTOCOLS_ALL, now_of(l), err))
        return err->rc;
    for (size_t i = 0; i < LETTER_KINDS; i++) {
        if (!kinds[i].wanted(about))
            continue;
        Rc rc = kind_step(l, &kinds[i], err);
        if (rc != RC_END)
            return rc;
    }
    return RC_END;
}
