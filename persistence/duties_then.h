/* Duties as they stood at a moment: shared by the reports about them. */
#pragma once
#include "persistence/duties_inside.h"

#define UTC(x) "to_char(" x " at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"

/* Behind nqs.duty d. $2: final statements only. Of what was known at $8 (null: now): the last statement, due moment and cancelling of then. */
#define THEN \
    " left join lateral (select s.verdict, s.at, s.due_at, s.provisional from nqs.statement s where s.duty = d.id and ($8::timestamptz is null or s.at <= $8::timestamptz) and (not $2::boolean or not s.provisional)" \
    "   order by s.id desc limit 1) s on true" \
    " left join lateral (select (e.detail->>'to')::timestamptz as due from nqs.duty_event e where e.duty = d.id and e.at <= $8::timestamptz and e.kind in ('moved', 'extended') and $8::timestamptz is not null" \
    "   order by e.no desc limit 1) m on true" \
    " left join lateral (select (e.detail->>'due')::timestamptz as due from nqs.duty_event e where e.duty = d.id and e.kind = 'opened' and $8::timestamptz is not null order by e.no limit 1) o on true" \
    " left join lateral (select e.kind from nqs.duty_event e where e.duty = d.id and e.at <= $8::timestamptz and e.kind in ('cancelled', 'reopened') and $8::timestamptz is not null order by e.no desc limit 1) k on true" \
    " cross join lateral (select case when $8::timestamptz is null then d.due_at else coalesce(m.due, o.due) end as due_at," \
    "   case when $8::timestamptz is null then d.state when k.kind = 'cancelled' then 'cancelled' else coalesce(s.verdict, case when d.state = 'met' then 'met' else 'open' end) end as state) n"
