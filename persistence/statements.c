#include "persistence/statements.h"
#include "persistence/duties_inside.h"
#include <inttypes.h>

Rc statement_add(Db *db, const Statement *s, Instant now, int64_t *id, Error *err)
{
    static const char sql[] =
        "with d as (update nqs.duty set state = $2, held = null, changed_at = $3::timestamptz where id = $1)"
        " insert into nqs.statement (duty, at, verdict, provisional, reading, hash, due_day, due_at, editions, tz, envelope, event, evidence, moment, moment_at, detail)"
        " values ($1, $3::timestamptz, $2, $4::boolean, $5, $6, $7::date, $8::timestamptz, " WORDS("$9") ", $10, $11::uuid, $12::uuid, $13::bytea, $14, $15::timestamptz, $16::jsonb) returning id";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    char day[16];
    const Duty *d = s->duty;
    const Proof *p = s->proof && s->proof->id[0] ? s->proof : NULL;
    arg_int(&args, d->id);
    arg_text(&args, s->verdict);
    arg_instant(&args, now);
    arg_text(&args, d->provisional ? "true" : "false");
    arg_text(&args, d->reading);
    arg_text(&args, d->hash);
    arg_text(&args, d->due_day == NO_DAY ? NULL : day_text(d->due_day, day));
    arg_instant(&args, d->due_at);
    arg_text(&args, d->editions ? d->editions : "");
    arg_text(&args, s->tz);
    arg_text(&args, p && !p->event ? p->id : NULL);
    arg_text(&args, p && p->event ? p->id : NULL);
    arg_bytes(&args, p && p->has_digest ? p->digest : NULL, DIGEST_SIZE);
    arg_text(&args, s->moment);
    arg_instant(&args, s->moment_at);
    arg_text(&args, s->detail ? s->detail : "{}");
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    *id = rows_int(&rows, 0, 0);
    return RC_OK;
}

Rc counterfactual_add(Db *db, int64_t statement, const char *by, const char *verdict, int64_t due_day, Instant due_at, Instant now, Error *err)
{
    static const char sql[] = "insert into nqs.counterfactual (statement, by, at, verdict, due_day, due_at) values ($1, $2, $3::timestamptz, $4, $5::date, $6::timestamptz) on conflict do nothing";
    Args args = {0};
    char day[16];
    arg_int(&args, statement);
    arg_text(&args, by);
    arg_instant(&args, now);
    arg_text(&args, verdict);
    arg_text(&args, due_day == NO_DAY ? NULL : day_text(due_day, day));
    arg_instant(&args, due_at);
    return db_query(db, sql, &args, NULL, err);
}

Rc counterfactuals_add(Db *db, const char *obligation, const char *hash, const char *causes, const char *by, Instant now, Error *err)
{
    static const char sql[] =
        "insert into nqs.counterfactual (statement, by, at, verdict, due_day, due_at) select s.id, $4, $5::timestamptz,"
        " case when s.moment_at < c.due_at then 'in_time' when s.moment_at is not null then 'late' when c.due_at <= $5::timestamptz then 'overdue' else 'open' end, c.due_day, c.due_at"
        " from jsonb_to_recordset($3::jsonb) as c(day date, at timestamptz, due_day date, due_at timestamptz)"
        " join nqs.duty d on d.cause_day = c.day and d.cause_at = c.at and d.obligation = $1 and d.hash = $2 and not d.extended and d.state in ('in_time', 'overdue', 'late', 'missing')"
        " join lateral (select * from nqs.statement s where s.duty = d.id order by s.id desc limit 1) s on s.due_at is distinct from c.due_at on conflict do nothing";
    Args args = {0};
    arg_text(&args, obligation);
    arg_text(&args, hash);
    arg_text(&args, causes);
    arg_text(&args, by);
    arg_instant(&args, now);
    return db_query(db, sql, &args, NULL, err);
}

Rc statements_verify(Db *db, int64_t *n, Error *err)
{
    static const char sql[] =
        "select count(*), min(id) filter (where not good) from (select s.id, previous = coalesce(lag(digest) over (order by id), '\\x00')"
        " and digest = nqs.statement_digest(previous, s) as good from nqs.statement s) x";
    SCOPED(rows_end) Rows rows = {0};
    if (db_query(db, sql, NULL, &rows, err))
        return err->rc;
    *n = rows_int(&rows, 0, 0);
    if (!rows_null(&rows, 0, 1))
        return error_set(err, RC_REJECT, "the chain of statements is broken at row %" PRId64, rows_int(&rows, 0, 1));
    return RC_OK;
}
