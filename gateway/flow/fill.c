#include "gateway/flow/settling.h"
#include "gateway/flow/shaping.h"
#include "persistence/parties.h"
#include "transforms/rules.h"
#include <stdio.h>
#include <string.h>

enum { CANONICAL_FORM = 1 };            /* version of what row hashes are made of */

static void found(Settling *s, const Record *r, const Error *why, const char *place)
{
    Finding f = { .severity = FINDING_ERROR, .code = why->code, .place = place, .source = origin_text(r, 0, s->scratch), .seq = s->seq - s->now->first_seq + 1 };
    for (int i = 0; i < ERROR_ARGS; i++)
        f.arg[i] = why->arg[i][0] ? why->arg[i] : NULL;
    settling_find(s, s->now, &f);
}

static bool rules_pass(Settling *s, const Record *r, const Value *values)
{
    bool good = true;
    for (size_t i = 0; i < s->feed->n_rules; i++) {
        const RuleUse *use = &s->feed->rules[i];
        Error why = {0};
        if (rule_for(use->name)(use, values, &why)) {
            found(s, r, &why, "");
            good = false;
        }
    }
    return good;
}

static bool owner_agrees(Settling *s, const Record *r, const Value *values)
{
    const Field *f = s->feed->owner_field;
    Error why = {0};
    if (s->feed->owner == OWNER_FIRST || !values[f->index].text)
        return true;
    bool mine = s->feed->owner == OWNER_BIN ? strcmp(values[f->index].text, s->c->bin) == 0 : sender_has_role(&s->sender, values[f->index].text);
    if (mine)
        return true;
    error_refuse(&why, "owner_mismatch", f->name, s->feed->owner == OWNER_BIN ? s->c->bin : "party.role", NULL);
    found(s, r, &why, f->name);
    return false;
}

/* Every field with its presence and length, so that no two different rows can read the same. */
static void hash_row(Settling *s, const Value *values, unsigned char out[ROW_HASH_SIZE])
{
    unsigned char whole[HASH_SIZE];
    buffer_clear(&s->hashed);
    for (size_t i = 0; i < s->feed->n_fields; i++) {
        uint32_t len = values[i].text ? (uint32_t)values[i].len : UINT32_MAX;
        buffer_add(&s->hashed, &len, sizeof len);
        if (values[i].text)
            buffer_add(&s->hashed, values[i].text, values[i].len);
    }
    hasher_begin(s->hasher);
    hasher_add(s->hasher, s->hashed.at, s->hashed.len);
    hasher_end(s->hasher, whole);
    out[0] = CANONICAL_FORM;
    memcpy(out + 1, whole, ROW_HASH_SIZE - 1);
}

/* false: a key field is missing or bad, so the record cannot even count as present. */
static bool key_of(Settling *s, const Value *values)
{
    buffer_clear(&s->key);
    for (size_t i = 0; i < s->feed->n_key; i++) {
        const Value *v = &values[s->feed->key[i]->index];
        if (!v->text)
            return false;
        buffer_add(&s->key, v->text, v->len);
        buffer_char(&s->key, '\0');
        s->in_order = s->in_order && (s->feed->key[i]->type == TYPE_TEXT || s->feed->key[i]->type == TYPE_DATE);
    }
    return true;
}

static void note_order(Settling *s)
{
    if (!s->in_order)
        return;
    size_t n = s->key.len < s->last_key.len ? s->key.len : s->last_key.len;
    int before = n ? memcmp(s->last_key.at, s->key.at, n) : 0;
    s->in_order = before < 0 || (before == 0 && s->last_key.len <= s->key.len);
    buffer_clear(&s->last_key);
    buffer_add(&s->last_key, s->key.at, s->key.len);
}

/* A list is a full state: what it lacks is a question, and nothing in it takes a record away. */
static bool may_withdraw(Settling *s, const Record *r)
{
    Error why = {0};
    if (r->wish == RECORD_PUT || s->now->e->kind != KIND_LIST)
        return true;
    error_refuse(&why, "withdrawal_in_list", NULL, NULL, NULL);
    found(s, r, &why, "");
    return false;
}

static Rc put_row(Settling *s, const Record *r, const Value *values, bool good, Error *err)
{
    Row row = { .seq = s->seq, .round = 1, .period = s->now->e->period, .number = s->now->e->number };
    outcomes_set(&s->outcomes, s->seq - 1, !good ? OUTCOME_REFUSED : r->wish == RECORD_PUT ? OUTCOME_NEW : OUTCOME_WITHDRAWN);
    if (!key_of(s, values))
        return RC_OK;
    row.wish = !good ? WISH_PRESENT : r->wish == RECORD_PUT ? WISH_PUT : WISH_WITHDRAW;
    row.ground = r->wish == RECORD_WITHDRAW && good ? r->ground : NULL;
    if (row.wish == WISH_PUT)
        hash_row(s, values, row.hash);
    if (good) {
        unsigned round = key_filter_round(&s->keys, s->key.at, s->key.len);
        if (round > VERSIONS_MOST && s->now->e->kind == KIND_CHANGES)
            return error_refuse(err, "too_many_versions", VERSIONS_MOST_TEXT, NULL, NULL);
        row.round = (uint16_t)(round < VERSIONS_MOST ? round : VERSIONS_MOST);
        s->rounds = row.round > s->rounds ? row.round : s->rounds;
        s->n_puts += row.wish == WISH_PUT;
        s->n_withdraws += row.wish == WISH_WITHDRAW;
        note_order(s);
    }
    return rows_add(s, &row, values, err);
}

Rc fill_record(void *settling, const Record *r, Error *err)
{
    Settling *s = settling;
    if (s->now->e->kind == KIND_NIL)
        return error_refuse(err, "nil_with_records", NULL, NULL, NULL);
    arena_reset(s->scratch);
    s->seq++;
    s->now->last_seq = s->seq;
    Value *values = arena_alloc(s->scratch, s->feed->n_fields * sizeof *values);
    Rc rc = check_record(s->feed, r, s->scratch, values, &s->findings, err);
    if (rc && rc != RC_REJECT)
        return rc;
    bool good = rc == RC_OK && may_withdraw(s, r) && owner_agrees(s, r, values) && (r->wish == RECORD_WITHDRAW || rules_pass(s, r, values));
    if (s->dry)
        return s->now->n_stored < s->now->most ? RC_OK : error_set(err, RC_END, "the page is full");
    return put_row(s, r, values, good, err);
}

/* Where rows and counts stood before an envelope, so that one refused as a whole, or too much for the group, leaves no trace in it. */
typedef struct { size_t n_rows, held_bytes, n_puts, n_withdraws, n_found; unsigned rounds; uint32_t seq; bool in_order; } Before;

static Before before(const Settling *s)
{
    return (Before){ s->n_rows, s->held_bytes, s->n_puts, s->n_withdraws, s->n_found, s->rounds, s->seq, s->in_order };
}

static void back_to(Settling *s, const Before *m)
{
    s->n_rows = m->n_rows;
    s->held_bytes = m->held_bytes;
    s->n_puts = m->n_puts;
    s->n_withdraws = m->n_withdraws;
    s->rounds = m->rounds;
    s->seq = m->seq;
    s->in_order = m->in_order;
}

static void refuse_whole(Settling *s, const Before *was, const Error *why)
{
    Member *m = s->now;
    m->refused_code = arena_printf(s->arena, "%s", why->code[0] ? why->code : "internal");
    for (int i = 0; i < ERROR_ARGS; i++)
        m->refused_arg[i] = why->arg[i][0] ? arena_printf(s->arena, "%s", why->arg[i]) : NULL;
    back_to(s, was);
    m->last_seq = m->first_seq - 1;
}

static Rc read_payload(Settling *s, const Envelope *e, const Buffer *bytes, Error *err)
{
    SCOPED(shaping_free) Shaping shaping = {0};
    SCOPED(reader_free) Reader *r = NULL;
    if (e->payload_length == 0)
        return RC_OK;
    if (shaping_begin(s->g, s->feed, e, fill_record, s, &shaping, err)
        || reader_open(e->format, e->form == PAYLOAD_ELEMENT ? e->xml_prologue : NULL, shaping_layout(&shaping), shaping.sink, shaping.self, &r, err)
        || payload_push(s, e, bytes, r, err))
        return err->rc;
    return shaping_end(&shaping, err);
}

static Rc fill_one(Settling *s, const Envelope *e, const Buffer *bytes, Error *err)
{
    Before was = before(s);
    s->now = &s->member[s->n_members++];
    *s->now = (Member){ .e = e, .first_seq = s->seq + 1, .last_seq = s->seq, .skip = s->skip, .most = s->most };
    Rc rc = read_payload(s, e, bytes, err);
    if (rc == RC_REJECT) {
        refuse_whole(s, &was, err);
        return RC_OK;
    }
    if (rc == RC_END && !s->dry) {             /* it waits for the next settlement */
        back_to(s, &was);
        s->n_found = was.n_found;
        s->n_members--;
    }
    return rc;
}

static Rc fill_group(Settling *s, Error *err)
{
    Buffer bytes[GROUP_ENVELOPES] = {0};
    Rc rc = inbox_read_group(s->parts, s->c, bytes, err);
    for (size_t i = 0; i < s->c->n; i++) {
        if (!rc)
            rc = fill_one(s, &s->c->at[i], &bytes[i], err);
        buffer_free(&bytes[i]);
    }
    return rc;
}

static Rc know_sender(Settling *s, Error *err)
{
    if (!s->feed)
        return error_set(err, RC_FATAL, "feed %s has no contract any more", s->c->feed);
    return sender_of(s->parts, s->c->at[0].id, &s->sender, err);
}

Rc findings_rerun(Settling *s, const Claimed *c, unsigned skip, unsigned most, Error *err)
{
    settling_begin(s, c);
    s->dry = true;
    s->skip = skip;
    s->most = most;
    Rc rc = know_sender(s, err);
    if (!rc)
        rc = fill_one(s, &c->at[0], NULL, err);
    return rc == RC_END ? RC_OK : rc;
}

Rc fill(Settling *s, Error *err)
{
    Rc rc = know_sender(s, err);
    if (!rc)
        rc = s->c->n > 1 ? fill_group(s, err) : fill_one(s, &s->c->at[0], NULL, err);
    if ((!rc || (rc == RC_END && s->n_members)) && rows_end_all(s, err))
        rc = err->rc;
    if (rc && rc != RC_END)
        rows_abort(s);
    return rc;
}
