#include "persistence/duties_inside.h"

static const char *yes(bool b) { return b ? "true" : "false"; }

/* $1 … $4 of most statements here. */
static void standing_args(const DutyTerms *t, Args *args)
{
    arg_text(args, t->obligation);
    arg_text(args, t->reading);
    arg_text(args, t->hash);
    arg_text(args, yes(t->provisional));
}

/* $1 … $7: obligation, roles, begun and ended inside, periods, parties, now. Who held one of the roles from … to (null: still), whatever certificates and grants it came from: spans that touch are one.
   What is owed is as reading_owes has it. */
#define OWED \
    " o as (select * from jsonb_to_recordset($5::jsonb) as x(occasion text, b date, e date, cause date, over timestamptz, due_day date, due_at timestamptz, closes_at timestamptz, editions text[]))," \
    " span as (select h.party, lower(x) as f, upper(x) - 1 as u from (select r.party, range_agg(daterange(r.valid_from, r.valid_to, '[]')) as held from nqs.party_role r" \
    "   where r.role = any(" WORDS("$2") ") and ($6::int[] is null or r.party = any($6::int[])) and (r.valid_to is null or r.valid_to >= r.valid_from) group by r.party) h, unnest(h.held) x)," \
    " owed as (select distinct s.party, o.* from span s join o on s.f <= o.e and (s.u is null or s.u >= o.b) and (s.f <= o.b or $3::boolean) and (s.u is null or s.u >= o.e or $4::boolean))"

Rc duties_open(Db *db, const DutyTerms *t, const char *periods, const char *parties, Instant now, Error *err)
{
    static const char open[] =
        "with" OWED ", made as (insert into nqs.duty (obligation, party, occasion, feed, cause_day, cause_at, reading, hash, provisional, due_day, due_at, closes_at, editions, opened_at, changed_at)"
        " select $1, w.party, w.occasion, $8, w.cause, w.over, $9, $10, $11::boolean, w.due_day, w.due_at, w.closes_at, w.editions, $7::timestamptz, $7::timestamptz from owed w"
        " where not exists (select from nqs.duty d where d.obligation = $1 and d.occasion = w.occasion and d.party = w.party and d.subject = '')"
        " order by w.cause, w.party on conflict do nothing returning id, jsonb_build_object('due', due_at) as detail) " NOTE("made", "opened", "$7");
    static const char cancel[] =
        "with" OWED ", gone as (update nqs.duty d set state = 'cancelled', changed_at = $7::timestamptz from o where d.obligation = $1 and d.occasion = o.occasion and d.state = 'open'"
        " and d.party is not null and ($6::int[] is null or d.party = any($6::int[])) and not exists (select from owed w where w.party = d.party and w.occasion = d.occasion)"
        " returning d.id, '{\"why\": \"not owed any more: roles changed\"}'::jsonb as detail) " NOTE("gone", "cancelled", "$7");
    static const char again[] =
        "with" OWED ", back as (update nqs.duty d set state = 'open', changed_at = $7::timestamptz, reading = $9, hash = $10, provisional = $11::boolean, due_day = w.due_day, due_at = w.due_at,"
        " closes_at = w.closes_at, editions = w.editions, feed = coalesce($8, d.feed) from owed w where d.obligation = $1 and d.occasion = w.occasion and d.party = w.party and d.subject = '' and d.state = 'cancelled'"
        " returning d.id, jsonb_build_object('to', w.due_at, 'why', 'owed again: roles changed') as detail) " NOTE("back", "reopened", "$7");
    Args args = {0}, few;
    arg_text(&args, t->obligation);
    arg_text(&args, t->roles);
    arg_text(&args, yes(t->begun_inside));
    arg_text(&args, yes(t->ended_inside));
    arg_text(&args, periods);
    arg_text(&args, parties);
    arg_instant(&args, now);
    few = args;
    arg_text(&args, t->feed);
    arg_text(&args, t->reading);
    arg_text(&args, t->hash);
    arg_text(&args, yes(t->provisional));
    return db_query(db, again, &args, NULL, err) || db_query(db, open, &args, NULL, err) || db_query(db, cancel, &few, NULL, err) ? err->rc : RC_OK;
}

Rc duties_begin(Db *db, const DutyTerms *t, const DutyCause *c, Instant now, Error *err)
{
    static const char sql[] =
        "with who as (select nullif($7::int, -1) as party where $7::int <> 0 union select r.party from nqs.party_role r where $7::int = 0 and r.role = any(" WORDS("$6") ")"
        "   and r.valid_from <= $10::date and (r.valid_to is null or r.valid_to >= $10::date)),"
        " made as (insert into nqs.duty (obligation, party, subject, occasion, feed, cause_day, cause_at, reading, hash, provisional, due_day, due_at, closes_at, editions, opened_at, changed_at)"
        " select $1, w.party, $8, $9, $5, $10::date, $11::timestamptz, $2, $3, $4::boolean, $12::date, $13::timestamptz, $14::timestamptz, " WORDS("$15") ", $16::timestamptz, $16::timestamptz"
        " from who w on conflict do nothing returning id, jsonb_build_object('due', due_at) as detail) " NOTE("made", "opened", "$16");
    Args args = {0};
    char day[16], due[16];
    standing_args(t, &args);
    arg_text(&args, t->feed);
    arg_text(&args, t->roles);
    arg_int(&args, c->party);
    arg_text(&args, c->subject);
    arg_text(&args, c->occasion);
    arg_text(&args, day_text(c->day, day));
    arg_instant(&args, c->at);
    arg_text(&args, c->due_day == NO_DAY ? NULL : day_text(c->due_day, due));
    arg_instant(&args, c->due_at);
    arg_instant(&args, c->closes_at);
    arg_text(&args, c->editions ? c->editions : "");
    arg_instant(&args, now);
    return db_query(db, sql, &args, NULL, err);
}

/* Deliveries of settlements that settle something, with the day the act's period names where it names one. */
#define NEWS \
    "news as (select s.party, s.feed, s.at, e.id, e.period, coalesce(w.last_byte, e.last_byte) as last_byte, case when e.period ~ '^\\d{4}-\\d{2}-\\d{2}$' then e.period::date end as act from nqs.settlement s, unnest(s.envelopes) x join nqs.envelope e on e.id = x" WHOLE_DELIVERY \
    " where s.ordinal > $6 and s.ordinal <= $7 and " SETTLES("e")

#define MET \
    " made as (insert into nqs.duty (obligation, party, occasion, feed, cause_day, cause_at, reading, hash, provisional, state, opened_at, changed_at)" \
    "   select distinct on (n.party, n.period) $1, n.party, n.period, n.feed, coalesce(n.act, (n.last_byte at time zone 'Asia/Almaty')::date), coalesce(n.act at time zone 'Asia/Almaty', n.last_byte)," \
    "   $2, $3, $4::boolean, 'met', $8::timestamptz, $8::timestamptz from news n order by n.party, n.period, n.last_byte on conflict do nothing returning id, party, occasion)," \
    " first as (update nqs.duty d set state = 'met', changed_at = $8::timestamptz from (select party, min(last_byte) as at from news group by 1) n where d.obligation = $1 and d.occasion = 'once' and d.party = n.party" \
    "   and d.state = 'open' returning d.id, d.party)," \
    " f as (select m.id, jsonb_build_object('delivery', n.id, 'at', n.last_byte, 'lag_days', (n.last_byte at time zone 'Asia/Almaty')::date - n.act) as detail from made m" \
    "   join (select distinct on (party, period) * from news order by party, period, last_byte) n on n.party = m.party and n.period = m.occasion" \
    "   union all select f.id, jsonb_build_object('delivery', n.id, 'at', n.last_byte) from first f join (select distinct on (party) * from news order by party, last_byte) n on n.party = f.party) " NOTE("f", "delivered", "$8")

static void news_args(const DutyTerms *t, int64_t after, int64_t upto, Instant now, Args *args)
{
    standing_args(t, args);
    arg_text(args, t->feed);
    arg_int(args, after);
    arg_int(args, upto);
    arg_instant(args, now);
}

Rc duties_met(Db *db, const DutyTerms *t, int64_t after, int64_t upto, Instant now, Error *err)
{
    static const char sql[] = "with " NEWS " and s.feed = $5)," MET;
    Args args = {0};
    news_args(t, after, upto, now, &args);
    return db_query(db, sql, &args, NULL, err);
}

Rc duties_met_before(Db *db, const DutyTerms *t, Instant now, Error *err)
{
    SCOPED(rows_end) Rows rows = {0};
    if (db_query(db, "select coalesce(max(ordinal), 0) from nqs.settlement", NULL, &rows, err))
        return err->rc;
    return duties_met(db, t, 0, rows_int(&rows, 0, 0), now, err);
}

Rc duties_hop(Db *db, const DutyTerms *t, int64_t after, int64_t upto, Instant now, Error *err)
{
    static const char sql[] =
        "with " NEWS " and ($5::text is null or s.feed = $5)),"
        " made as (insert into nqs.duty (obligation, party, occasion, feed, cause_day, cause_at, reading, hash, provisional, opened_at, changed_at)"
        "   select $1, r.party, 'delivery:' || n.id, n.feed, (n.at at time zone 'Asia/Almaty')::date, n.at, $2, $3, $4::boolean, $8::timestamptz, $8::timestamptz from news n"
        "   join nqs.party_role r on r.role = any(" WORDS("$9") ") and r.valid_from <= n.at::date and (r.valid_to is null or r.valid_to >= n.at::date) on conflict do nothing"
        "   returning id, jsonb_build_object('delivery', substr(occasion, 10)) as detail) " NOTE("made", "opened", "$8");
    Args args = {0};
    news_args(t, after, upto, now, &args);
    arg_text(&args, t->roles);
    return db_query(db, sql, &args, NULL, err);
}

Rc duties_causes(Db *db, const char *obligation, bool open, Rows *out, Error *err)
{
    static const char of_open[] = "select " DAYS("cause_day") ", " MICROSECONDS("cause_at") ", count(*) filter (where not extended) from nqs.duty where obligation = $1 and state = 'open' group by cause_day, cause_at order by 1, 2";
    static const char of_closed[] = "select " DAYS("cause_day") ", " MICROSECONDS("cause_at") ", count(*) from nqs.duty where obligation = $1 and due_at is not null and state in ('in_time', 'overdue', 'late', 'missing')"
                                    " group by cause_day, cause_at order by 1, 2";
    Args args = {0};
    arg_text(&args, obligation);
    return db_query(db, open ? of_open : of_closed, &args, out, err);
}

Rc duties_move(Db *db, const DutyTerms *t, const char *causes, const char *why, Instant now, Error *err)
{
    static const char sql[] =
        "with c as (select * from jsonb_to_recordset($5::jsonb) as x(day date, at timestamptz, due_day date, due_at timestamptz, closes_at timestamptz, editions text[])),"
        " was as (select d.id, d.due_at as due_was, d.reading as reading_was, d.provisional as provisional_was, case when d.extended then d.due_day else c.due_day end as due_day,"
        "   case when d.extended then d.due_at else c.due_at end as due_at, case when d.extended then d.closes_at else c.closes_at end as closes_at,"
        "   case when d.extended then d.editions else coalesce(c.editions, '{}') end as editions from nqs.duty d join c on c.day = d.cause_day and c.at = d.cause_at where d.obligation = $1 and d.state = 'open'"
        "   and (d.hash <> $3 or d.provisional <> $4::boolean or (not d.extended and (d.due_at is distinct from c.due_at or d.editions <> coalesce(c.editions, '{}')))) for update of d),"
        " moved as (update nqs.duty d set due_day = w.due_day, due_at = w.due_at, closes_at = w.closes_at, editions = w.editions, reading = $2, hash = $3, provisional = $4::boolean,"
        "   changed_at = $6::timestamptz from was w where d.id = w.id returning d.id, jsonb_build_object('from', w.due_was, 'to', w.due_at, 'why', $7::text) as detail, w.due_was is distinct from w.due_at or d.reading <> w.reading_was or d.provisional <> w.provisional_was as told),"
        " f as (select id, detail from moved where told) " NOTE("f", "moved", "$6");
    Args args = {0};
    standing_args(t, &args);
    arg_text(&args, causes);
    arg_instant(&args, now);
    arg_text(&args, why);
    return db_query(db, sql, &args, NULL, err);
}

Rc duties_replace(Db *db, const char *event, const char *why, Instant now, Error *err)
{
    static const char sql[] =
        "with gone as (update nqs.duty d set state = 'cancelled', changed_at = $3::timestamptz where d.occasion = 'event:' || $1 and d.state = 'open'"
        " returning d.id, jsonb_build_object('why', $2::text) as detail) " NOTE("gone", "cancelled", "$3");
    Args args = {0};
    arg_text(&args, event);
    arg_text(&args, why);
    arg_instant(&args, now);
    return db_query(db, sql, &args, NULL, err);
}

Rc duties_replaced(Db *db, const char *event, const char *by, const char *why, Instant now, Error *err)
{
    static const char sql[] =
        "with gone as (select n.id, jsonb_build_object('from', o.due_at, 'to', n.due_at, 'why', $3::text) as detail from nqs.duty n join nqs.duty o on o.party = n.party and o.subject = n.subject"
        "  where n.occasion = 'event:' || $2 and o.occasion = 'event:' || $1) " NOTE("gone", "moved", "$4");
    Args args = {0};
    arg_text(&args, event);
    arg_text(&args, by);
    arg_text(&args, why);
    arg_instant(&args, now);
    return db_query(db, sql, &args, NULL, err);
}

Rc duties_before(Db *db, const char *obligation, int64_t day, Instant now, Error *err)
{
    static const char sql[] =
        "with gone as (update nqs.duty d set state = 'cancelled', changed_at = $3::timestamptz where d.obligation = $1 and d.cause_day < $2::date and d.state = 'open'"
        " returning d.id, '{\"why\": \"the obligation was not in force yet\"}'::jsonb as detail) " NOTE("gone", "cancelled", "$3");
    Args args = {0};
    char text[16];
    arg_text(&args, obligation);
    arg_text(&args, day_text(day, text));
    arg_instant(&args, now);
    return db_query(db, sql, &args, NULL, err);
}
