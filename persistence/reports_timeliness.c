#include "persistence/reports_timeliness.h"
#include "persistence/duties_then.h"

enum { GROUPS_MOST = 10000 };

#define COUNT(state) "count(*) filter (where state = '" state "')"
/* Nothing came of it, so what is asked for is not complete: of at most 50 the BIN is named. */
#define LACKING "state in ('open', 'overdue', 'missing')"

Rc report_timeliness(Db *db, const TimelinessAsked *a, Instant now, Rows *out, Error *err)
{
    static const char sql[] =
        "with each as (select case when $9::boolean then d.feed end as feed, case when $10::boolean then d.occasion end as period, case when $11::boolean then p.bin end as party,"
        "   case when $11::boolean then p.name end as name, p.bin, n.state, d.held, n.provisional,"
        "   (select (l.detail->>'late_seconds')::bigint from nqs.statement l where l.duty = d.id and l.verdict = 'late' and n.state = 'late' order by l.id desc limit 1) as late"
        "   from nqs.duty d left join nqs.party p on p.id = d.party" THEN
        "   where ($1 = 0 or d.party = $1) and not ($2::boolean and n.provisional) and ($3::text is null or p.bin = $3) and ($4::text is null or d.feed = $4) and ($5::text is null or d.occasion = $5)"
        "   and ($7::text is null or d.obligation = $7) and n.due_at <= coalesce($8::timestamptz, $6::timestamptz) and n.state <> 'cancelled' and ($8::timestamptz is null or d.opened_at <= $8::timestamptz)"
        "   and ($12::date is null or n.due_day >= $12::date) and ($13::date is null or n.due_day <= $13::date)),"
        " g as (select feed, period, party, name, count(*) as owed, " COUNT("in_time") " as in_time, " COUNT("late") " as late, " COUNT("overdue") " as overdue, " COUNT("missing") " as missing,"
        "   " COUNT("waived") " as waived, count(*) filter (where state = 'open') as held, count(*) filter (where provisional) as provisional,"
        "   round((percentile_cont(0.5) within group (order by late) filter (where late is not null) / 86400)::numeric, 2) as late_days_median, count(*) filter (where " LACKING ") = 0 as complete,"
        "   (array_agg(distinct bin order by bin) filter (where " LACKING " and bin is not null))[1:50] as lacking from each group by feed, period, party, name)"
        " select json_strip_nulls(json_build_object('feed', feed, 'period', period, 'party', party, 'name', name, 'owed', owed, 'in_time', in_time, 'late', late, 'overdue', overdue, 'missing', missing,"
        "   'waived', waived, 'held', held, 'provisional', provisional, 'late_days_median', late_days_median, 'complete', complete, 'lacking', case when not complete then lacking end))::text,"
        " feed, period, party, name, owed, in_time, late, overdue, missing, waived, held, provisional, late_days_median, complete::text from g order by feed nulls last, period, party limit $14";
    Args args = {0};
    arg_int(&args, a->party);
    arg_text(&args, a->final_only ? "true" : "false");
    arg_text(&args, a->bin);
    arg_text(&args, a->feed);
    arg_text(&args, a->period);
    arg_instant(&args, now);
    arg_text(&args, a->obligation);
    arg_text(&args, a->as_known_at);
    arg_text(&args, a->by_feed ? "true" : "false");
    arg_text(&args, a->by_period ? "true" : "false");
    arg_text(&args, a->by_party ? "true" : "false");
    arg_text(&args, a->from);
    arg_text(&args, a->to);
    arg_int(&args, GROUPS_MOST + 1);
    if (db_query_once(db, sql, &args, out, err))
        return err->rc;
    return rows_n(out) > GROUPS_MOST ? error_refuse(err, "bad_parameter", "by", NULL, NULL) : RC_OK;
}
