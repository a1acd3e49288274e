#include "gateway/flow/query_access.h"
#include "gateway/law/almaty.h"
#include "persistence/events.h"
#include "persistence/people.h"
#include "persistence/sign.h"
#include "persistence/support.h"
#include "schemas/obligations.h"
#include "transforms/convert.h"
#include <stdio.h>
#include <string.h>

enum { NAME_MOST = 400, TEXT_MOST = 20000, REASON_MOST = 1000 };

/* Of a class the event's type is "support-request-CLASS"; they rise. */
static const char *const classes[] = { "request", "correction", "functioning", NULL };

static int class_rank(const char *name)
{
    for (int i = 0; name && classes[i]; i++)
        if (strcmp(classes[i], name) == 0)
            return i;
    return -1;
}

static Rc wrong(const char *name, Error *err) { return error_refuse(err, "bad_parameter", name, NULL, NULL); }

static Rc administrator(const Asker *a, Error *err)
{
    if (asker_known(a, err))
        return err->rc;
    return sender_has_role(a->who, "administrator") ? RC_OK : error_refuse(err, "forbidden", EVENT_SUPPORT, NULL, NULL);
}

/* ---- handed in ---- */

typedef struct { const char *name, *text; size_t most; } Part;

/* All of the annex but the file is asked for. */
static Rc parts_check(const SupportSaid *s, Error *err)
{
    const Part parts[] = { { "full_name", s->full_name, NAME_MOST }, { "iin", s->iin, 12 }, { "login", s->login, NAME_MOST }, { "phone", s->phone, NAME_MOST }, { "email", s->email, NAME_MOST },
                           { "subject", s->subject, NAME_MOST }, { "text", s->text, TEXT_MOST } };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!parts[i].text || !*parts[i].text || strlen(parts[i].text) > parts[i].most)
            return wrong(parts[i].name, err);
    if (strlen(s->iin) != 12 || !iin_or_bin_valid(s->iin))
        return wrong("iin", err);
    if (!strchr(s->email, '@'))
        return wrong("email", err);
    if (!s->file != !s->file_name || (s->file_name && strlen(s->file_name) > NAME_MOST))
        return wrong("file_name", err);
    return s->message_id && strlen(s->message_id) >= MESSAGE_ID_SIZE ? wrong("message_id", err) : RC_OK;
}

static Rc file_take(const SupportSaid *s, Arena *arena, Value *out, Error *err)
{
    *out = (Value){0};
    if (!s->file)
        return RC_OK;
    size_t n = strlen(s->file), len;
    if (n > (SUPPORT_FILE_MOST + 2) / 3 * 4)
        return error_refuse(err, "too_large", "10 MB", NULL, NULL);
    unsigned char *bytes = arena_alloc(arena, n / 4 * 3 + 1);
    if (!n || !base64_bytes(s->file, n, bytes, &len))
        return wrong("file", err);
    *out = (Value){ (const char *)bytes, len };
    return len <= SUPPORT_FILE_MOST ? RC_OK : error_refuse(err, "too_large", "10 MB", NULL, NULL);
}

static void data_write(const SupportSaid *s, Buffer *out)
{
    Json j = { .to = out };
    json_open(&j, '{');
    json_put_text(&j, "full_name", s->full_name);
    json_put_text(&j, "iin", s->iin);
    json_put_text(&j, "login", s->login);
    json_put_text(&j, "phone", s->phone);
    json_put_text(&j, "email", s->email);
    json_put_text(&j, "subject", s->subject);
    json_put_text(&j, "file_name", s->file_name);
    json_close(&j, '}');
}

static void values_hash(const Vault *v, const Value *values, unsigned char out[HASH_SIZE])
{
    Hasher *h = hasher_new(v);
    hasher_begin(h);
    for (int i = 0; i < SUPPORT_SEALED; i++) {
        uint64_t n = values[i].len;
        hasher_add(h, &n, sizeof n);
        hasher_add(h, values[i].text ? values[i].text : "", values[i].len);
    }
    hasher_end(h, out);
    hasher_free(&h);
}

/* An event of a request: it is of the day of submission, by which its terms are counted, whatever it becomes later. */
static Rc event_of(Desk *d, const Support *s, const char *type, const char *replaces, const char *reason, const char *by, char id[ID_SIZE], Error *err)
{
    char subject[24];
    bool repeat, answered = strcmp(type, EVENT_SUPPORT "-answered") == 0;
    if (event_begin(d->db, err))
        return err->rc;
    Instant now = clock_now(&d->g->clock);
    EventRow e = { .type = type, .subject = subject, .ground = reason, .replaces = replaces, .reported_by = by, .records = -1, .day = answered ? almaty_day(d->g->zone, now) : s->day,
                   .at = answered ? now : s->at };
    snprintf(subject, sizeof subject, "%lld", (long long)s->number);
    return role_holder(d->db, "administrator", s->day, &e.party, err) || event_write(d->db, &e, now, id, &repeat, err) ? err->rc : RC_OK;
}

static void number_put(int64_t number, bool repeat, const char *class_, Buffer *json)
{
    Json j = { .to = json };
    json_open(&j, '{');
    json_put_number(&j, "number", number);
    json_put_text(&j, "class", class_);
    json_key(&j, "repeat"), json_bool(&j, repeat);
    json_close(&j, '}');
}

static Rc support_keep(Desk *d, Support *s, const unsigned char *hash, const char *by, bool *repeat, Error *err)
{
    SCOPED(tx_end) Tx tx = {0};
    char event[ID_SIZE];
    if (tx_begin(&tx, d->db, err) || support_write(d->db, s, hash, repeat, err))
        return err->rc;
    if (!*repeat && (event_of(d, s, EVENT_SUPPORT, NULL, NULL, by, event, err) || support_class_set(d->db, s->number, classes[0], event, err)))
        return err->rc;
    return tx_commit(&tx, err);
}

Rc report_support(Desk *d, const Asker *a, const SupportSaid *said, Buffer *json, Error *err)
{
    SCOPED(arena_free) Arena *arena = arena_new();
    SCOPED(buffer_free) Buffer data = {0};
    Instant now = clock_now(&d->g->clock);
    Support s = { .message_id = said->message_id, .owner = a->who->party, .at = now, .day = almaty_day(d->g->zone, now) };
    unsigned char hash[HASH_SIZE];
    char id[ID_SIZE];
    bool repeat;
    if (asker_known(a, err) || parts_check(said, err) || file_take(said, arena, &s.sealed[SUPPORT_FILE], err))
        return err->rc;
    if (a->who->party < 0)                             /* the local administrator is no party */
        return error_refuse(err, "forbidden", EVENT_SUPPORT, NULL, NULL);
    data_write(said, &data);
    s.sealed[SUPPORT_DATA] = (Value){ data.at, data.len };
    s.sealed[SUPPORT_TEXT] = (Value){ said->text, strlen(said->text) };
    s.file_size = (int64_t)s.sealed[SUPPORT_FILE].len;
    values_hash(d->g->vault, s.sealed, hash);
    random_uuid(id);
    s.id = id;
    if (person_seal(d->db, d->g->vault, said->iin, arena_printf(arena, "support %s", id), s.sealed, SUPPORT_SEALED, now, arena, err)
        || support_keep(d, &s, hash, reporter(a, arena), &repeat, err))
        return err->rc;
    number_put(s.number, repeat, classes[0], json);
    return RC_OK;
}

/* ---- what becomes of it ---- */

Rc report_support_class(Desk *d, const Asker *a, const char *number, const char *class_, const char *reason, Buffer *json, Error *err)
{
    SCOPED(arena_free) Arena *arena = arena_new();
    SCOPED(tx_end) Tx tx = {0};
    Support s;
    int64_t n;
    char event[ID_SIZE];
    if (administrator(a, err) || number_asked(number, &n, err))
        return err->rc;
    if (!reason || !*reason || strlen(reason) > REASON_MOST)
        return wrong("reason", err);
    if (tx_begin(&tx, d->db, err) || support_find(d->db, n, 0, true, arena, &s, err))
        return err->rc;
    if (s.answered || class_rank(class_) <= class_rank(s.class_))
        return wrong("class", err);
    const char *type = arena_printf(arena, EVENT_SUPPORT "-%s", class_);
    if (event_of(d, &s, type, s.event, reason, reporter(a, arena), event, err) || support_class_set(d->db, n, class_, event, err) || tx_commit(&tx, err))
        return err->rc;
    number_put(n, false, class_, json);
    return RC_OK;
}

Rc report_support_answer(Desk *d, const Asker *a, const char *number, const char *text, Buffer *json, Error *err)
{
    SCOPED(arena_free) Arena *arena = arena_new();
    SCOPED(tx_end) Tx tx = {0};
    Support s;
    int64_t n;
    char event[ID_SIZE];
    if (administrator(a, err) || number_asked(number, &n, err))
        return err->rc;
    if (!text || !*text || strlen(text) > TEXT_MOST)
        return wrong("text", err);
    if (tx_begin(&tx, d->db, err) || support_find(d->db, n, 0, true, arena, &s, err))
        return err->rc;
    if (s.answered)
        return wrong("answer", err);
    Value answer = { text, strlen(text) };
    Rc rc = person_seal_with(d->db, d->g->vault, s.sealed[SUPPORT_DATA], arena_printf(arena, "support %s answer", s.id), &answer, arena, err);
    if (rc && rc != RC_END)
        return rc;
    if (rc == RC_END)
        answer = (Value){0};
    if (support_answer_set(d->db, n, answer, clock_now(&d->g->clock), err) || event_of(d, &s, EVENT_SUPPORT "-answered", NULL, NULL, reporter(a, arena), event, err) || tx_commit(&tx, err))
        return err->rc;
    number_put(n, false, s.class_, json);
    return RC_OK;
}
