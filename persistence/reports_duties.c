#include "persistence/reports_duties.h"
#include "persistence/duties_then.h"
#include <string.h>

Rc report_duties(Db *db, const DutiesAsked *a, Rows *out, Error *err)
{
    static const char sql[] =
        "select json_build_object('duty', d.id, 'obligation', d.obligation, 'party', p.bin, 'name', p.name, 'subject', nullif(d.subject, ''), 'feed', d.feed, 'period', d.occasion,"
        " 'due_day', n.due_day, 'due', " UTC("n.due_at") ", 'state', n.state, 'provisional', n.provisional, 'extended', d.extended, 'held', d.held,"
        " 'said_at', " UTC("s.at") ")::text, coalesce(n.due_at, 'infinity')::text, d.id,"
        " d.id, p.bin, p.name, d.feed, d.occasion, d.obligation, n.due_day, " UTC("n.due_at") ", n.state, n.provisional::text, d.extended::text, d.held, " UTC("s.at")
        " from nqs.duty d left join nqs.party p on p.id = d.party" THEN
        " where ($1 = 0 or d.party = $1) and not ($2::boolean and n.provisional) and ($3::text is null or p.bin = $3) and ($4::text is null or d.feed = $4) and ($5::text is null or d.occasion = $5)"
        " and ($6::text is null or n.state = $6) and ($7::text is null or d.obligation = $7) and ($8::timestamptz is null or d.opened_at <= $8::timestamptz)"
        " and ($9::timestamptz is null or (n.state = 'open' and n.due_at < $9::timestamptz)) and ($10::timestamptz is null or (coalesce(n.due_at, 'infinity'), d.id) > ($10::timestamptz, $11))"
        " order by coalesce(n.due_at, 'infinity'), d.id limit $12";
    Args args = {0};
    arg_int(&args, a->party);
    arg_text(&args, a->final_only ? "true" : "false");
    arg_text(&args, a->bin);
    arg_text(&args, a->feed);
    arg_text(&args, a->period);
    arg_text(&args, a->state);
    arg_text(&args, a->obligation);
    arg_text(&args, a->as_known_at);
    arg_text(&args, a->due_before);
    arg_text(&args, a->after_due);
    arg_int(&args, a->after_id);
    arg_int(&args, a->limit);
    return db_query_once(db, sql, &args, out, err);
}

Rc report_due_days(Db *db, int party, Instant since, Arena *a, DutyDays *out, Error *err)
{
    static const char sql[] =
        "select d.id, " DAYS("d.due_day") ", d.state, d.feed, d.occasion, d.obligation, to_char(d.changed_at at time zone 'UTC', 'YYYYMMDD\"T\"HH24MISS\"Z\"'),"
        " (select count(*) from nqs.duty_event e where e.duty = d.id and e.kind in ('moved', 'extended', 'cancelled', 'reopened'))"
        " from nqs.duty d where d.party = $1 and not d.provisional and d.due_day is not null and d.due_at >= $2::timestamptz order by d.due_at, d.id limit 5000";
    SCOPED(rows_end) Rows r = {0};
    Args args = {0};
    arg_int(&args, party);
    arg_instant(&args, since);
    if (db_query(db, sql, &args, &r, err))
        return err->rc;
    *out = (DutyDays){ arena_alloc(a, ((size_t)rows_n(&r) + 1) * sizeof *out->at), (size_t)rows_n(&r) };
    for (int i = 0; i < rows_n(&r); i++)
        out->at[i] = (DutyDay){ rows_int(&r, i, 0), rows_int(&r, i, 1), arena_printf(a, "%s", rows_text(&r, i, 2)), rows_null(&r, i, 3) ? NULL : arena_printf(a, "%s", rows_text(&r, i, 3)),
                                arena_printf(a, "%s", rows_text(&r, i, 4)), arena_printf(a, "%s", rows_text(&r, i, 5)), arena_printf(a, "%s", rows_text(&r, i, 6)), (int)rows_int(&r, i, 7) };
    return RC_OK;
}

static Rc list(Db *db, const char *sql, const Args *args, Arena *a, const char **out, Error *err)
{
    SCOPED(rows_end) Rows rows = {0};
    if (db_query(db, sql, args, &rows, err))
        return err->rc;
    *out = arena_printf(a, "%s", rows_text(&rows, 0, 0));
    return RC_OK;
}

static Rc sent(Db *db, const char *delivery, Arena *a, const char **out, Error *err)
{
    static const char sql[] =
        "with s as (select s.ordinal, s.feed from nqs.envelope e join nqs.settlement s on s.id = e.settlement where e.id = $1::uuid),"
        " taken as (select t.route, t.at from s join nqs.sent t on t.ordinal = s.ordinal and not t.snapshot union all"
        "   select t.route, t.at from s join nqs.sent t on t.ordinal >= s.ordinal and t.snapshot join nqs.settlement x on x.ordinal = t.ordinal and x.feed = s.feed)"
        " select coalesce(json_agg(json_build_object('publication', route, 'at', " UTC("at") ") order by at, route), '[]')::text from (select route, min(at) as at from taken group by 1) t";
    Args args = {0};
    arg_text(&args, delivery);
    return list(db, sql, &args, a, out, err);
}

Rc report_duty(Db *db, const Duty *d, bool final_only, Arena *a, DutyHistory *out, Error *err)
{
    static const char events[] =
        "select coalesce(json_agg(json_build_object('at', " UTC("at") ", 'kind', kind, 'detail', detail) order by no), '[]')::text from nqs.duty_event where duty = $1";
    static const char statements[] =
        "select coalesce(json_agg(json_build_object('statement', s.id, 'at', " UTC("s.at") ", 'verdict', s.verdict, 'provisional', s.provisional, 'reading', s.reading, 'hash', s.hash, 'due', " UTC("s.due_at") ","
        " 'calendar', s.editions, 'tz', s.tz, 'delivery', s.envelope, 'event', s.event, 'evidence', encode(s.evidence, 'hex'), 'moment', s.moment, 'moment_at', s.moment_at, 'detail', s.detail,"
        " 'digest', encode(s.digest, 'hex'), 'otherwise', (select coalesce(json_agg(json_build_object('by', c.by, 'at', " UTC("c.at") ", 'verdict', c.verdict, 'due', " UTC("c.due_at") ") order by c.at, c.by), '[]')"
        "   from nqs.counterfactual c where c.statement = s.id)) order by s.id), '[]')::text from nqs.statement s where s.duty = $1 and not ($2::boolean and s.provisional)";
    static const char deliveries[] =
        "select coalesce(json_agg(json_build_object('delivery', id, 'number', number, 'kind', kind, 'state', state, 'last_byte', last_byte, 'committed', committed) order by number), '[]')::text"
        " from (select * from nqs.envelope e where party = $1 and feed = $2 and period = $3 and not " IS_BATCH("e") " order by number limit 1000) e";
    static const char attempts[] =
        "select coalesce(json_agg(json_build_object('minute', minute, 'turned_away', n, 'feed_said', feed <> '') order by minute, feed), '[]')::text from nqs.turned_away t"
        " where t.party = $1 and t.feed in ($2, '') and t.minute between $3::timestamptz - interval '7 days' and $3::timestamptz + interval '1 day'";
    static const char of_delivery[] = "delivery:";
    const char *delivery = strncmp(d->occasion, of_delivery, strlen(of_delivery)) == 0 ? d->occasion + strlen(of_delivery) : NULL;
    Args one = {0}, of = {0}, when = {0};
    arg_int(&one, d->id);
    Args two = one;
    arg_text(&two, final_only ? "true" : "false");
    arg_int(&of, d->party);
    arg_text(&of, d->feed);
    *out = (DutyHistory){0};
    when = of;
    arg_text(&of, d->occasion);
    arg_instant(&when, d->due_at);
    return list(db, events, &one, a, &out->events, err) || list(db, statements, &two, a, &out->statements, err) || list(db, deliveries, &of, a, &out->deliveries, err)
        || list(db, attempts, &when, a, &out->attempts, err) || (delivery && sent(db, delivery, a, &out->sent, err)) ? err->rc : RC_OK;
}
