/* Deliveries of many messages. */
#include "persistence/marks.h"
#include <stdio.h>
#include <string.h>

static Rc same(const char *what, const char *was, const char *is, Error *err)
{
    return strcmp(was, is) == 0 ? RC_OK : error_refuse(err, "disagree", what, was, is);
}

static Rc same_end(const Rows *rows, int64_t expected, Error *err)
{
    char is[24];
    snprintf(is, sizeof is, "%lld", (long long)expected);
    return expected < 0 || rows_null(rows, 0, 4) ? RC_OK : same("records", rows_text(rows, 0, 4), is, err);
}

Rc stream_open(Db *db, const Stream *s, Instant now, char id[ID_SIZE], Error *err)
{
    static const char sql[] =
        "with n as (insert into nqs.stream (id, party, feed, supplier_id, period, kind, opened_at, held) values ($1::uuid, $2, $3, $4, $5, $6, $7::timestamptz, $8::boolean)"
        " on conflict do nothing returning id, period, kind, state, expected)"
        " select id, period, kind, state, expected from n union all select id, period, kind, state, expected from nqs.stream where party = $2 and feed = $3 and supplier_id = $4";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    char fresh[ID_SIZE];
    random_uuid(fresh);
    arg_text(&args, fresh);
    arg_int(&args, s->party);
    arg_text(&args, s->about->feed);
    arg_text(&args, s->supplier_id);
    arg_text(&args, s->about->period);
    arg_text(&args, s->about->kind);
    arg_instant(&args, now);
    arg_text(&args, s->held ? "t" : "f");
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    if (rows_n(&rows) == 0)
        return error_set(err, RC_RETRY, "the delivery is being begun by another process");
    if (same("period", rows_text(&rows, 0, 1), s->about->period, err) || same("kind", rows_text(&rows, 0, 2), s->about->kind, err) || same_end(&rows, s->expected, err))
        return err->rc;
    if (*rows_text(&rows, 0, 3) != 'o')
        return error_refuse(err, "stream_complete", s->supplier_id, NULL, NULL);
    snprintf(id, ID_SIZE, "%s", rows_text(&rows, 0, 0));
    return RC_OK;
}

/* A stream is locked while it is counted, so that of several processes one does it. Only messages that came since are a reason to count again: what is still missing may never come.
   The end of one that is worked as it comes waits for its batches: its protocol sums theirs up. */
Rc streams_complete(Db *db, Instant now, int *n, Error *err)
{
    static const char sql[] =
        "with s as (select id, head, expected, messages, held, counted, counted_at from nqs.stream where state = 'open' and expected is not null and messages >= expected"
        "  and (counted_at is distinct from messages or counted >= expected) for update skip locked),"
        " n as (select s.*, case when counted_at = messages then counted else"
        "  (select count(distinct substr(b.ids, 8 * i + 1, 8)) from nqs.kafka_batch b, generate_series(0, length(b.ids) / 8 - 1) i where b.stream = s.id) end as events from s),"
        " c as (select n.*, events >= expected and (held or not exists (select from nqs.kafka_batch b join nqs.envelope e on e.id = b.envelope where b.stream = n.id"
        "  and e.state in ('kept', 'set_aside'))) as whole from n),"
        " u as (update nqs.stream x set counted = c.events, counted_at = c.messages, state = case when c.whole then 'complete' else 'open' end,"
        " completed_at = case when c.whole then $1::timestamptz end from c where x.id = c.id and (c.whole or x.counted_at is distinct from c.messages)),"
        " e as (update nqs.envelope e set state = 'kept' from c where e.id = c.head and c.whole and e.state = 'part' returning e.id, e.party, e.feed, e.number),"
        " q as (insert into nqs.queue (party, feed, number, envelope) select party, feed, number, id from e) select count(*) from e";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_instant(&args, now);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    *n = (int)rows_int(&rows, 0, 0);
    return RC_OK;
}

Rc stream_batches(Db *db, const char *stream, Buffer *out, Error *err)
{
    static const char sql[] = "select envelope from nqs.kafka_batch where stream = $1::uuid order by cluster, topic, partition, first";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_text(&args, stream);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    for (int i = 0; i < rows_n(&rows); i++)
        buffer_print(out, "%s ", rows_text(&rows, i, 0));
    buffer_string(out);
    return RC_OK;
}

Rc stream_sum(Db *db, const char *stream, Error *err)
{
    static const char sql[] =
        "update nqs.envelope e set counts = t.counts, findings = t.findings from (select s.head, array[sum(x.counts[1]), sum(x.counts[2]), sum(x.counts[3]), sum(x.counts[4]), sum(x.counts[5]),"
        "  sum(x.counts[6])]::int[] as counts, sum(x.findings)::int as findings from nqs.stream s join nqs.kafka_batch b on b.stream = s.id join nqs.envelope x on x.id = b.envelope"
        "  where s.id = $1::uuid group by s.head) t where e.id = t.head";
    Args args = {0};
    arg_text(&args, stream);
    return db_query(db, sql, &args, NULL, err);
}

Rc stream_part(Db *db, const char *delivery, PartOf what, int64_t at, StreamPart *out, Error *err)
{
    static const char sql[] =
        "select x.id, $3 - x.upto + x.n, x.n from (select e.id, n.n, sum(n.n) over (order by b.cluster, b.topic, b.partition, b.first)::bigint as upto from nqs.stream s join nqs.kafka_batch b on b.stream = s.id"
        "  join nqs.envelope e on e.id = b.envelope, lateral (select case when s.head = e.id then 0 when $2 = 'findings' then coalesce(e.findings, 0) else coalesce(e.last_seq - e.first_seq + 1, 0) end::bigint as n) n"
        "  where s.head = $1::uuid and not s.held) x where x.upto > $3 order by x.upto limit 1";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_text(&args, delivery);
    arg_text(&args, what == PART_FINDINGS ? "findings" : "records");
    arg_int(&args, at);
    *out = (StreamPart){ .at = at };
    snprintf(out->id, sizeof out->id, "%s", delivery);
    Rc rc = db_query(db, sql, &args, &rows, err);
    if (rc || rows_n(&rows) == 0)           /* not err->rc: it may still say what happened before */
        return rc;
    snprintf(out->id, sizeof out->id, "%s", rows_text(&rows, 0, 0));
    out->at = rows_int(&rows, 0, 1);
    out->n = rows_int(&rows, 0, 2);
    return RC_OK;
}
