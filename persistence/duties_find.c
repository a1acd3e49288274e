#include "persistence/duties_inside.h"
#include <stdio.h>
#include <string.h>

char *day_text(int64_t day, char out[16])
{
    int y, m, d;
    calendar_date(day, &y, &m, &d);
    snprintf(out, 16, "%04d-%02d-%02d", y, m, d);
    return out;
}

static const char *text(const Rows *r, int i, int col, Arena *a) { return rows_null(r, i, col) ? NULL : arena_printf(a, "%s", rows_text(r, i, col)); }

static int64_t number(const Rows *r, int i, int col, int64_t none) { return rows_null(r, i, col) ? none : rows_int(r, i, col); }

static bool truth(const Rows *r, int i, int col) { return *rows_text(r, i, col) == 't'; }

void duty_read(const Rows *r, int i, Arena *a, Duty *out)
{
    *out = (Duty){
        .id = rows_int(r, i, 0), .obligation = text(r, i, 1, a), .party = (int)rows_int(r, i, 2), .subject = text(r, i, 3, a), .occasion = text(r, i, 4, a), .feed = text(r, i, 5, a),
        .cause_day = rows_int(r, i, 6), .cause_at = rows_int(r, i, 7), .reading = text(r, i, 8, a), .hash = text(r, i, 9, a), .provisional = truth(r, i, 10), .extended = truth(r, i, 11),
        .due_day = number(r, i, 12, NO_DAY), .due_at = number(r, i, 13, 0), .closes_at = number(r, i, 14, 0), .editions = text(r, i, 15, a), .state = text(r, i, 16, a), .held = text(r, i, 17, a),
    };
}

static void proof_read(const Rows *r, int i, Arena *a, Proof *out)
{
    size_t n;
    int col = DUTY_WIDTH;
    *out = (Proof){0};
    if (rows_null(r, i, col))
        return;
    snprintf(out->id, sizeof out->id, "%s", rows_text(r, i, col));
    out->event = truth(r, i, col + 1);
    for (int m = 0; m < PROOF_MOMENTS; m++)
        out->moment[m] = number(r, i, col + 2 + m, 0);
    const unsigned char *digest = rows_null(r, i, col + 7) ? NULL : rows_bytes(r, i, col + 7, a, &n);
    out->has_digest = digest && n == DIGEST_SIZE;
    if (out->has_digest)
        memcpy(out->digest, digest, n);
}

Rc proofs_read(const Rows *r, Arena *a, DutyProofs *out)
{
    size_t n = (size_t)rows_n(r);
    *out = (DutyProofs){ arena_alloc(a, (n + 1) * sizeof *out->at), n };
    for (size_t i = 0; i < n; i++) {
        duty_read(r, (int)i, a, &out->at[i].duty);
        proof_read(r, (int)i, a, &out->at[i].proof);
    }
    return RC_OK;
}

/* The first delivery that settles, by its number. */
#define FIRST_DELIVERY " join lateral (select e.* from nqs.envelope e where e.party = d.party and e.feed = d.feed and e.period = d.occasion and " SETTLES("e") " order by e.number limit 1) e on true" WHOLE_DELIVERY

Rc duties_delivered(Db *db, const char *obligations, int64_t after, int64_t upto, Arena *a, DutyProofs *out, Error *err)
{
    static const char sql[] =
        "select " DUTY_COLUMNS ", " ENVELOPE_PROOF " from (select distinct s.party, s.feed, e.period from nqs.settlement s, unnest(s.envelopes) x join nqs.envelope e on e.id = x"
        " where s.ordinal > $2 and s.ordinal <= $3) n join nqs.duty d on d.party = n.party and d.feed = n.feed and d.occasion = n.period and d.state in ('open', 'overdue')"
        " and d.obligation = any(" WORDS("$1") ")" FIRST_DELIVERY " order by d.id for update of d";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_text(&args, obligations);
    arg_int(&args, after);
    arg_int(&args, upto);
    return db_query(db, sql, &args, &rows, err) ? err->rc : proofs_read(&rows, a, out);
}

Rc duties_opened(Db *db, const char *obligation, Instant opened, Arena *a, DutyProofs *out, Error *err)
{
    static const char sql[] = "select " DUTY_COLUMNS ", " ENVELOPE_PROOF " from nqs.duty d" FIRST_DELIVERY
                              " where d.changed_at = $2::timestamptz and d.obligation = $1 and d.state = 'open' order by d.id for update of d";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_text(&args, obligation);
    arg_instant(&args, opened);
    return db_query(db, sql, &args, &rows, err) ? err->rc : proofs_read(&rows, a, out);
}

/* What an event says of when it was: the party's own word, then when we were told. */
#define EVENT_PROOF(v) v ".id, true, " MICROSECONDS(v ".at") ", " MICROSECONDS(v ".at") ", " MICROSECONDS(v ".at") ", " MICROSECONDS(v ".reported_at") ", " MICROSECONDS(v ".reported_at") ", null"

Rc duties_of_event(Db *db, const char *obligations, const char *event, Arena *a, DutyProofs *out, Error *err)
{
    static const char sql[] =
        "select " DUTY_COLUMNS ", " EVENT_PROOF("v") " from nqs.event v join lateral (select distinct on (d.obligation, d.party) d.* from nqs.duty d where d.obligation = any(" WORDS("$1") ")"
        "   and d.state in ('open', 'overdue') and case when v.delivery is not null then d.occasion = 'delivery:' || v.delivery or (d.occasion = v.period and d.feed = (select feed from nqs.envelope where id = v.delivery))"
        "     else (v.party is null or d.party = v.party) and (d.party is not null or d.subject = v.subject) and (d.subject = '' or d.subject = v.subject) and (v.period is null or d.occasion = v.period) end"
        "   order by d.obligation, d.party, d.cause_day, d.id) f on true join nqs.duty d on d.id = f.id where v.id = $2::uuid order by d.id for update of d";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_text(&args, obligations);
    arg_text(&args, event);
    return db_query(db, sql, &args, &rows, err) ? err->rc : proofs_read(&rows, a, out);
}

/* What may still turn out to have begun in time. What was settled or reported since this round looked is seen by the next one, and says otherwise. */
#define HOLDS \
    "case when exists (select from nqs.event_queue) then 'not_worked'" \
    " when d.party is null or d.feed is null then null" \
    " when exists (select from nqs.upload u where u.party = d.party and u.feed = d.feed and u.begun_at < d.due_at) then 'upload'" \
    " when exists (select from nqs.queue q join nqs.envelope e on e.id = q.envelope where q.party = d.party and q.feed = d.feed and e.period = d.occasion and e.first_byte < d.due_at) then 'not_worked'" \
    " when exists (select from nqs.settlement t join nqs.envelope e on e.id = any(t.envelopes) where t.ordinal > (select ordinal from nqs.deadline)" \
    "   and e.party = d.party and e.feed = d.feed and e.period = d.occasion and e.first_byte < d.due_at) then 'not_worked'" \
    " when exists (select from nqs.stream s where s.party = d.party and s.feed = d.feed and s.period = d.occasion and s.state = 'open' and s.opened_at < d.due_at) then 'open_delivery'" \
    " when exists (select from nqs.process p where p.seen_at > $1::timestamptz - interval '2 minutes' and (p.seen_at < d.due_at or p.oldest_upload < d.due_at)) then 'upload'" \
    " when $1::timestamptz < d.due_at + interval '24 hours' and unread.list is not null then 'kafka_not_read'" \
    " end"

/* Partitions of its topics that are not known to be read up to its due moment, a JSON list; null: none. */
#define UNREAD \
    " left join lateral (select json_agg(u)::text as list from (select k.topic, k.partition, k.read_at, k.trouble from nqs.party p join nqs.kafka_mark k on split_part(reverse(k.topic), '.', 2) = reverse(p.bin) and split_part(reverse(k.topic), '.', 1) = reverse(d.feed)" \
    " where p.id = d.party and (k.read_at is null or k.read_at < d.due_at)) u) unread on true"

Rc duties_over(Db *db, Instant now, const Duty *after, Arena *a, DutyProofs *out, Error *err)
{
    static const char sql[] =
        "select " DUTY_COLUMNS ", " NO_PROOF ", " HOLDS ", unread.list from nqs.duty d" UNREAD " where d.state = 'open' and d.due_at <= $1::timestamptz and (d.due_at, d.id) > ($2::timestamptz, $3)"
        " order by d.due_at, d.id limit $4 for update of d";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_instant(&args, now);
    arg_instant(&args, after && after->due_at ? after->due_at : 1);
    arg_int(&args, after ? after->id : 0);
    arg_int(&args, DUTIES_AT_ONCE);
    if (db_query(db, sql, &args, &rows, err) || proofs_read(&rows, a, out))
        return err->rc;
    for (size_t i = 0; i < out->n; i++) {
        out->at[i].duty.held = text(&rows, (int)i, DUTY_WIDTH + 8, a);
        out->at[i].unread = text(&rows, (int)i, DUTY_WIDTH + 9, a);
    }
    return RC_OK;
}

Rc duties_closing(Db *db, Instant now, Arena *a, DutyProofs *out, Error *err)
{
    static const char sql[] = "select " DUTY_COLUMNS ", " NO_PROOF " from nqs.duty d where d.state = 'overdue' and d.closes_at <= $1::timestamptz order by d.closes_at, d.id limit $2 for update of d";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_instant(&args, now);
    arg_int(&args, DUTIES_AT_ONCE);
    return db_query(db, sql, &args, &rows, err) ? err->rc : proofs_read(&rows, a, out);
}

#define EITHER(m, told) MICROSECONDS("coalesce(w." m ", e." m ", v." told ")")

Rc duties_provisional(Db *db, const char *obligation, Arena *a, DutyProofs *out, Error *err)
{
    static const char sql[] =
        "select " DUTY_COLUMNS ", coalesce(e.id, v.id), v.id is not null, " EITHER("sender_date", "at") ", " EITHER("transport_date", "at") ", " EITHER("first_byte", "at") ", "
        EITHER("last_byte", "reported_at") ", " EITHER("committed", "reported_at") ", e.digest_payload"
        " from nqs.duty d join lateral (select * from nqs.statement s where s.duty = d.id order by s.id desc limit 1) s on true left join nqs.envelope e on e.id = s.envelope" WHOLE_DELIVERY " left join nqs.event v on v.id = s.event"
        " where d.obligation = $1 and d.provisional and d.state in ('in_time', 'overdue', 'late', 'missing') order by d.id limit $2 for update of d";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_text(&args, obligation);
    arg_int(&args, DUTIES_AT_ONCE);
    return db_query(db, sql, &args, &rows, err) ? err->rc : proofs_read(&rows, a, out);
}

Rc duty_find(Db *db, int64_t id, bool lock, Arena *a, Duty *out, Error *err)
{
    static const char look[] = "select " DUTY_COLUMNS " from nqs.duty d where d.id = $1", locking[] = "select " DUTY_COLUMNS " from nqs.duty d where d.id = $1 for update";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_int(&args, id);
    if (db_query(db, lock ? locking : look, &args, &rows, err))
        return err->rc;
    if (rows_n(&rows) == 0)
        return error_refuse(err, "not_found", NULL, NULL, NULL);
    duty_read(&rows, 0, a, out);
    return RC_OK;
}

Rc reported_read(Db *db, const char *id, Arena *a, Reported *out, Error *err)
{
    static const char sql[] = "select type, subject, replaces, ground, coalesce(party, 0), " DAYS("day") ", " MICROSECONDS("at") " from nqs.event where id = $1::uuid";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_text(&args, id);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    if (rows_n(&rows) == 0)
        return error_refuse(err, "not_found", NULL, NULL, NULL);
    *out = (Reported){ text(&rows, 0, 0, a), text(&rows, 0, 1, a), text(&rows, 0, 2, a), text(&rows, 0, 3, a), (int)rows_int(&rows, 0, 4), rows_int(&rows, 0, 5), rows_int(&rows, 0, 6) };
    return RC_OK;
}

Rc duty_owed(Db *db, int party, const char *feed, const char *period, bool *owed, Error *err)
{
    static const char sql[] = "select exists (select from nqs.duty where party = $1 and feed = $2 and ($3::text is null or occasion = $3) and state in ('open', 'overdue'))";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_int(&args, party);
    arg_text(&args, feed);
    arg_text(&args, period);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    *owed = *rows_text(&rows, 0, 0) == 't';
    return RC_OK;
}
