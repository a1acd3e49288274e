#include "persistence/letters.h"

#define LETTER "o.id, (extract(epoch from o.since) * 1000000)::bigint, o.reference, o.recipient, o.attempts"
#define DUE "o.route = $1 and o.state = 'waiting' and not exists (select from nqs.outbox w where w.route = $1 and w.recipient = o.recipient and w.state = 'waiting' and w.next_at > $2::timestamptz)"

/* A batch of a larger delivery is none: that one's end is, its head. */
#define INTO "insert into nqs.outbox (route, subject, reference, recipient, since) select '" LETTERS_OF_DELIVERIES "', 'delivery', e.id, p.bin, $1::timestamptz from "
#define WHOLE " join nqs.party p on p.id = e.party left join nqs.kafka_batch b on b.envelope = e.id left join nqs.stream s on s.id = b.stream" \
              " where (s.id is null or s.head = e.id) and ($2::boolean or e.source = 'kafka')"

static Rc tell(Db *db, const char *sql, bool all, Instant now, const char *ids, Error *err)
{
    Args args = {0};
    arg_instant(&args, now);
    arg_text(&args, all ? "true" : "false");
    if (ids)
        arg_text(&args, ids);
    return db_query(db, sql, &args, NULL, err);
}

Rc letters_closed(Db *db, const Claimed *c, bool all, Instant now, Error *err)
{
    SCOPED(buffer_free) Buffer ids = {0};
    claimed_ids(c, &ids);
    return tell(db, INTO "nqs.envelope e" WHOLE " and e.id = any($3::uuid[]) and e.state in ('settled', 'refused') order by e.number", all, now, ids.at, err);
}

Rc letters_aside(Db *db, bool all, Instant now, Error *err)
{
    SCOPED(rows_end) Rows rows = {0};
    if (db_query(db, "select 1 from nqs.set_aside where not told limit 1", NULL, &rows, err))
        return err->rc;
    if (rows_n(&rows) == 0)             /* mostly, and then nothing is written */
        return RC_OK;
    return tell(db, "with t as (update nqs.set_aside set told = true where not told returning envelope) " INTO "t join nqs.envelope e on e.id = t.envelope" WHOLE " order by e.number", all, now, NULL, err);
}

static Rc due(Db *db, const char *sql, const char *route, Instant now, unsigned most, Rows *out, Error *err)
{
    Args args = {0};
    arg_text(&args, route);
    arg_instant(&args, now);
    arg_int(&args, most);
    return db_query(db, sql, &args, out, err);
}

Rc letters_of_deliveries(Db *db, Instant now, unsigned most, Rows *out, Error *err)
{
    return due(db, "select " LETTER ", e.party, p.lang from nqs.outbox o join nqs.envelope e on e.id = o.reference join nqs.party p on p.id = e.party where " DUE
                   " order by o.recipient, o.id limit $3", LETTERS_OF_DELIVERIES, now, most, out, err);
}

Rc letters_of_dead(Db *db, Instant now, unsigned most, Rows *out, Error *err)
{
    return due(db, "select " LETTER ", d.topic, d.partition, d.\"offset\", d.code from nqs.outbox o join nqs.kafka_dead d on d.id = o.reference where " DUE
                   " order by o.id limit $3", LETTERS_OF_DEAD, now, most, out, err);
}

static void ids_arg(const LettersOf *l, Buffer *ids, Args *args)
{
    for (int i = l->first; i < l->first + l->n; i++)
        buffer_print(ids, "%c%s", ids->len ? ',' : '{', rows_text(l->rows, i, LETTER_ID));
    buffer_text(ids, "}");
    arg_text(args, buffer_string(ids));
}

Rc letters_sent(Db *db, const LettersOf *l, Instant now, Error *err)
{
    static const char sql[] =
        "with sent as (delete from nqs.outbox where id = any($1::bigint[]) returning 1)"
        " insert into nqs.route (name, ordinal, sent_at, events) select $2, 0, $3::timestamptz, count(*) from sent"
        " on conflict (name) do update set sent_at = excluded.sent_at, events = nqs.route.events + excluded.events";
    SCOPED(buffer_free) Buffer ids = {0};
    Args args = {0};
    ids_arg(l, &ids, &args);
    arg_text(&args, l->route);
    arg_instant(&args, now);
    return db_query(db, sql, &args, NULL, err);
}

Rc letters_later(Db *db, const LettersOf *l, Instant next_at, const char *why, Error *err)
{
    SCOPED(buffer_free) Buffer ids = {0};
    Args args = {0};
    ids_arg(l, &ids, &args);
    arg_instant(&args, next_at);
    arg_text(&args, why);
    return db_query(db, "update nqs.outbox set attempts = attempts + 1, next_at = $2::timestamptz, error = $3 where id = any($1::bigint[])", &args, NULL, err);
}

Rc letters_dead(Db *db, const LettersOf *l, const char *why, Error *err)
{
    SCOPED(buffer_free) Buffer ids = {0};
    Args args = {0};
    ids_arg(l, &ids, &args);
    arg_text(&args, why);
    return db_query(db, "update nqs.outbox set state = 'dead', attempts = attempts + 1, next_at = null, events = 1, error = $2 where id = any($1::bigint[])", &args, NULL, err);
}
