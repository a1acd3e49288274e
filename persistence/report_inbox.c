#include "persistence/reports.h"

/* The oldest of each (party, feed) by a loose scan, as where work is looked for (inbox_work.c): a probe each, however long the queue is. */
Rc report_inbox(Db *db, int ms, Rows *out, Error *err)
{
    static const char sql[] =
        "begin read only; set local statement_timeout = '2s';"
        " with recursive head as ((select party, feed, number, envelope from nqs.queue order by party, feed, number limit 1)"
        " union all select n.* from head h, lateral (select party, feed, number, envelope from nqs.queue q where (q.party, q.feed) > (h.party, h.feed)"
        " order by party, feed, number limit 1) n),"
        " oldest as (select h.feed, min(e.committed) as at from head h join nqs.envelope e on e.id = h.envelope group by h.feed),"
        " waiting as (select feed, count(*) as n from nqs.queue group by feed),"
        " aside as (select e.feed, count(*) as n from nqs.set_aside s join nqs.envelope e on e.id = s.envelope group by e.feed),"
        " inbox as (select feed, coalesce(w.n, 0) as waiting, o.at, coalesce(a.n, 0) as aside from waiting w full join aside a using (feed) left join oldest o using (feed))"
        " select i.feed, i.waiting, (extract(epoch from i.at) * 1000000)::bigint, i.aside, (extract(epoch from clock_timestamp()) * 1000000)::bigint,"
        " pg_is_in_recovery() or current_setting('default_transaction_read_only')::boolean from (select) x left join inbox i on true; commit";
    return db_ask(db, sql, ms, out, err);
}
