#include "persistence/notices.h"
#include "persistence/duties_inside.h"
#include <inttypes.h>
#include <string.h>

Rc notice_round(Db *db, NoticeRound *out, Error *err)
{
    SCOPED(rows_end) Rows rows = {0};
    if (db_query(db, "select " DAYS("day") ", statement from nqs.notice_round for update", NULL, &rows, err))
        return err->rc;
    *out = (NoticeRound){ rows_null(&rows, 0, 0) ? NO_DAY : rows_int(&rows, 0, 0), rows_int(&rows, 0, 1) };
    return RC_OK;
}

Rc notice_round_go_on(Db *db, const NoticeRound *r, Error *err)
{
    Args args = {0};
    char day[16];
    arg_text(&args, day_text(r->day, day));
    arg_int(&args, r->statement);
    return db_query(db, "update nqs.notice_round set day = $1::date, statement = $2", &args, NULL, err);
}

static void terms_json(const NoticeTerm *terms, size_t n, Buffer *out)
{
    char until[INSTANT_TEXT];
    buffer_text(out, "[");
    for (size_t i = 0; i < n; i++)
        buffer_print(out, "%s{\"n\": %d, \"until\": \"%s\"}", i ? ", " : "", terms[i].days, instant_text(terms[i].until, until));
    buffer_text(out, "]");
    buffer_string(out);
}

static Rc statements_upto(Db *db, int64_t after, int64_t *upto, Error *err)
{
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_int(&args, after);
    if (db_query(db, "select coalesce(max(id), $1::bigint) from nqs.statement", &args, &rows, err))
        return err->rc;
    *upto = rows_int(&rows, 0, 0);
    return RC_OK;
}

/* Of several statements about one duty the last is told. A reminder has the fewest days that fit. */
Rc notices_to_tell(Db *db, NoticeRound *round, int64_t day, Instant now, const NoticeTerm *terms, size_t n_terms, Rows *out, Error *err)
{
    static const char sql[] =
        "with t as (select n, until from jsonb_to_recordset($1::jsonb) t(n int, until timestamptz)),"
        " due as (select d.id, min(t.n) as n from nqs.duty d join t on d.due_at <= t.until where d.state = 'open' and d.due_at > $2::timestamptz and d.due_day is not null group by d.id),"
        " soon as (insert into nqs.notice_soon (duty, days, due_day, final, day) select d.id, t.n, d.due_day, not d.provisional, $3::date from due join nqs.duty d using (id) join t on t.n >= due.n"
        "   on conflict do nothing returning duty, days),"
        " said as (select distinct on (s.duty, s.provisional) s.duty, s.verdict, s.provisional, s.due_day from nqs.statement s where s.id > $4 and s.id <= $5 order by s.duty, s.provisional, s.id desc),"
        " tell as (select due.id as duty, 'soon' as what, due.n as days, d.provisional, d.due_day from due join nqs.duty d using (id) join soon on soon.duty = due.id and soon.days = due.n"
        "   union all select duty, verdict, null, provisional, due_day from said)"
        " select coalesce(r.party, 0), p.bin, p.name, p.lang, p.mail, p.webhook, d.id, d.obligation, d.feed, d.occasion, " DAYS("x.due_day") ", x.what, x.days, x.provisional, q.bin"
        " from tell x join nqs.duty d on d.id = x.duty left join nqs.party q on q.id = d.party"
        " cross join lateral (select null::int as party union all select d.party where d.party is not null and not x.provisional) r left join nqs.party p on p.id = r.party"
        " where p.disabled_at is null"
        " order by 1, x.what <> 'soon', x.what, x.due_day, d.obligation, d.occasion, d.id";
    SCOPED(buffer_free) Buffer json = {0};
    char text[16];
    int64_t upto = 0;
    Args args = {0};
    if (statements_upto(db, round->statement, &upto, err))
        return err->rc;
    terms_json(terms, n_terms, &json);
    arg_text(&args, json.at);
    arg_instant(&args, now);
    arg_text(&args, day_text(day, text));
    arg_int(&args, round->statement);
    arg_int(&args, upto);
    round->statement = upto;
    return db_query_once(db, sql, &args, out, err);
}

Rc notice_number(Db *db, int64_t *out, Error *err)
{
    SCOPED(rows_end) Rows rows = {0};
    if (db_query(db, "select nextval('nqs.notice_number')", NULL, &rows, err))
        return err->rc;
    *out = rows_int(&rows, 0, 0);
    return RC_OK;
}

Rc notice_add(Db *db, const NoticeRow *n, Instant now, Error *err)
{
    static const char sql[] = "insert into nqs.notice (number, day, party, channel, address, message_id, told, bytes, next_at, made_at)"
                              " values ($1, $2::date, nullif($3::int, 0), $4, $5, $6, $7::int, $8, $9::timestamptz, $9::timestamptz)";
    Args args = {0};
    char day[16];
    arg_int(&args, n->number);
    arg_text(&args, day_text(n->day, day));
    arg_int(&args, n->party);
    arg_text(&args, n->channel);
    arg_text(&args, n->address);
    arg_text(&args, n->message_id);
    arg_int(&args, n->told);
    arg_bytes(&args, n->bytes, n->n);
    arg_instant(&args, now);
    return db_query(db, sql, &args, NULL, err);
}

Rc notice_due(Db *db, Instant now, Arena *a, NoticeDue *out, Error *err)
{
    static const char sql[] = "select n.number, n.attempts, " MICROSECONDS("n.made_at") ", n.channel, n.address, p.bin, n.message_id, n.bytes from nqs.notice n left join nqs.party p on p.id = n.party"
                              " where n.state = 'waiting' and n.next_at <= $1::timestamptz order by n.next_at, n.number limit 1";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_instant(&args, now);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    if (rows_n(&rows) == 0)
        return RC_END;
    *out = (NoticeDue){ rows_int(&rows, 0, 0), (int)rows_int(&rows, 0, 1), rows_instant(&rows, 0, 2), arena_printf(a, "%s", rows_text(&rows, 0, 3)), arena_printf(a, "%s", rows_text(&rows, 0, 4)),
                        rows_null(&rows, 0, 5) ? NULL : arena_printf(a, "%s", rows_text(&rows, 0, 5)), arena_printf(a, "%s", rows_text(&rows, 0, 6)), NULL, 0 };
    out->bytes = (const char *)rows_bytes(&rows, 0, 7, a, &out->n);
    return RC_OK;
}

Rc notice_tried(Db *db, int64_t number, bool taken, Instant next_at, const char *answer, Instant now, Error *err)
{
    static const char sql[] =
        "with n as (update nqs.notice set attempts = attempts + 1, next_at = $3::timestamptz, answer = $4, sent_at = case when $2::boolean then $5::timestamptz end,"
        "   state = case when $2::boolean then 'sent' when $3::timestamptz is null then 'dead' else 'waiting' end where number = $1 returning attempts)"
        " insert into nqs.notice_attempt (notice, no, at, taken, answer) select $1, (select coalesce(max(no), 0) + 1 from nqs.notice_attempt where notice = $1), $5::timestamptz, $2::boolean, $4 from n";
    Args args = {0};
    arg_int(&args, number);
    arg_text(&args, taken ? "true" : "false");
    arg_instant(&args, next_at);
    arg_text(&args, answer);
    arg_instant(&args, now);
    return db_query(db, sql, &args, NULL, err);
}

Rc notice_retry(Db *db, int64_t number, Instant now, Error *err)
{
    static const char sql[] = "with n as (select state from nqs.notice where number = $1 for update), u as (update nqs.notice set state = 'waiting', attempts = 0, next_at = $2::timestamptz"
                              " from n where number = $1 and n.state <> 'sent') select state from n";
    SCOPED(rows_end) Rows rows = {0};
    char text[24];
    Args args = {0};
    arg_int(&args, number);
    arg_instant(&args, now);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    snprintf(text, sizeof text, "%" PRId64, number);
    if (rows_n(&rows) == 0)
        return error_refuse(err, "not_found", text, NULL, NULL);
    return strcmp(rows_text(&rows, 0, 0), "sent") == 0 ? error_refuse(err, "bad_parameter", "number", NULL, NULL) : RC_OK;
}
