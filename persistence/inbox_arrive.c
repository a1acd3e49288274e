#include "persistence/inbox.h"
#include <stdio.h>
#include <string.h>

static void key_place(const Arrival *a, char out[128]) { snprintf(out, 128, "raw key %s %s", a->about.feed, a->month); }
static void envelope_key_place(const Arrival *a, char out[128]) { snprintf(out, 128, "envelope %s", a->id); }

static Rc month_key(Db *db, Vault *v, const Arrival *a, unsigned char key[KEY_SIZE], bool *missing, Error *err)
{
    static const char sql[] = "select wrapped from nqs.raw_key where feed = $1 and month = $2::date";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    char place[128];
    *missing = false;
    key_place(a, place);
    if (vault_recall(v, place, key))
        return RC_OK;
    arg_text(&args, a->about.feed);
    arg_text(&args, a->month);
    if (db_query_bytes(db, sql, &args, &rows, err))
        return err->rc;
    *missing = rows_n(&rows) == 0;
    if (*missing)
        return RC_OK;
    if (rows_null(&rows, 0, 0))
        return error_set(err, RC_FATAL, "the raw key of %s %s was destroyed", a->about.feed, a->month);
    if (vault_unwrap(v, place, (const unsigned char *)rows_text(&rows, 0, 0), (size_t)PQgetlength(rows.pg, 0, 0), key, err))
        return err->rc;
    vault_remember(v, place, key);
    return RC_OK;
}

static Rc make_month(Db *db, const Vault *v, const Arrival *a, Error *err)
{
    char place[128], sql[512];
    unsigned char key[KEY_SIZE], wrapped[WRAPPED_SIZE];
    Args args = {0};
    random_bytes(key, sizeof key);
    key_place(a, place);
    vault_wrap(v, place, key, wrapped);
    snprintf(sql, sizeof sql,
             "begin; select pg_advisory_xact_lock(7391002);"
             "create table if not exists nqs.envelope_part_%.4s%.2s partition of nqs.envelope_part for values in ('%s');"
             "alter table nqs.envelope_part_%.4s%.2s alter column bytes set storage external; commit",
             a->month, a->month + 5, a->month, a->month, a->month + 5);
    if (db_exec(db, sql, err)) {
        Error late = {0};
        return db_connected(db) && db_exec(db, "rollback", &late) ? late.rc : err->rc;
    }
    arg_text(&args, a->about.feed);
    arg_text(&args, a->month);
    arg_bytes(&args, wrapped, sizeof wrapped);
    return db_query(db, "insert into nqs.raw_key (feed, month, wrapped) values ($1, $2::date, $3) on conflict do nothing", &args, NULL, err);
}

Rc inbox_key(Db *db, Vault *v, Arrival *a, Error *err)
{
    unsigned char month[KEY_SIZE];
    char place[128];
    bool missing;
    if (month_key(db, v, a, month, &missing, err))
        return err->rc;
    if (missing && (make_month(db, v, a, err) || month_key(db, v, a, month, &missing, err)))
        return err->rc;
    envelope_key_place(a, place);
    seal(month, place, a->key, KEY_SIZE, a->wrapped);
    return RC_OK;
}

Rc inbox_part(Db *db, Arrival *a, const Buffer *part, Instant now, Error *err)
{
    static const char sql[] =
        "with u as (insert into nqs.upload (id, party, feed, month, key, begun_at, seen_at) values ($1, $2, $3, $4::date, $5, $6::timestamptz, $6::timestamptz)"
        " on conflict (id) do update set seen_at = excluded.seen_at)"
        " insert into nqs.envelope_part (month, envelope, no, bytes) values ($4::date, $1, $7, $8)";
    Args args = {0};
    arg_text(&args, a->id);
    arg_int(&args, a->party);
    arg_text(&args, a->about.feed);
    arg_text(&args, a->month);
    arg_bytes(&args, a->wrapped, sizeof a->wrapped);
    arg_instant(&args, now);
    arg_int(&args, a->parts);
    arg_bytes(&args, part->at, part->len);
    if (db_query(db, sql, &args, NULL, err))
        return err->rc;
    a->parts++;
    return RC_OK;
}

Rc inbox_precedent(Db *db, const Arrival *a, const char *message_id, bool ask_idle, Arena *arena, Precedent *out, Error *err)
{
    static const char sql[] =
        "with p as (select id, digest_payload, receipt, number from nqs.envelope where $1::text is not null and party = $2 and message_id = $1"
        " union all (select id, digest_payload, receipt, number from nqs.envelope where $1::text is null and party = $2 and feed = $3 and period = $4 and kind = $5"
        " order by number desc limit 1))"
        " select nextval('nqs.delivery_number'), $6::boolean and not exists (select from nqs.queue), p.id, p.digest_payload, p.receipt, p.number"
        " from (select) one left join p on true";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    size_t n;
    arg_text(&args, message_id);
    arg_int(&args, a->party);
    arg_text(&args, a->about.feed);
    arg_text(&args, a->about.period);
    arg_text(&args, a->about.kind);
    arg_text(&args, ask_idle ? "t" : "f");
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    *out = (Precedent){ .number = rows_int(&rows, 0, 0), .idle = *rows_text(&rows, 0, 1) == 't' };
    if (rows_null(&rows, 0, 2))
        return RC_OK;
    const unsigned char *digest = rows_bytes(&rows, 0, 3, arena, &n);
    bool same = n == DIGEST_SIZE && memcmp(digest, a->digest_payload, DIGEST_SIZE) == 0;
    out->repeat = same;
    out->other_content = !same && message_id;
    if (!same)
        return RC_OK;
    snprintf(out->id, sizeof out->id, "%s", rows_text(&rows, 0, 2));
    out->receipt = (const char *)rows_bytes(&rows, 0, 4, arena, &out->receipt_len);
    out->first_number = rows_int(&rows, 0, 5);
    return RC_OK;
}

static const char *const format_names[] = { "xml", "json", "ndjson" };
static const char *const form_names[] = { "whole", "element", "text" };

static void keep_args(Args *args, const Arrival *a, const Meta *m)
{
    arg_text(args, a->id);
    arg_int(args, a->party);
    arg_text(args, a->about.feed);
    arg_text(args, a->about.period);
    arg_text(args, a->about.kind);
    arg_text(args, m->source);
    arg_text(args, format_names[a->format]);
    arg_text(args, m->message_id);
    arg_text(args, m->reply_to);
    arg_text(args, a->month);
    arg_bytes(args, a->wrapped, sizeof a->wrapped);
    arg_int(args, a->parts);
    arg_int(args, (int64_t)a->kept_bytes);
    arg_text(args, form_names[a->form]);
    arg_int(args, (int64_t)a->payload_offset);
    arg_int(args, (int64_t)a->payload_length);
    arg_text(args, a->xml_prologue);
    arg_bytes(args, a->digest_payload, DIGEST_SIZE);
    arg_instant(args, m->sender_date);
    arg_instant(args, m->transport_date);
    arg_instant(args, m->first_byte);
    arg_instant(args, m->last_byte);
}

Rc inbox_keep(Db *db, const Arrival *a, const Buffer *last_part, const Meta *m, int64_t number, Instant committed, const char *receipt, size_t receipt_len,
              Error *err)
{
    static const char sql[] =
        "with e as (insert into nqs.envelope (id, party, feed, period, kind, source, format, message_id, reply_to, month, key, parts, kept_bytes, payload_form,"
        " payload_offset, payload_length, xml_prologue, digest_payload, sender_date, transport_date, first_byte, last_byte, number, committed, receipt)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::date, $11, $12::int + 1, $13, $14, $15, $16, $17, $18, $19::timestamptz, $20::timestamptz,"
        " $21::timestamptz, $22::timestamptz, $23, $24::timestamptz, $25)"
        " on conflict (party, message_id) where message_id is not null do nothing returning id),"
        " p as (insert into nqs.envelope_part (month, envelope, no, bytes) select $10::date, e.id, $12::int, $26 from e),"
        " q as (insert into nqs.queue (party, feed, number, envelope) select $2, $3, $23, e.id from e),"
        " u as (delete from nqs.upload where $12::int > 0 and id in (select id from e))"
        " select 1 from e";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    keep_args(&args, a, m);
    arg_int(&args, number);
    arg_instant(&args, committed);
    arg_bytes(&args, receipt, receipt_len);
    arg_bytes(&args, last_part->at, last_part->len);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    return rows_n(&rows) ? RC_OK : RC_END;
}

Rc inbox_drop(Db *db, const Arrival *a, Error *err)
{
    static const char sql[] = "with p as (delete from nqs.envelope_part where month = $2::date and envelope = $1) delete from nqs.upload where id = $1";
    Args args = {0};
    arg_text(&args, a->id);
    arg_text(&args, a->month);
    return db_query(db, sql, &args, NULL, err);
}

/* The upload's row is locked first: one that is being kept at this moment is skipped. */
Rc inbox_sweep(Db *db, Instant older_than, int *removed, Error *err)
{
    static const char sql[] =
        "with old as (select id, month from nqs.upload where seen_at < $1::timestamptz for update skip locked),"
        " p as (delete from nqs.envelope_part x using old where x.month = old.month and x.envelope = old.id),"
        " u as (delete from nqs.upload x using old where x.id = old.id returning 1) select count(*) from u";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_instant(&args, older_than);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    *removed = (int)rows_int(&rows, 0, 0);
    return RC_OK;
}

Rc inbox_done(Db *db, const char *const *ids, size_t n, bool *done, Error *err)
{
    static const char sql[] = "select id from nqs.envelope where id = any($1::uuid[]) and state <> 'kept'";
    SCOPED(rows_end) Rows rows = {0};
    SCOPED(buffer_free) Buffer list = {0};
    Args args = {0};
    for (size_t i = 0; i < n; i++)
        buffer_print(&list, "%c%s", i ? ',' : '{', ids[i]);
    buffer_text(&list, n ? "}" : "{}");
    arg_text(&args, buffer_string(&list));
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        done[i] = false;
        for (int r = 0; r < rows_n(&rows) && !done[i]; r++)
            done[i] = strcmp(ids[i], rows_text(&rows, r, 0)) == 0;
    }
    return RC_OK;
}
