#include "persistence/support.h"
#include "persistence/duties_inside.h"
#include "persistence/vault.h"
#include <stdio.h>

#define COLUMNS \
    "s.number, coalesce(s.file_size, 0), " DAYS("s.day") ", s.id, p.bin, s.class, s.event, to_char(s.answered_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), " MICROSECONDS("s.submitted_at") ", s.party, s.data"
enum { WIDTH = 11 };

static void arg_value(Args *args, Value v) { arg_bytes(args, v.text, v.len); }

static Rc support_again(Db *db, const Support *s, const unsigned char *hash, int64_t *number, Error *err)
{
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    char text[24];
    arg_int(&args, s->owner);
    arg_text(&args, s->message_id);
    arg_bytes(&args, hash, HASH_SIZE);
    if (db_query(db, "select number, hash = $3 from nqs.support_request where party = $1 and message_id = $2", &args, &rows, err))
        return err->rc;
    if (rows_n(&rows) == 0)
        return error_set(err, RC_RETRY, "a support request with this message id came and went");
    *number = rows_int(&rows, 0, 0);
    snprintf(text, sizeof text, "%lld", (long long)*number);
    return *rows_text(&rows, 0, 1) == 't' ? RC_OK : error_refuse(err, "repeat_other_content", s->message_id, text, NULL);
}

Rc support_write(Db *db, Support *s, const unsigned char *hash, bool *repeat, Error *err)
{
    static const char sql[] =
        "insert into nqs.support_request (id, party, message_id, hash, submitted_at, day, data, text, file, file_size)"
        " values ($1::uuid, $2, $3, $4, $5::timestamptz, $6::date, $7, $8, $9, nullif($10::int, 0)) on conflict (party, message_id) do nothing returning number";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    char day[16];
    arg_text(&args, s->id);
    arg_int(&args, s->owner);
    arg_text(&args, s->message_id);
    arg_bytes(&args, hash, HASH_SIZE);
    arg_instant(&args, s->at);
    arg_text(&args, day_text(s->day, day));
    for (int i = 0; i < SUPPORT_SEALED; i++)
        arg_value(&args, s->sealed[i]);
    arg_int(&args, s->file_size);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    *repeat = rows_n(&rows) == 0;
    if (*repeat)
        return support_again(db, s, hash, &s->number, err);
    s->number = rows_int(&rows, 0, 0);
    return RC_OK;
}

Rc support_class_set(Db *db, int64_t number, const char *class_, const char *event, Error *err)
{
    Args args = {0};
    arg_int(&args, number);
    arg_text(&args, class_);
    arg_text(&args, event);
    return db_query(db, "update nqs.support_request set class = $2, event = $3::uuid where number = $1", &args, NULL, err);
}

Rc support_answer_set(Db *db, int64_t number, Value answer, Instant now, Error *err)
{
    Args args = {0};
    arg_int(&args, number);
    arg_value(&args, answer);
    arg_instant(&args, now);
    return db_query(db, "update nqs.support_request set answer = $2, answered_at = $3::timestamptz where number = $1", &args, NULL, err);
}

static const char *text_of(const Rows *r, int i, int col, Arena *a) { return rows_null(r, i, col) ? NULL : arena_printf(a, "%s", rows_text(r, i, col)); }

static Value value_of(const Rows *r, int i, int col, Arena *a)
{
    Value v = {0};
    if (!rows_null(r, i, col))
        v.text = (const char *)rows_bytes(r, i, col, a, &v.len);
    return v;
}

static void support_read(const Rows *r, int i, Arena *a, Support *s)
{
    *s = (Support){ .number = rows_int(r, i, 0), .file_size = rows_int(r, i, 1), .day = rows_int(r, i, 2), .id = text_of(r, i, 3, a), .party = text_of(r, i, 4, a), .class_ = text_of(r, i, 5, a),
                    .event = text_of(r, i, 6, a), .answered = text_of(r, i, 7, a), .at = rows_instant(r, i, 8), .owner = (int)rows_int(r, i, 9) };
    s->sealed[SUPPORT_DATA] = value_of(r, i, 10, a);
}

Rc support_find(Db *db, int64_t number, int owner, bool lock, Arena *a, Support *out, Error *err)
{
    static const char read[] = "select " COLUMNS ", s.text, s.file, s.answer from nqs.support_request s join nqs.party p on p.id = s.party where s.number = $1 and ($2::int = 0 or s.party = $2)",
                      locked[] = "select " COLUMNS " from nqs.support_request s join nqs.party p on p.id = s.party where s.number = $1 and ($2::int = 0 or s.party = $2) for update of s";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_int(&args, number);
    arg_int(&args, owner);
    if (db_query(db, lock ? locked : read, &args, &rows, err))
        return err->rc;
    if (rows_n(&rows) == 0)
        return error_refuse(err, "not_found", NULL, NULL, NULL);
    support_read(&rows, 0, a, out);
    if (lock)
        return RC_OK;
    out->sealed[SUPPORT_TEXT] = value_of(&rows, 0, WIDTH, a);
    out->sealed[SUPPORT_FILE] = value_of(&rows, 0, WIDTH + 1, a);
    out->answer = value_of(&rows, 0, WIDTH + 2, a);
    return RC_OK;
}

Rc support_history(Db *db, int64_t number, Arena *a, const char **json, Error *err)
{
    static const char sql[] =
        "select coalesce(json_agg(json_build_object('event', id, 'type', type, 'at', reported_at, 'reason', nullif(ground, ''), 'by', reported_by) order by reported_at, id), '[]')::text"
        " from nqs.event where subject = $1 and type like 'support-request%'";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)number);
    arg_text(&args, text);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    *json = text_of(&rows, 0, 0, a);
    return RC_OK;
}

Rc supports_list(Db *db, int owner, int64_t before, unsigned limit, Arena *a, Supports *out, Error *err)
{
    static const char sql[] =
        "select " COLUMNS " from nqs.support_request s join nqs.party p on p.id = s.party where ($1::int = 0 or s.party = $1) and ($2::bigint = 0 or s.number < $2) order by s.number desc limit $3";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_int(&args, owner);
    arg_int(&args, before);
    arg_int(&args, limit);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    out->n = (size_t)rows_n(&rows);
    out->at = arena_alloc(a, (out->n + 1) * sizeof *out->at);
    for (size_t i = 0; i < out->n; i++)
        support_read(&rows, (int)i, a, &out->at[i]);
    return RC_OK;
}

Rc role_holder(Db *db, const char *role, int64_t day, int *party, Error *err)
{
    static const char sql[] = "select distinct party from nqs.party_role where role = $1 and valid_from <= $2::date and (valid_to is null or valid_to >= $2::date) limit 2";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    char text[16];
    arg_text(&args, role);
    arg_text(&args, day_text(day, text));
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    *party = rows_n(&rows) == 1 ? (int)rows_int(&rows, 0, 0) : 0;
    return RC_OK;
}
