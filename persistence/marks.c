#include "persistence/marks.h"
#include "persistence/text_array.h"
#include <stdio.h>
#include <string.h>

void mark_args(const Mark *m, int64_t next, Args *args)
{
    arg_text(args, m->cluster);
    arg_text(args, m->topic);
    arg_int(args, m->partition);
    arg_int(args, m->first);
    arg_int(args, next);
}

Rc mark_moved(const Mark *m, Error *err)
{
    char partition[16], first[24];
    snprintf(partition, sizeof partition, "%d", m->partition);
    snprintf(first, sizeof first, "%lld", (long long)m->first);
    return error_refuse(err, "mark_moved", m->topic, partition, first);
}

Rc mark_read(Db *db, const Mark *partition, const int64_t *beginning, int64_t *next, char *trouble, size_t size, Error *err)
{
    static const char look[] = "select next, trouble from nqs.kafka_mark where cluster = $1 and topic = $2 and partition = $3";
    static const char make[] =
        "with n as (insert into nqs.kafka_mark (cluster, topic, partition, next) values ($1, $2, $3, $4) on conflict do nothing returning next, trouble)"
        " select next, trouble from n union all select next, trouble from nqs.kafka_mark where cluster = $1 and topic = $2 and partition = $3";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_text(&args, partition->cluster);
    arg_text(&args, partition->topic);
    arg_int(&args, partition->partition);
    if (beginning)
        arg_int(&args, *beginning);
    if (db_query(db, beginning ? make : look, &args, &rows, err))
        return err->rc;
    if (rows_n(&rows) == 0)
        return !beginning ? RC_END : error_set(err, RC_RETRY, "the mark of %s [%d] is being made by another process", partition->topic, partition->partition);
    *next = rows_int(&rows, 0, 0);
    snprintf(trouble, size, "%s", rows_text(&rows, 0, 1));
    return RC_OK;
}

Rc mark_pass(Db *db, const Mark *m, Error *err)
{
    static const char sql[] = "update nqs.kafka_mark set next = $5 where cluster = $1 and topic = $2 and partition = $3 and next = $4";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    mark_args(m, m->next, &args);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    return rows_affected(&rows) ? RC_OK : mark_moved(m, err);
}

Rc mark_stop(Db *db, const Mark *m, const char *why, Instant now, Error *err)
{
    static const char sql[] = "update nqs.kafka_mark set trouble = $5, since = coalesce(since, $6::timestamptz) where cluster = $1 and topic = $2 and partition = $3 and next = $4";
    Args args = {0};
    arg_text(&args, m->cluster);
    arg_text(&args, m->topic);
    arg_int(&args, m->partition);
    arg_int(&args, m->first);
    arg_text(&args, why);
    arg_instant(&args, now);
    return db_query(db, sql, &args, NULL, err);
}

enum { READ_TOPIC, READ_PARTITION, READ_ENDS, READ_AT, READ_CELLS };

static void read_cell(const MarkRead *m, int which, Buffer *out)
{
    char at[INSTANT_TEXT];
    switch (which) {
    case READ_TOPIC:     buffer_text(out, m->topic); break;
    case READ_PARTITION: buffer_print(out, "%d", m->partition); break;
    case READ_ENDS:      buffer_print(out, "%lld", (long long)m->ends); break;
    default:             buffer_text(out, m->read ? instant_text(m->read, at) : "");
    }
    buffer_string(out);
}

Rc marks_read(Db *db, const char *cluster, const MarkRead *at, size_t n, Error *err)
{
    static const char sql[] =
        "update nqs.kafka_mark k set ends = u.ends::bigint, read_at = greatest(read_at, nullif(u.read, '')::timestamptz)"
        " from unnest($2::text[], $3::text[], $4::text[], $5::text[]) u(topic, partition, ends, read) where k.cluster = $1 and k.topic = u.topic and k.partition = u.partition::int";
    SCOPED(buffer_free) Buffer cells = {0}, text = {0};
    size_t begin[READ_CELLS + 1];
    Args args = {0};
    for (int which = 0; which < READ_CELLS; which++) {
        begin[which] = text_array_begin(&cells, n);
        for (size_t i = 0; i < n; i++) {
            buffer_clear(&text);
            read_cell(&at[i], which, &text);
            text_array_item(&cells, text.at, text.len);
        }
    }
    begin[READ_CELLS] = cells.len;
    arg_text(&args, cluster);
    for (int which = 0; which < READ_CELLS; which++)
        arg_bytes(&args, cells.at + begin[which], begin[which + 1] - begin[which]);
    return db_query(db, sql, &args, NULL, err);
}

Rc mark_bury(Db *db, const Mark *m, const Burial *b, Instant now, Error *err)
{
    static const char sql[] =
        "with m as (update nqs.kafka_mark set next = $5 where cluster = $1 and topic = $2 and partition = $3 and next = $4 returning 1),"
        " d as (insert into nqs.kafka_dead (id, at, cluster, topic, partition, \"offset\", feed, month, key, code, args, bytes)"
        "  select $6::uuid, $7::timestamptz, $1, $2, $3, $5 - 1, $8, $9::date, $10::bytea, $11, $12::text[], $13::bytea[] from m returning id, at),"
        " o as (insert into nqs.outbox (route, subject, reference, recipient, since) select $14, 'dead_message', id, '', at from d where $14::text is not null)"
        " select 1 from d";
    SCOPED(rows_end) Rows rows = {0};
    SCOPED(buffer_free) Buffer list = {0};
    Args args = {0};
    mark_args(m, m->next, &args);
    arg_text(&args, b->a->id);
    arg_instant(&args, now);
    arg_text(&args, b->a->about.feed);
    arg_text(&args, b->a->month);
    arg_bytes(&args, b->a->wrapped, sizeof b->a->wrapped);
    arg_text(&args, b->why->code);
    text_array_begin(&list, ERROR_ARGS);
    for (int i = 0; i < ERROR_ARGS; i++)
        text_array_item(&list, b->why->arg[i], strlen(b->why->arg[i]));
    arg_bytes(&args, list.at, list.len);
    arg_bytes(&args, b->parts->at, b->parts->len);
    arg_text(&args, b->route);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    return rows_n(&rows) ? RC_OK : mark_moved(m, err);
}

Rc mark_resume(Db *db, const char *topic, int partition, int64_t next, int64_t *was, Error *err)
{
    static const char sql[] = "update nqs.kafka_mark m set next = $3, trouble = null, since = null from nqs.kafka_mark b where m.topic = $1 and m.partition = $2 and m.trouble is not null"
                              " and b.cluster = m.cluster and b.topic = m.topic and b.partition = m.partition returning b.next";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    char number[16];
    arg_text(&args, topic);
    arg_int(&args, partition);
    arg_int(&args, next);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    snprintf(number, sizeof number, "%d", partition);
    if (rows_n(&rows) == 0)
        return error_refuse(err, "kafka_not_stopped", topic, number, NULL);
    *was = rows_int(&rows, 0, 0);
    return RC_OK;
}

Rc marks_list(Db *db, Rows *out, Error *err)
{
    return db_query(db, "select cluster, topic, partition, next, trouble, to_char(since at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') from nqs.kafka_mark order by 1, 2, 3", NULL, out, err);
}

Rc marks_report(Db *db, int ms, Rows *out, Error *err)
{
    static const char sql[] =
        "begin read only; set local statement_timeout = '2s';"
        " select null, null, (select count(*) from nqs.stream where state = 'open'), (select count(*) from nqs.kafka_dead), (select (extract(epoch from min(opened_at)) * 1000000)::bigint from nqs.stream where state = 'open')"
        " union all (select topic, partition, greatest(ends - next, 0), (trouble is not null)::int, (extract(epoch from read_at) * 1000000)::bigint from nqs.kafka_mark order by topic, partition limit 5000); commit";
    return db_ask(db, sql, ms, out, err);
}

static Rc json_list(Db *db, const char *sql, const Args *args, Buffer *json, Error *err)
{
    SCOPED(rows_end) Rows rows = {0};
    if (db_query(db, sql, args, &rows, err))
        return err->rc;
    buffer_text(json, rows_text(&rows, 0, 0));
    return RC_OK;
}

Rc streams_list(Db *db, Instant now, Buffer *json, Error *err)
{
    static const char sql[] =
        "select coalesce(json_agg(x order by x.opened_at), '[]')::text from (select p.bin as party, s.feed, s.supplier_id as delivery, s.period, s.kind, s.opened_at,"
        " extract(epoch from $1::timestamptz - s.opened_at)::bigint as age_seconds, s.messages, s.expected, s.expected - coalesce(s.counted, least(s.messages, s.expected)) as missing, s.held"
        " from nqs.stream s join nqs.party p on p.id = s.party where s.state = 'open') x";
    Args args = {0};
    arg_instant(&args, now);
    return json_list(db, sql, &args, json, err);
}

Rc buried_list(Db *db, int limit, Buffer *json, Error *err)
{
    static const char sql[] = "select coalesce(json_agg(x order by x.at desc), '[]')::text from (select id, at, topic, partition, \"offset\", code, args from nqs.kafka_dead order by at desc limit $1::int) x";
    Args args = {0};
    arg_int(&args, limit);
    return json_list(db, sql, &args, json, err);
}
