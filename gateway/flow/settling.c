#include "gateway/flow/settling.h"
#include <stdlib.h>
#include <string.h>

enum { MANY_KEYS_BYTES = 128 << 20 };

static void found_by_checker(Findings *self, const Finding *f)
{
    Settling *s = (Settling *)self;
    Finding mine = *f;
    mine.seq = s->seq - s->now->first_seq + 1;
    settling_find(s, s->now, &mine);
}

Settling *settling_new(const Gateway *g, Db *db, Db *parts)
{
    Settling *s = calloc(1, sizeof *s);
    if (!s)
        abort();
    s->findings.add = found_by_checker;
    s->g = g;
    s->db = db;
    s->parts = parts;
    s->arena = arena_new();
    s->held = arena_new();
    s->scratch = arena_new();
    return s;
}

void settling_free(Settling **sp)
{
    Settling *s = *sp;
    if (!s)
        return;
    arena_free(&s->arena);
    arena_free(&s->held);
    arena_free(&s->scratch);
    hasher_free(&s->hasher);
    buffer_free(&s->hashed);
    buffer_free(&s->key);
    buffer_free(&s->last_key);
    buffer_free(&s->copy);
    key_filter_clear(&s->keys);
    outcomes_free(&s->outcomes);
    free(s->found);
    free(s);
    *sp = NULL;
}

void settling_begin(Settling *s, const Claimed *c)
{
    arena_reset(s->arena);
    arena_reset(s->held);
    hasher_free(&s->hasher);
    key_filter_clear(&s->keys);
    outcomes_free(&s->outcomes);
    buffer_free(&s->copy);
    buffer_clear(&s->last_key);
    s->c = c;
    s->feed = feeds_find(s->g->feeds, c->feed);
    s->table = s->feed ? gateway_table(s->g, s->feed) : NULL;
    s->hasher = hasher_new(s->feed && s->feed->personal ? s->g->vault : NULL);
    s->n_rows = s->held_bytes = s->n_puts = s->n_withdraws = s->n_found = s->n_members = 0;
    s->staged = s->copying = s->dry = false;
    if (c->at[0].kept_bytes > MANY_KEYS_BYTES)
        key_filter_many(&s->keys);
    s->in_order = true;
    s->skip = 0;
    s->most = FINDINGS_STORED;
    s->rounds = 1;
    s->seq = 0;
    s->now = NULL;
}

static const char *kept(Arena *a, const char *s) { return s ? arena_text(a, s, strlen(s)) : NULL; }

void settling_find(Settling *s, Member *m, const Finding *f)
{
    if (m->n_findings++ < m->skip || m->n_stored >= m->most || s->n_found >= 2 * FINDINGS_STORED)
        return;
    if (s->n_found == s->found_size) {
        s->found_size = s->found_size ? s->found_size * 2 : 64;
        s->found = realloc(s->found, s->found_size * sizeof *s->found);
        if (!s->found)
            abort();
    }
    StoredFinding *to = &s->found[s->n_found++];
    *to = (StoredFinding){ m->e->id, (int)m->n_stored++, *f };
    to->f.code = kept(s->arena, f->code);
    to->f.place = f->place ? kept(s->arena, f->place) : "";
    to->f.source = kept(s->arena, f->source);
    for (int i = 0; i < ERROR_ARGS; i++)
        to->f.arg[i] = kept(s->arena, f->arg[i]);
}

Member *settling_member(Settling *s, uint32_t seq)
{
    size_t low = 0, high = s->n_members;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (s->member[middle].first_seq <= seq)
            low = middle;
        else
            high = middle;
    }
    return &s->member[low];
}
