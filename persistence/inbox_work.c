#include "gateway/model/format.h"
#include "gateway/model/metrics.h"
#include "persistence/inbox.h"
#include "persistence/inbox_inside.h"
#include "gateway/base/log.h"
#include <stdio.h>
#include <string.h>

#define COLUMNS "e.id, e.month, e.number, e.period, e.kind, e.format, e.payload_form, e.xml_prologue, e.kept_bytes, e.payload_offset, e.payload_length," \
                " e.parts, case when q.counted = pg_postmaster_start_time() then q.attempt else 0 end, e.source, e.key, k.wrapped, e.party, e.feed, e.mapping," \
                " (extract(epoch from e.committed) * 1000000)::bigint," \
                " " STREAM("s.held") ", " STREAM("not s.held")
#define STREAM(which) "case when e.format = 'kafka' then (select s.id from nqs.stream s where s.head = e.id and " which ") end"
#define FROM " from nqs.envelope e left join nqs.queue q on q.party = e.party and q.feed = e.feed and q.number = e.number join nqs.raw_key k on k.feed = e.feed and k.month = e.month "

static PayloadForm form_read(const char *s) { return *s == 'w' ? PAYLOAD_WHOLE : *s == 'e' ? PAYLOAD_ELEMENT : PAYLOAD_TEXT; }
static const char *text_or_null(const Rows *r, int row, int col, Arena *a)
{
    return rows_null(r, row, col) ? NULL : arena_printf(a, "%s", rows_text(r, row, col));
}

static Rc envelope_key(const Vault *v, const Rows *r, int row, Envelope *e, Arena *a, Error *err)
{
    size_t n, len;
    unsigned char month[KEY_SIZE];
    char place[160];
    const unsigned char *wrapped = rows_bytes(r, row, 15, a, &n);
    if (!wrapped)
        return error_set(err, RC_FATAL, "envelope %s: the key of its month was destroyed", e->id);
    snprintf(place, sizeof place, "raw key %s %s", rows_text(r, row, 17), e->month);
    if (vault_unwrap(v, place, wrapped, n, month, err))
        return err->rc;
    const unsigned char *own = rows_bytes(r, row, 14, a, &n);
    snprintf(place, sizeof place, "envelope %s", e->id);
    if (n != WRAPPED_SIZE)
        return error_set(err, RC_FATAL, "%s: its key has %zu bytes", place, n);
    return unseal(month, place, own, n, e->key, &len, err);
}

static Rc envelope_read(const Vault *v, const Rows *r, int row, Arena *a, Envelope *e, Error *err)
{
    snprintf(e->id, sizeof e->id, "%s", rows_text(r, row, 0));
    snprintf(e->month, sizeof e->month, "%s", rows_text(r, row, 1));
    e->number = rows_int(r, row, 2);
    e->period = text_or_null(r, row, 3, a);
    e->kind = kind_read(rows_text(r, row, 4));
    if (!format_by_name(rows_text(r, row, 5), &e->format))
        return error_set(err, RC_FATAL, "envelope %s: no format is named %s", e->id, rows_text(r, row, 5));
    e->form = form_read(rows_text(r, row, 6));
    e->xml_prologue = text_or_null(r, row, 7, a);
    e->kept_bytes = (uint64_t)rows_int(r, row, 8);
    e->payload_offset = (uint64_t)rows_int(r, row, 9);
    e->payload_length = (uint64_t)rows_int(r, row, 10);
    e->parts = (int)rows_int(r, row, 11);
    e->attempt = (int)rows_int(r, row, 12);
    e->source = text_or_null(r, row, 13, a);
    e->mapping = text_or_null(r, row, 18, a);
    e->committed = rows_instant(r, row, 19);
    e->stream = text_or_null(r, row, 20, a);
    e->sums = text_or_null(r, row, 21, a);
    return envelope_key(v, r, row, e, a, err);
}

Rc envelope_find(Db *db, const Vault *v, const char *id, Arena *a, Envelope *out, int *party, const char **feed, Error *err)
{
    static const char sql[] = "select " COLUMNS FROM "where e.id = $1::uuid";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_text(&args, id);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    if (rows_n(&rows) == 0)
        return error_refuse(err, "not_found", id, NULL, NULL);
    *party = (int)rows_int(&rows, 0, 16);
    *feed = text_or_null(&rows, 0, 17, a);
    return envelope_read(v, &rows, 0, a, out, err);
}

/* Which (party, feed) has work, oldest first: a loose scan of the queue's index, one probe a pair however long the queue is. Planned anew each time: a plan made
   while the queue was short would read all of it. */
static const char heads[] =
    "with recursive head as ((select party, feed, number from nqs.queue order by party, feed, number limit 1)"
    " union all select n.* from head h, lateral (select party, feed, number from nqs.queue q where (q.party, q.feed) > (h.party, h.feed)"
    " order by party, feed, number limit 1) n)"
    " select h.party, p.bin, h.feed, hashtextextended(h.feed, h.party) from head h join nqs.party p on p.id = h.party order by h.number";

/* *up_to: the number up to which nothing of this party and feed is on its way any more. The last one drawn is read first, then the locks of those who have some of
   them in hand (inbox_precedents): what else is not kept by then was drawn later. */
static Rc lane_lock(Db *db, int64_t key, bool *got, int64_t *up_to, Error *err)
{
    static const char sql[] =
        "select got, case when got then (select least(d.last_value, (select min(d.last_value - ((d.last_value - l.objid::bigint) & " INBOX_31_BITS ")) from pg_locks l"
        " where l.locktype = 'advisory' and l.classid = ($1::bigint & " INBOX_31_BITS ")::oid and l.objsubid = 2"
        " and l.database = (select oid from pg_database where datname = current_database()))) from nqs.delivery_number d) end"
        " from (select pg_try_advisory_lock($1::bigint) as got offset 0) x";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_int(&args, key);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    *got = *rows_text(&rows, 0, 0) == 't';
    *up_to = rows_null(&rows, 0, 1) ? 0 : rows_int(&rows, 0, 1);
    return RC_OK;
}

void inbox_release(Db *db, const Claimed *c)
{
    Error late = {0};
    Args args = {0};
    arg_int(&args, c->lock);
    /* With its connection the lock goes too: what cannot be unlocked is dropped, or nobody else could ever take it. */
    if (db_connected(db) && db_query(db, "select pg_advisory_unlock($1::bigint)", &args, NULL, &late))
        db_drop(db);
}

static size_t group_size(const Rows *rows)
{
    int64_t bytes = 0;
    int n = 0;
    while (n < rows_n(rows)) {
        bytes += rows_int(rows, n, 8);
        bool joins = strcmp(rows_text(rows, n, 4), "changes") == 0 && bytes <= GROUP_BYTES && rows_int(rows, n, 11) == 1 && rows_int(rows, n, 12) == 0 && rows_null(rows, n, 20);
        if (n && !joins)
            break;
        n++;
        if (!joins)
            break;
    }
    return (size_t)n;
}

static Rc set_aside(Db *db, const char *id, Error *err)
{
    static const char sql[] = "with e as (update nqs.envelope set state = 'set_aside' where id = $1::uuid and state = 'kept' returning party, feed, number),"
                              " s as (insert into nqs.set_aside values ($1::uuid) on conflict do nothing)"
                              " delete from nqs.queue q using e where q.party = e.party and q.feed = e.feed and q.number = e.number";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_text(&args, id);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    metrics_count(METRIC_SET_ASIDE, 0, rows_affected(&rows));
    return RC_OK;
}

static void number_list(const Claimed *c, Buffer *out)
{
    for (size_t i = 0; i < c->n; i++)
        buffer_print(out, "%c%lld", i ? ',' : '{', (long long)c->at[i].number);
    buffer_text(out, "}");
    buffer_string(out);
}

/* $1 party, $2 feed, $3 numbers: the claimed rows of the queue. */
static void queue_args(const Claimed *c, Buffer *numbers, Args *args)
{
    number_list(c, numbers);
    arg_int(args, c->party);
    arg_text(args, c->feed);
    arg_text(args, numbers->at);
}

void claimed_ids(const Claimed *c, Buffer *out)
{
    for (size_t i = 0; i < c->n; i++)
        buffer_print(out, "%c%s", i ? ',' : '{', c->at[i].id);
    buffer_text(out, "}");
    buffer_string(out);
}

static Rc count_attempts(Db *db, Claimed *c, Error *err)
{
    static const char sql[] = "update nqs.queue set attempt = case when counted = pg_postmaster_start_time() then attempt else 0 end + 1,"
                              " counted = pg_postmaster_start_time() where party = $1 and feed = $2 and number = any($3::bigint[])";
    SCOPED(buffer_free) Buffer numbers = {0};
    Args args = {0};
    queue_args(c, &numbers, &args);
    return db_query(db, sql, &args, NULL, err);
}

Rc inbox_uncount(Db *db, const Claimed *c, Error *err)
{
    static const char sql[] = "update nqs.queue set attempt = attempt - 1 where party = $1 and feed = $2 and number = any($3::bigint[]) and attempt > 0";
    SCOPED(buffer_free) Buffer numbers = {0};
    Args args = {0};
    queue_args(c, &numbers, &args);
    return db_query(db, sql, &args, NULL, err);
}

Rc inbox_uncount_late(Db *db, const Claimed *c, bool *done, Error *err)
{
    int64_t up_to;
    if (lane_lock(db, c->lock, done, &up_to, err) || !*done)
        return err->rc;
    Rc rc = inbox_uncount(db, c, err);
    inbox_release(db, c);
    return rc;
}

/* One that cannot even be read is counted and passed over: it ends set aside, and the others go on. */
static Rc unreadable(const Claimed *c, size_t i, const Error *err)
{
    metrics_count(METRIC_WORK_FAILURES, FAILURE_FAULT, 1);
    log_event(LOG_WARNING, "delivery_failed", "delivery", c->at[i].id, "party", c->bin, "feed", c->feed, "error", err->text, NULL);
    return RC_END;
}

/* After a failed attempt members go one by one, so that the one that kills does not take the others along. */
static Rc claim_envelopes(Db *db, const Vault *v, Arena *a, int64_t up_to, Claimed *c, Error *err)
{
    static const char sql[] =
        "select " COLUMNS " from (select * from nqs.queue where party = $1 and feed = $2 and number <= $3 order by number limit 128) q join nqs.envelope e on e.id = q.envelope"
        " join nqs.raw_key k on k.feed = e.feed and k.month = e.month order by q.number";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_int(&args, c->party);
    arg_text(&args, c->feed);
    arg_int(&args, up_to);
    if (db_query_once(db, sql, &args, &rows, err))
        return err->rc;
    if (rows_n(&rows) == 0)
        return RC_END;
    if (rows_int(&rows, 0, 12) >= ATTEMPTS)
        return set_aside(db, rows_text(&rows, 0, 0), err) ? err->rc : RC_END;
    c->n = rows_int(&rows, 0, 12) ? 1 : group_size(&rows);
    c->at = arena_alloc(a, c->n * sizeof *c->at);
    for (size_t i = 0; i < c->n; i++)
        c->at[i].number = rows_int(&rows, (int)i, 2);
    if (count_attempts(db, c, err))
        return err->rc;
    for (size_t i = 0; i < c->n; i++) {
        if (envelope_read(v, &rows, (int)i, a, &c->at[i], err))
            return unreadable(c, i, err);
        c->at[i].attempt++;
    }
    return RC_OK;
}

Rc inbox_claim(Db *db, const Vault *v, Arena *a, const Resting *resting, Claimed *out, Error *err)
{
    SCOPED(rows_end) Rows rows = {0};
    if (db_query_once(db, heads, NULL, &rows, err))
        return err->rc;
    for (int i = 0; i < rows_n(&rows); i++) {
        bool got;
        int64_t up_to;
        Claimed c = { .party = (int)rows_int(&rows, i, 0), .feed = text_or_null(&rows, i, 2, a), .lock = rows_int(&rows, i, 3) };
        snprintf(c.bin, sizeof c.bin, "%s", rows_text(&rows, i, 1));
        if (resting && resting->is(resting->self, c.lock))
            continue;
        if (lane_lock(db, c.lock, &got, &up_to, err))
            return err->rc;
        if (!got)
            continue;
        Rc rc = claim_envelopes(db, v, a, up_to, &c, err);
        if (rc == RC_OK) {
            *out = c;
            return RC_OK;
        }
        inbox_release(db, &c);
        if (rc != RC_END)
            return rc;
    }
    return RC_END;
}

Rc inbox_relock(Db *db, const Claimed *c, Error *err)
{
    static const char sql[] = "select 1 from nqs.queue where party = $1 and feed = $2 and number = any($3::bigint[]) and attempt = $4 for update skip locked";
    SCOPED(rows_end) Rows rows = {0};
    SCOPED(buffer_free) Buffer numbers = {0};
    Args args = {0};
    queue_args(c, &numbers, &args);
    arg_int(&args, c->at[0].attempt);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    return (size_t)rows_n(&rows) == c->n ? RC_OK : error_set(err, RC_RETRY, "an envelope was taken by somebody else");
}

Rc inbox_read(Db *db, const Envelope *e, int no, Buffer *out, Error *err)
{
    static const char sql[] = "select bytes from nqs.envelope_part where month = $1::date and envelope = $2::uuid and no = $3";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_text(&args, e->month);
    arg_text(&args, e->id);
    arg_int(&args, no);
    if (no >= e->parts)
        return RC_END;
    if (db_query_bytes(db, sql, &args, &rows, err))
        return err->rc;
    if (rows_n(&rows) == 0)
        return error_set(err, RC_FATAL, "envelope %s: part %d of %d is not there", e->id, no, e->parts);
    return part_unpack(e->key, e->id, no, rows_text(&rows, 0, 0), (size_t)PQgetlength(rows.pg, 0, 0), out, err);
}

Rc inbox_read_group(Db *db, const Claimed *c, Buffer *out, Error *err)
{
    static const char sql[] = "select p.bytes from unnest($1::uuid[], $2::date[]) with ordinality u(id, month, n)"
                              " join nqs.envelope_part p on p.month = u.month and p.envelope = u.id and p.no = 0 order by u.n";
    SCOPED(rows_end) Rows rows = {0};
    SCOPED(buffer_free) Buffer ids = {0}, months = {0};
    Args args = {0};
    claimed_ids(c, &ids);
    for (size_t i = 0; i < c->n; i++)
        buffer_print(&months, "%c%s", i ? ',' : '{', c->at[i].month);
    buffer_text(&months, "}");
    arg_text(&args, ids.at);
    arg_text(&args, buffer_string(&months));
    if (db_query_bytes(db, sql, &args, &rows, err))
        return err->rc;
    if ((size_t)rows_n(&rows) != c->n)
        return error_set(err, RC_FATAL, "parts of %zu envelopes, only %d are there", c->n, rows_n(&rows));
    for (size_t i = 0; i < c->n; i++)
        if (part_unpack(c->at[i].key, c->at[i].id, 0, rows_text(&rows, (int)i, 0), (size_t)PQgetlength(rows.pg, (int)i, 0), &out[i], err))
            return err->rc;
    return RC_OK;
}

Rc inbox_neighbours(Db *db, const Claimed *c, bool *newer, bool *earlier, bool *earlier_any_period, Error *err)
{
    static const char sql[] =
        "select exists (select from nqs.envelope where party = $1 and feed = $2 and period = $3 and number > $4 and state = 'settled' and kind <> 'changes'),"
        " exists (select from nqs.envelope where party = $1 and feed = $2 and period = $3 and number < $4 and state = 'settled'),"
        " exists (select from nqs.envelope where party = $1 and feed = $2 and number <> $4 and state = 'settled')";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_int(&args, c->party);
    arg_text(&args, c->feed);
    arg_text(&args, c->at[0].period);
    arg_int(&args, c->at[0].number);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    *newer = *rows_text(&rows, 0, 0) == 't';
    *earlier = *rows_text(&rows, 0, 1) == 't';
    *earlier_any_period = *rows_text(&rows, 0, 2) == 't';
    return RC_OK;
}

Rc inbox_replay(Db *db, const char *id, Error *err)
{
    static const char sql[] =
        "with e as (update nqs.envelope set state = 'kept', refused_code = null, refused_args = null where id = $1::uuid and state not in ('kept', 'part') returning id, party, feed, number),"
        " s as (delete from nqs.set_aside where envelope = $1::uuid)"
        " insert into nqs.queue (party, feed, number, envelope) select party, feed, number, id from e returning 1";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_text(&args, id);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    return rows_n(&rows) ? RC_OK : error_refuse(err, "not_found", id, NULL, NULL);
}
