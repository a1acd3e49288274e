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

/* A stream is locked while it is counted, so that of several processes one does it. Only messages that came since are a reason to count again: what is still missing may never come. */
Rc streams_complete(Db *db, Instant now, int *n, Error *err)
{
    static const char sql[] =
        "with s as (select id, head, expected, messages from nqs.stream where state = 'open' and expected is not null and messages >= expected and counted_at is distinct from messages"
        " for update skip locked),"
        " c as (select s.*, (select count(distinct substr(b.ids, 8 * i + 1, 8)) from nqs.kafka_batch b, generate_series(0, length(b.ids) / 8 - 1) i where b.stream = s.id) as events from s),"
        " u as (update nqs.stream x set counted = c.events, counted_at = c.messages, state = case when c.events >= c.expected then 'complete' else 'open' end,"
        " completed_at = case when c.events >= c.expected then $1::timestamptz end from c where x.id = c.id),"
        " e as (update nqs.envelope e set state = 'kept' from c where e.id = c.head and c.events >= c.expected and e.state = 'part' returning e.id, e.party, e.feed, e.number),"
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
