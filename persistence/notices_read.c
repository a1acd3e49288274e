#include "persistence/notices.h"
#include "persistence/duties_inside.h"
#include <inttypes.h>
#include <stdio.h>

#define ITEM(more) \
    "json_build_object('number', n.number, 'day', n.day, 'party', p.bin, 'channel', n.channel, 'state', n.state, 'tells', n.told, 'attempts', n.attempts, 'made_at', n.made_at, 'sent_at', n.sent_at," \
    " 'next_at', n.next_at, 'answer', n.answer, 'address', n.address" more ")"

Rc notices_list(Db *db, const char *bin, bool failing, int64_t before, unsigned limit, Buffer *out, Error *err)
{
    static const char sql[] =
        "select json_build_object('notices', coalesce(json_agg(x.item order by x.number desc), '[]'), 'next', case when count(*) = $4::int then min(x.number) end)::text from"
        " (select n.number, " ITEM("") " as item from nqs.notice n left join nqs.party p on p.id = n.party where ($1::text is null or p.bin = $1) and ($3::bigint = 0 or n.number < $3::bigint)"
        " and (not $2::boolean or n.state = 'dead' or (n.state = 'waiting' and n.attempts > 0)) order by n.number desc limit $4::int) x";
    Args args = {0};
    arg_text(&args, bin);
    arg_text(&args, failing ? "true" : "false");
    arg_int(&args, before);
    arg_int(&args, limit);
    return db_json(db, sql, &args, out, err);
}

static Rc number_missing(int64_t number, Error *err)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, number);
    return error_refuse(err, "not_found", text, NULL, NULL);
}

Rc notice_show(Db *db, int64_t number, Buffer *json, Buffer *bytes, Error *err)
{
    static const char sql[] =
        "select " ITEM(", 'message_id', n.message_id, 'attempted', (select coalesce(json_agg(json_build_object('at', a.at, 'taken', a.taken, 'answer', a.answer) order by a.no), '[]')"
        " from nqs.notice_attempt a where a.notice = n.number)") "::text, n.bytes from nqs.notice n left join nqs.party p on p.id = n.party where n.number = $1";
    SCOPED(arena_free) Arena *a = arena_new();
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    size_t n;
    arg_int(&args, number);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    if (rows_n(&rows) == 0)
        return number_missing(number, err);
    buffer_text(json, rows_text(&rows, 0, 0));
    const unsigned char *kept = rows_bytes(&rows, 0, 1, a, &n);
    buffer_add(bytes, (const char *)kept, n);
    return RC_OK;
}

Rc notices_report(Db *db, int ms, int64_t *failing, int64_t *dead, Instant *oldest, Error *err)
{
    static const char sql[] = "begin read only; set local statement_timeout = '2s';"
                              " select count(*) filter (where state = 'waiting' and attempts > 0), count(*) filter (where state = 'dead'), " MICROSECONDS("min(made_at) filter (where state = 'waiting')")
                              " from nqs.notice where state <> 'sent'; commit";
    SCOPED(rows_end) Rows rows = {0};
    if (db_ask(db, sql, ms, &rows, err))
        return err->rc;
    *failing = rows_int(&rows, 0, 0);
    *dead = rows_int(&rows, 0, 1);
    *oldest = rows_instant(&rows, 0, 2);
    return RC_OK;
}
