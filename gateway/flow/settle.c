#include "gateway/flow/settling.h"
#include "gateway/base/log.h"
#include "gateway/flow/letters.h"
#include "persistence/marks.h"
#include "persistence/outbox.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void find(Settling *s, uint32_t seq, Severity severity, const char *code, const char *arg)
{
    Member *m = settling_member(s, seq);
    Finding f = { .seq = seq - m->first_seq + 1, .severity = severity, .code = code, .place = "", .arg = { arg } };
    settling_find(s, m, &f);
}

static void tell(void *self, uint32_t seq, Verdict v)
{
    static const Outcome outcome[] = {
        [VERDICT_CHANGED] = OUTCOME_CHANGED, [VERDICT_UNCHANGED] = OUTCOME_UNCHANGED, [VERDICT_WITHDRAWN] = OUTCOME_WITHDRAWN,
        [VERDICT_OLDER] = OUTCOME_OLDER, [VERDICT_NOT_YOURS] = OUTCOME_REFUSED, [VERDICT_ALREADY_WITHDRAWN] = OUTCOME_UNCHANGED,
    };
    Settling *s = self;
    outcomes_set(&s->outcomes, seq - 1, outcome[v]);
    if (v == VERDICT_NOT_YOURS)
        find(s, seq, FINDING_ERROR, "not_yours", NULL);
    if (v == VERDICT_ALREADY_WITHDRAWN)
        find(s, seq, FINDING_WARNING, "already_withdrawn", NULL);
}

static void tell_unknown(void *self, uint32_t seq)
{
    Settling *s = self;
    outcomes_set(&s->outcomes, seq - 1, OUTCOME_REFUSED);
    find(s, seq, FINDING_ERROR, "unknown_key", NULL);
}

static void tell_key(void *self, const char *code, const char *key)
{
    Settling *s = self;
    Finding f = { .severity = FINDING_WARNING, .code = code, .place = "", .arg = { key } };
    settling_find(s, &s->member[0], &f);
}

/* Keys that occur twice where only one version is legal: rows of a group as they are told, in order of seq. */
typedef struct {
    Settling *s;
    Buffer    refused;             /* seqs as an int array */
    int64_t   group;
    uint32_t  first;
    bool      differ;
    char      print[160];
    uint32_t *same;  size_t n_same, same_size;     /* of the group */
} Twins;

static uint32_t place_of(Settling *s, uint32_t seq) { return seq - settling_member(s, seq)->first_seq + 1; }

static void drop_row(Twins *t, uint32_t seq)
{
    Settling *s = t->s;
    buffer_print(&t->refused, "%c%u", t->refused.len ? ',' : '{', seq);
    for (size_t i = 0; i < s->n_rows; i++)
        if (s->rows[i].seq == seq)
            s->rows[i].wish = WISH_PRESENT;
}

static void refuse_twin(Twins *t, uint32_t seq, uint32_t other)
{
    char number[16];
    snprintf(number, sizeof number, "%u", place_of(t->s, other));
    outcomes_set(&t->s->outcomes, seq - 1, OUTCOME_REFUSED);
    find(t->s, seq, FINDING_ERROR, "duplicate_key", number);
    drop_row(t, seq);
}

static void pass_over_twin(Twins *t, uint32_t seq)
{
    char number[16];
    snprintf(number, sizeof number, "%u", place_of(t->s, t->first));
    outcomes_set(&t->s->outcomes, seq - 1, OUTCOME_UNCHANGED);
    find(t->s, seq, FINDING_WARNING, "duplicate_same", number);
    drop_row(t, seq);
}

/* The rows of one key, gathered: all alike means the later ones are passed over; otherwise all are refused. */
static void twins_end(Twins *t)
{
    for (size_t i = 0; i < t->n_same; i++)
        if (t->differ)
            refuse_twin(t, t->same[i], i ? t->first : t->same[1]);
        else if (i)
            pass_over_twin(t, t->same[i]);
    t->n_same = 0;
    t->differ = false;
}

static void tell_twin(void *self, int64_t group, uint32_t seq, const char *print)
{
    Twins *t = self;
    if (group != t->group)
        twins_end(t);
    if (t->n_same == 0) {
        t->group = group;
        t->first = seq;
        snprintf(t->print, sizeof t->print, "%s", print);
    }
    if (strcmp(t->print, print) != 0)
        t->differ = true;
    if (t->n_same == t->same_size) {
        t->same_size = t->same_size ? t->same_size * 2 : 64;
        t->same = realloc(t->same, t->same_size * sizeof *t->same);
        if (!t->same)
            abort();
    }
    t->same[t->n_same++] = seq;
}

static Rc resolve_twins(Settling *s, Merge *m, Error *err)
{
    Twins t = { .s = s, .group = -1 };
    Rc rc = merge_duplicates(s->db, m, tell_twin, &t, err);
    if (!rc) {
        twins_end(&t);
        if (t.refused.len && s->staged) {
            buffer_text(&t.refused, "}");
            rc = merge_refuse_staged(s->db, s->table, buffer_string(&t.refused), err);
        }
    }
    buffer_free(&t.refused);
    free(t.same);
    return rc;
}

/* A nil of a feed of facts is the correction that lacks everything; a feed of lists has nothing to ask about it. */
static bool corrects(const Settling *s, Kind kind)
{
    bool whole = kind & (KIND_FACTS | KIND_EDITION);
    return whole || (kind == KIND_NIL && !(s->feed->kinds & KIND_LIST));
}

/* Copies are refused or passed over: every key stands once now. */
static Rc one_round(Settling *s, Merge *m, Error *err)
{
    m->rounds = 1;
    for (size_t i = 0; i < s->n_rows; i++)
        if (s->rows[i].wish != WISH_PRESENT)
            s->rows[i].round = 1;
    m->n_puts = SIZE_MAX;                      /* not known any more: each is asked about */
    return s->staged ? merge_once_staged(s->db, s->table, err) : RC_OK;
}

static Rc merge_prepare(Settling *s, Merge *m, Error *err)
{
    bool newer, earlier, any;
    const Envelope *e = s->member[0].e;
    if (e->kind != KIND_CHANGES) {
        if (inbox_neighbours(s->db, s->c, &newer, &earlier, &any, err))
            return err->rc;
        m->stale = newer;
        m->ask_reconcile = e->kind == KIND_LIST && any;
        m->ask_lack = earlier && corrects(s, e->kind);
    }
    if (s->keys.overflow && merge_number_staged(s->db, s->table, &m->rounds, err))
        return err->rc;
    if (m->rounds > 1 && e->kind != KIND_CHANGES)
        return resolve_twins(s, m, err) || one_round(s, m, err) ? err->rc : RC_OK;
    return m->rounds > VERSIONS_MOST ? error_set(err, RC_FATAL, "a key stands %u times in one delivery", m->rounds) : RC_OK;
}

static Rc merge_rows(Settling *s, int64_t settlement, Error *err)
{
    const Envelope *e = s->member[0].e;
    Merge m = {
        .table = s->table, .settlement = settlement, .party = s->c->party, .in_order = s->in_order, .rounds = s->rounds,
        .n_puts = s->n_puts, .n_withdraws = s->n_withdraws, .rows = s->staged ? NULL : s->rows, .n_rows = s->n_rows, .period = e->period,
        .number = e->number, .tell = tell, .tell_unknown = tell_unknown, .tell_key = tell_key, .self = s,
    };
    if (merge_prepare(s, &m, err))
        return err->rc;
    if (m.stale)
        for (uint32_t i = 0; i < s->seq; i++)
            if (outcomes_get(&s->outcomes, i) == OUTCOME_NEW || outcomes_get(&s->outcomes, i) == OUTCOME_WITHDRAWN)
                outcomes_set(&s->outcomes, i, OUTCOME_OLDER);
    return merge_run(s->db, &m, err) || merge_grants(s->db, s->table, clock_now(&s->g->clock), err) ? err->rc : RC_OK;
}

static bool any_refused(const Settling *s)
{
    for (uint32_t i = 0; i < s->seq; i++)
        if (outcomes_get(&s->outcomes, i) == OUTCOME_REFUSED)
            return true;
    return false;
}

/* What the merge said of the delivery as a whole is undone with it. */
static void forget_general(Settling *s)
{
    size_t kept = 0;
    for (size_t i = 0; i < s->n_found; i++)
        if (s->found[i].f.seq)
            s->found[kept++] = s->found[i];
    s->member[0].n_findings -= (unsigned)(s->n_found - kept);
    s->n_found = kept;
}

/* The merge is run first, since only it knows of keys that stand twice, are another's or are not there; then all of it is taken back if one record is refused. */
static Rc merge_all_or_nothing(Settling *s, int64_t settlement, Error *err)
{
    if (mark_set(s->db, err) || merge_rows(s, settlement, err))
        return err->rc;
    if (!any_refused(s))
        return RC_OK;
    forget_general(s);
    s->member[0].refused_code = "all_or_nothing";
    for (uint32_t i = 0; i < s->seq; i++)
        outcomes_set(&s->outcomes, i, OUTCOME_REFUSED);
    return mark_undo(s->db, err);
}

static Rc merge_as_contracted(Settling *s, int64_t settlement, Error *err)
{
    return (s->feed->on_refused == REFUSED_ALL_OR_NOTHING ? merge_all_or_nothing : merge_rows)(s, settlement, err);
}

static bool any_settled(const Settling *s)
{
    for (size_t i = 0; i < s->n_members; i++)
        if (!s->member[i].refused_code)
            return true;
    return false;
}

static Closing closing_of(const Settling *s, const Member *m, Buffer *outcomes)
{
    Closing c = { .e = m->e, .refused_code = m->refused_code, .first_seq = (int)m->first_seq, .last_seq = (int)m->last_seq, .n_findings = m->n_findings };
    memcpy(c.refused_arg, m->refused_arg, sizeof c.refused_arg);
    for (uint32_t i = m->first_seq; i <= m->last_seq; i++)
        c.counts[outcomes_get(&s->outcomes, i - 1)]++;
    if (m->last_seq >= m->first_seq)
        outcomes_pack(&s->outcomes, m->first_seq - 1, m->last_seq - m->first_seq + 1, outcomes);
    c.outcomes = outcomes;
    return c;
}

static void sum_up(Settling *s, const Closing *closings)
{
    memset(s->closed, 0, sizeof s->closed);
    for (size_t i = 0; i < s->n_members; i++)
        for (int o = OUTCOME_NEW; o <= OUTCOME_REFUSED; o++)
            s->closed[o] += closings[i].counts[o];
}

static void note_empty_lists(Settling *s)
{
    for (size_t i = 0; i < s->n_members; i++) {
        Member *m = &s->member[i];
        Finding f = { .severity = FINDING_WARNING, .code = "empty_list", .place = "" };
        if (m->e->kind == KIND_LIST && m->last_seq < m->first_seq && !m->refused_code)
            settling_find(s, m, &f);
    }
}

static Rc sum_streams(Settling *s, Error *err)
{
    for (size_t i = 0; i < s->n_members; i++)
        if (s->member[i].e->sums && stream_sum(s->db, s->member[i].e->sums, err))
            return err->rc;
    return RC_OK;
}

static Rc close_all(Settling *s, int64_t settlement, Instant now, Error *err)
{
    Closing closings[GROUP_ENVELOPES];
    Buffer outcomes[GROUP_ENVELOPES] = {0};
    note_empty_lists(s);
    for (size_t i = 0; i < s->n_members; i++)
        closings[i] = closing_of(s, &s->member[i], &outcomes[i]);
    sum_up(s, closings);
    Rc rc = findings_clear(s->db, s->c, err) || findings_write(s->db, s->found, s->n_found, err)
         || inbox_close(s->db, s->c, closings, s->n_members, settlement, now, err) || sum_streams(s, err) || letters_write(s, now, err) ? err->rc : RC_OK;
    for (size_t i = 0; i < s->n_members; i++)
        buffer_free(&outcomes[i]);
    return rc;
}

static Rc publish(Settling *s, int64_t settlement, Instant now, Error *err)
{
    const char *names[PUBLICATIONS_MOST];
    size_t n = publications_of_changes(&s->g->publications, s->feed, names, PUBLICATIONS_MOST);
    return n ? outbox_changes(s->db, names, n, settlement, now, err) : RC_OK;
}

/* As the text of a uuid[]. */
static void settled_ids(const Settling *s, Buffer *out)
{
    for (size_t i = 0; i < s->n_members; i++)
        if (!s->member[i].refused_code)
            buffer_print(out, "%c%s", out->len ? ',' : '{', s->member[i].e->id);
    buffer_text(out, "}");
}

/* What is visible is always a prefix of the order of settlements, and none carries a moment before another that was visible already. */
static Rc take_moment(Settling *s, int64_t settlement, Error *err)
{
    SCOPED(buffer_free) Buffer envelopes = {0};
    Instant now;
    settled_ids(s, &envelopes);
    if (settlement_lock(s->db, err))
        return err->rc;
    now = clock_now(&s->g->clock);
    return settlement_write(s->db, settlement, s->c, buffer_string(&envelopes), now, err) || publish(s, settlement, now, err) ? err->rc : RC_OK;
}

Rc settle(Settling *s, Error *err)
{
    SCOPED(tx_end) Tx tx = {0};
    int64_t settlement = 0;
    if (tx_begin(&tx, s->db, err) || inbox_relock(s->db, s->c, err) || settlement_draw(s->db, &settlement, err))
        return err->rc;
    if (any_settled(s) && (merge_lock(s->db, s->table, err) || merge_as_contracted(s, settlement, err)))
        return err->rc;
    if (close_all(s, settlement, clock_now(&s->g->clock), err) || (any_settled(s) && take_moment(s, settlement, err)))
        return err->rc;
    return tx_commit(&tx, err);
}
