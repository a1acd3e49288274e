#include "gateway/flow/keeper.h"
#include "gateway/base/log.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct Digest { Hasher *sha; };

Digest *digest_new(void)
{
    Digest *d = malloc(sizeof *d);
    if (!d)
        abort();
    d->sha = hasher_new(NULL);
    return d;
}

void digest_add(Digest *d, const void *bytes, size_t n) { hasher_add(d->sha, bytes, n); }
void digest_end(Digest *d, unsigned char out[DIGEST_SIZE]) { hasher_peek(d->sha, out); }

void digest_begin(Digest *d) { hasher_begin(d->sha); }
void digest_last(Digest *d, unsigned char out[DIGEST_SIZE]) { hasher_end(d->sha, out); }

void digest_free(Digest **d)
{
    if (!*d)
        return;
    hasher_free(&(*d)->sha);
    free(*d);
    *d = NULL;
}

static void month_of(Instant at, char out[11])
{
    time_t seconds = (time_t)(at / 1000000);
    struct tm utc;
    strftime(out, 11, "%Y-%m-01", gmtime_r(&seconds, &utc));
}

static Rc take_place(const Gateway *g, Error *err)
{
    atomic_uint *uploads = (atomic_uint *)&g->uploads;
    if (atomic_fetch_add(uploads, 1) < g->settings.max_uploads)
        return RC_OK;
    atomic_fetch_sub(uploads, 1);
    error_refuse(err, "too_many", "5", NULL, NULL);
    return err->rc = RC_RETRY;
}

/* A delivery that is kept is on its way in no more, however long its answer is waited for. */
static void give_place(Door *d)
{
    if (!d->placed)
        return;
    d->placed = false;
    presence_out(d->g->presence, &d->place);
    atomic_fetch_sub((atomic_uint *)&d->g->uploads, 1);
}

static Rc too_large(const Gateway *g, Error *err)
{
    char limit[32];
    snprintf(limit, sizeof limit, "%u MB", g->config->max_message_mb);
    return error_refuse(err, "too_large", limit, NULL, NULL);
}

static const char *text_kept(Door *d, const char *s) { return s ? arena_text(d->arena, s, strlen(s)) : NULL; }

static Door *door_make(const Gateway *g, const Sender *who, const Opening *o)
{
    Door *d = calloc(1, sizeof *d);
    if (!d)
        abort();
    d->g = g;
    d->placed = true;
    presence_in(g->presence, &d->place, clock_now(&g->clock));
    d->who = *who;
    d->said = o->claim;
    d->arena = arena_new();
    d->sender_date = o->sender_date;
    d->ask = (MappingAsk){ &d->who, o->format == FORMAT_KAFKA ? o->inner : o->format, text_kept(d, o->mapping), text_kept(d, o->service), text_kept(d, o->file_name), NULL };
    d->a = (Arrival){ .party = who->party, .format = o->format, .form = o->form };
    d->a.file_name = d->ask.file;
    if (o->xml_prologue)
        d->a.xml_prologue = text_kept(d, o->xml_prologue);
    random_uuid(d->a.id);
    random_bytes(d->a.key, sizeof d->a.key);
    month_of(clock_now(&g->clock), d->a.month);
    d->kept = hasher_new(NULL);
    if (o->form != PAYLOAD_WHOLE)
        d->payload = hasher_new(NULL);
    if (o->form != PAYLOAD_ELEMENT && o->format != FORMAT_KAFKA)
        d->guard = guard_new(o->format, false, NULL, NULL);
    return d;
}

/* What only the mapping knows of a table's bytes. */
static Rc table_tell(Door *d, Error *err)
{
    const Layout *l = d->mapping && d->a.format == FORMAT_CSV ? mapping_layout(d->mapping) : NULL;
    return l ? guard_table(d->guard, l->charset, l->separator, l->heading_row, err) : RC_OK;
}

Rc door_open(Desk *desk, const Sender *who, const Opening *o, Door **out, Error *err)
{
    const Gateway *g = desk->g;
    Sender known = *who;
    if (o->declared_length > g->settings.max_message)
        return too_large(g, err);
    if (claim_judge(desk, &known, &o->claim, err) || take_place(g, err))
        return err->rc;
    Door *d = door_make(g, &known, o);
    d->desk = desk;
    if (mapping_seek(d, NULL, err) || table_tell(d, err)) {
        door_drop(desk, &d);
        return err->rc;
    }
    *out = d;
    return RC_OK;
}

bool door_service_known(const Gateway *g, const char *service) { return mapping_service_known(g->mappings, service); }

static Rc key_needed(Desk *desk, Door *d, Error *err)
{
    if (d->keyed)
        return RC_OK;
    if (inbox_key(desk->db, d->g->vault, &d->a, err))
        return err->rc;
    d->keyed = true;
    return RC_OK;
}

static Rc part_full(Desk *desk, Door *d, Error *err)
{
    SCOPED(buffer_free) Buffer part = {0};
    if (!d->feed)
        return error_refuse(err, "claim_too_late", NULL, NULL, NULL);
    if (key_needed(desk, d, err))
        return err->rc;
    part_pack(d->a.key, d->a.id, d->a.parts, d->raw.at, d->raw.len, &part);
    buffer_clear(&d->raw);
    return inbox_part(desk->db, &d->a, &part, clock_now(&d->g->clock), err);
}

/* A part is written when the next byte comes, so that the last one is left for the deciding commit. */
static Rc keep_bytes(Desk *desk, Door *d, const char *bytes, size_t n, Error *err)
{
    hasher_add(d->kept, bytes, n);
    d->a.kept_bytes += n;
    if (d->a.kept_bytes > d->g->settings.max_message)
        return too_large(d->g, err);
    while (n) {
        if (d->raw.len == PART_SIZE && part_full(desk, d, err))
            return err->rc;
        size_t room = PART_SIZE - d->raw.len, take = n < room ? n : room;
        buffer_add(&d->raw, bytes, take);
        bytes += take;
        n -= take;
    }
    return RC_OK;
}

Rc door_write(Desk *desk, Door *d, const void *bytes, size_t n, Error *err) { return keep_bytes(desk, d, bytes, n, err); }

/* The payload's own bytes, unwrapped: digest, guard, claim. */
static Rc payload_bytes(void *self, const char *bytes, size_t n, Error *err)
{
    Door *d = self;
    if (d->payload)
        hasher_add(d->payload, bytes, n);
    if (d->guard && guard_feed(d->guard, bytes, n, err))
        return err->rc;
    if (d->feed)
        return RC_OK;
    size_t room = CLAIM_CEILING - d->head.len;
    buffer_add(&d->head, bytes, n < room ? n : room);
    return claim_seek(d, false, err);
}

Rc door_payload(Desk *desk, Door *d, const void *bytes, size_t n, Error *err)
{
    d->desk = desk;
    if (d->a.payload_length == 0)
        d->a.payload_offset = d->a.kept_bytes;
    d->a.payload_length += n;
    Rc rc = d->a.form == PAYLOAD_TEXT ? unwrap_feed(&d->unwrap, bytes, n, payload_bytes, d, err) : payload_bytes(d, bytes, n, err);
    return rc ? rc : keep_bytes(desk, d, bytes, n, err);
}

static Rc payload_whole(Door *d, Error *err)
{
    bool nothing = d->a.payload_length == 0 && kind_read(d->said.kind) == KIND_NIL;
    if (d->a.form == PAYLOAD_TEXT && unwrap_end(&d->unwrap, err))
        return err->rc;
    if (d->guard && !nothing && guard_end(d->guard, err))
        return err->rc;
    if (!d->feed && claim_seek(d, true, err))
        return err->rc;
    hasher_peek(d->payload ? d->payload : d->kept, d->a.digest_payload);
    return RC_OK;
}

Rc door_whole(Desk *desk, Door *d, Buffer *part, Error *err)
{
    d->desk = desk;
    if (payload_whole(d, err) || key_needed(desk, d, err))
        return err->rc;
    part_pack(d->a.key, d->a.id, d->a.parts, d->raw.at ? d->raw.at : "", d->raw.len, part);
    buffer_free(&d->raw);
    return RC_OK;
}

void door_kept(Door *d)
{
    d->a.parts = 0;
    give_place(d);
}

Rc door_keep(Desk *desk, Door *d, const Meta *m, Receipt *out, Error *err)
{
    SCOPED(buffer_free) Buffer part = {0};
    if (door_whole(desk, d, &part, err))
        return err->rc;
    for (int tries = 0; tries < 3; tries++) {
        Keeping k = { .d = d, .k = { .a = &d->a, .m = m, .part = &part, .arena = d->arena }, .out = out };
        if (m->mark)
            keeper_keep_marked(desk, (Keeping *[]){ &k }, 1);
        else
            keeper_keep(d->g->keeper, &k);
        if (k.rc == RC_OK && !out->repeat)
            d->a.parts = 0;                /* they are the envelope's now */
        if (k.rc == RC_OK)
            give_place(d);
        *err = k.err;
        if (k.rc != RC_END)
            return k.rc;
    }
    return error_set(err, RC_RETRY, "deliveries with the same message id keep coming");
}

const char *door_id(const Door *d) { return d->a.id; }

void door_drop(Desk *desk, Door **door)
{
    Door *d = *door;
    Error late = {0};
    if (!d)
        return;
    if (d->a.parts && inbox_drop(desk->db, &d->a, &late))
        log_event(LOG_WARNING, "upload_left", "delivery", d->a.id, "error", late.text, NULL);
    give_place(d);
    guard_free(&d->guard);
    hasher_free(&d->kept);
    hasher_free(&d->payload);
    buffer_free(&d->raw);
    buffer_free(&d->head);
    arena_free(&d->arena);
    free(d);
    *door = NULL;
}

Rc deliveries_done(Desk *d, const char *const *ids, size_t n, bool *done, Error *err) { return inbox_done(d->db, ids, n, done, err); }
