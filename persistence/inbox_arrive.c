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
    char place[128], sql[640];
    unsigned char key[KEY_SIZE], wrapped[WRAPPED_SIZE];
    Args args = {0};
    random_bytes(key, sizeof key);
    key_place(a, place);
    vault_wrap(v, place, key, wrapped);
    snprintf(sql, sizeof sql,
             "begin; select pg_advisory_xact_lock(7391002);"
             "do $$ begin if to_regclass('nqs.envelope_part_%.4s%.2s') is null then"
             " create table nqs.envelope_part_%.4s%.2s partition of nqs.envelope_part for values in ('%s');"
             " alter table nqs.envelope_part_%.4s%.2s alter column bytes set storage external; end if; end $$; commit",
             a->month, a->month + 5, a->month, a->month + 5, a->month, a->month, a->month + 5);
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

Rc inbox_key_fits(Db *db, Vault *v, Error *err)
{
    static const char sql[] = "select wrapped, feed, to_char(month, 'YYYY-MM-DD') from nqs.raw_key where wrapped is not null order by month desc, feed limit 1";
    SCOPED(rows_end) Rows rows = {0};
    unsigned char key[KEY_SIZE];
    char place[128];
    Arrival a = {0};
    Rc rc = db_query_bytes(db, sql, NULL, &rows, err);
    if (rc || rows_n(&rows) == 0)
        return rc;
    snprintf(a.about.feed, sizeof a.about.feed, "%s", rows_text(&rows, 0, 1));
    snprintf(a.month, sizeof a.month, "%s", rows_text(&rows, 0, 2));
    key_place(&a, place);
    if (vault_unwrap(v, place, (const unsigned char *)rows_text(&rows, 0, 0), (size_t)PQgetlength(rows.pg, 0, 0), key, err))
        return error_set(err, RC_FATAL, "the key file is not the one this database was written under: what is kept cannot be read with it");
    return RC_OK;
}

/* The first part begins the upload; a later one only goes on with one that is still there, so that what the sweeper took is not kept with holes. */
Rc inbox_part(Db *db, Arrival *a, const Buffer *part, Instant now, Error *err)
{
    static const char sql[] =
        "with n as (insert into nqs.upload (id, party, feed, month, key, begun_at, seen_at) select $1::uuid, $2, $3, $4::date, $5, $6::timestamptz, $6::timestamptz"
        " where $7::int = 0 returning id), u as (update nqs.upload set seen_at = $6::timestamptz where id = $1::uuid and $7::int > 0 returning id)"
        " insert into nqs.envelope_part (month, envelope, no, bytes) select $4::date, id, $7::int, $8 from (select id from n union all select id from u) x";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_text(&args, a->id);
    arg_int(&args, a->party);
    arg_text(&args, a->about.feed);
    arg_text(&args, a->month);
    arg_bytes(&args, a->wrapped, sizeof a->wrapped);
    arg_instant(&args, now);
    arg_int(&args, a->parts);
    arg_bytes(&args, part->at, part->len);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    if (rows_affected(&rows) != 1)
        return error_set(err, RC_RETRY, "the upload was swept: nothing was heard of it for too long");
    a->parts++;
    return RC_OK;
}

/* Only what still is an upload: when the deciding commit was made after all, though its answer never came, the upload's row is gone and the parts are an envelope's. */
Rc inbox_drop(Db *db, const Arrival *a, Error *err)
{
    static const char sql[] = "with u as (delete from nqs.upload where id = $1::uuid returning id, month)"
                              " delete from nqs.envelope_part x using u where x.month = u.month and x.envelope = u.id";
    Args args = {0};
    arg_text(&args, a->id);
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
