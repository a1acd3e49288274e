#include "gateway/flow/law_state.h"
#include "gateway/base/text.h"
#include "persistence/audit.h"
#include "persistence/law.h"
#include "persistence/vault.h"
#include "schemas/obligations.h"
#include <string.h>

static void text_hash(const void *in, size_t n, char out[READING_HASH])
{
    unsigned char digest[HASH_SIZE];
    sha256(in, n, digest);
    hex_text(digest, sizeof digest, out);
}

Rc gateway_obligations(const char *share, const char *own, const Feeds *feeds, Arena *a, Obligations *out, Error *err)
{
    return obligations_load(arena_printf(a, "%s/schemas/law", share), own, feeds, text_hash, a, out, err);
}

/* An approval binds its own text: when the file's is another now, it is read from there. */
static Rc approved(const Rows *rows, int i, Arena *a, Standing *s, Error *err)
{
    const Reading *filed = reading_by_hash(s->o, rows_text(rows, i, 2));
    s->provisional = false;
    s->changed = !filed;
    if (filed) {
        s->reading = filed;
        return RC_OK;
    }
    Reading *own = arena_alloc(a, sizeof *own);
    s->reading = own;
    return reading_parse(rows_text(rows, i, 3), text_hash, a, own, err);
}

static Rc row_take(const Rows *rows, int i, Arena *a, LawState *out, Error *err)
{
    for (size_t k = 0; k < out->n; k++) {
        Standing *s = &out->at[k];
        if (strcmp(s->o->id, rows_text(rows, i, 0)) != 0)
            continue;
        s->in_force = !rows_null(rows, i, 4);
        s->since = s->in_force ? rows_int(rows, i, 4) : 0;
        return rows_null(rows, i, 2) ? RC_OK : approved(rows, i, a, s, err);
    }
    return RC_OK;                                   /* of an obligation that the register has no more */
}

static const char *fingerprint(const LawState *law, Arena *a)
{
    SCOPED(buffer_free) Buffer all = {0};
    char hash[READING_HASH];
    for (size_t i = 0; i < law->n; i++) {
        const Standing *s = &law->at[i];
        buffer_print(&all, "%s %s %d %lld\n", s->o->id, s->reading->hash, s->provisional, s->in_force ? (long long)s->since : -1);
        for (size_t k = 0; k < s->o->n_readings; k++)
            buffer_print(&all, "%s\n", s->o->readings[k].hash);
    }
    text_hash(all.at, all.len, hash);
    return arena_printf(a, "%s", hash);
}

Rc law_state_load(Desk *d, Arena *a, LawState *out, Error *err)
{
    const Obligations *all = &d->g->obligations;
    SCOPED(rows_end) Rows rows = {0};
    if (law_standing(d->db, &rows, err))
        return err->rc;
    LawState law = { arena_alloc(a, (all->n + 1) * sizeof *law.at), all->n, NULL };
    for (size_t i = 0; i < all->n; i++)
        law.at[i] = (Standing){ .o = &all->at[i], .reading = &all->at[i].readings[0], .provisional = true };
    for (int i = 0; i < rows_n(&rows); i++)
        if (row_take(&rows, i, a, &law, err))
            return err->rc;
    law.fingerprint = fingerprint(&law, a);
    *out = law;
    return RC_OK;
}

Rc law_reading_approve(Desk *d, const char *obligation, const char *reading, const char *by, const char *ground, Error *err)
{
    SCOPED(tx_end) Tx tx = {0};
    Instant now = clock_now(&d->g->clock);
    const Obligation *o = obligation_find(&d->g->obligations, obligation);
    const Reading *r = o ? reading_find(o, reading) : NULL;
    if (!r)
        return error_refuse(err, o ? "unknown_reading" : "unknown_obligation", o ? reading : obligation, obligation, NULL);
    Approval a = { o->id, r->id, r->hash, r->text };
    return tx_begin(&tx, d->db, err) || law_approve(d->db, &a, by, ground, now, err) || audit_add(d->db, now, by, "law.approve", o->id, r->hash, err) || tx_commit(&tx, err) ? err->rc : RC_OK;
}

Rc law_force_from(Desk *d, const char *obligation, CivilDay day, const char *by, const char *ground, Error *err)
{
    SCOPED(tx_end) Tx tx = {0};
    char text[CIVIL_TEXT];
    Instant now = clock_now(&d->g->clock);
    if (!obligation_find(&d->g->obligations, obligation))
        return error_refuse(err, "unknown_obligation", obligation, NULL, NULL);
    return tx_begin(&tx, d->db, err) || law_in_force(d->db, obligation, day, by, ground, now, err) || audit_add(d->db, now, by, "law.in_force", obligation, civil_text(day, text), err)
        || tx_commit(&tx, err) ? err->rc : RC_OK;
}
