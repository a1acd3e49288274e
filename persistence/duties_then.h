/* Duties as they stood at a moment: shared by the reports about them. */
#pragma once
#include "persistence/duties_inside.h"

#define UTC(x) "to_char(" x " at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"

/* Behind nqs.duty d. $2: final statements only. Of what was known at $8 (null: now): the last statement, due moment and cancelling of then. n: due_at, due_day, state, provisional. */
#define THEN \
    " left join lateral (select s.verdict, s.at, s.due_at, s.provisional from nqs.statement s where s.duty = d.id and ($8::timestamptz is null or s.at <= $8::timestamptz) and (not $2::boolean or not s.provisional)" \
    "   and ($8::timestamptz is null or not exists (select from nqs.duty_event e where e.duty = d.id and e.kind in ('reopened', 'extended') and e.at <= $8::timestamptz and e.at >= s.at))" \
    "   order by s.id desc limit 1) s on true" \
    " left join lateral (select e.no, (e.detail->>'to')::timestamptz as due from nqs.duty_event e where e.duty = d.id and e.at <= $8::timestamptz and e.kind in ('moved', 'extended', 'reopened') and e.detail ? 'to' and $8::timestamptz is not null" \
    "   order by e.no desc limit 1) m on true" \
    " left join lateral (select (e.detail->>'due')::timestamptz as due from nqs.duty_event e where e.duty = d.id and e.kind = 'opened' and $8::timestamptz is not null order by e.no limit 1) o on true" \
    " left join lateral (select e.kind from nqs.duty_event e where e.duty = d.id and e.at <= $8::timestamptz and e.kind in ('cancelled', 'reopened') and $8::timestamptz is not null order by e.no desc limit 1) k on true" \
    " cross join lateral (select case when $8::timestamptz is null then d.due_at when m.no is null then o.due else m.due end as due_at," \
    "   case when $8::timestamptz is null then d.state when k.kind = 'cancelled' then 'cancelled' " \
    "   when d.state = 'met' and exists (select from nqs.duty_event e where e.duty = d.id and e.kind = 'delivered' and e.at <= $8::timestamptz) then 'met' else coalesce(s.verdict, 'open') end as state," \
    "   case when $8::timestamptz is null then d.provisional else coalesce(s.provisional, not exists (select from nqs.law_approval a where a.obligation = d.obligation and a.at <= $8::timestamptz)) end as provisional) t" \
    " cross join lateral (select t.*, case when $8::timestamptz is null then d.due_day else ((t.due_at - interval '1 microsecond') at time zone 'Asia/Almaty')::date end as due_day) n"
