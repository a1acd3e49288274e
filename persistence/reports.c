#include "persistence/reports.h"
#include "persistence/pack.h"
#include "persistence/table_sql.h"
#include <stdlib.h>
#include <string.h>

#define UTC(column) "to_char(" column " at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"

bool uuid_valid(const char *id)
{
    static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    for (size_t i = 0; i < sizeof shape; i++)
        if (shape[i] == 'x' ? !strchr("0123456789abcdef", id[i]) || !id[i] : id[i] != shape[i])
            return false;
    return true;
}

static const char *text(const Rows *r, int col, Arena *a) { return rows_null(r, 0, col) ? NULL : arena_printf(a, "%s", rows_text(r, 0, col)); }

static void counts_read(const Rows *r, int col, DeliveryRow *out)
{
    const char *s = rows_text(r, 0, col);
    out->has_counts = !rows_null(r, 0, col);
    for (int o = 1; out->has_counts && o <= 6; o++) {
        out->counts[o] = (int)strtol(s + 1, (char **)&s, 10);
        out->records += out->counts[o];
    }
}

Rc report_delivery(Db *db, const char *id, Arena *a, DeliveryRow *out, Error *err)
{
    static const char sql[] =
        "select e.party, p.bin, e.feed, e.period, e.kind, e.state, e.source, e.format, e.refused_code, coalesce(array_to_json(e.refused_args)::text, '[]'),"
        " " UTC("e.closed_at") ", " UTC("e.committed") ", e.message_id, e.number, coalesce(e.settlement, 0), coalesce(s.ordinal, 0), " UTC("s.at") ","
        " (select count(*) from nqs.envelope n where n.party = e.party and n.feed = e.feed and n.period = e.period and n.number <= e.number),"
        " e.counts, coalesce(e.findings, 0), e.kept_bytes, e.payload_length,"
        " coalesce(abs(extract(epoch from e.sender_date - e.first_byte)) > 86400, false), e.mapping, e.file_name"
        " from nqs.envelope e join nqs.party p on p.id = e.party left join nqs.settlement s on s.id = e.settlement where e.id = $1::uuid";
    SCOPED(rows_end) Rows r = {0};
    Args args = {0};
    arg_text(&args, id);
    if (!uuid_valid(id))
        return error_refuse(err, "not_found", NULL, NULL, NULL);
    if (db_query(db, sql, &args, &r, err))
        return err->rc;
    if (rows_n(&r) == 0)
        return error_refuse(err, "not_found", NULL, NULL, NULL);
    *out = (DeliveryRow){
        .party = (int)rows_int(&r, 0, 0), .bin = text(&r, 1, a), .feed = text(&r, 2, a), .period = text(&r, 3, a), .kind = text(&r, 4, a),
        .state = text(&r, 5, a), .source = text(&r, 6, a), .format = text(&r, 7, a), .refused_code = text(&r, 8, a), .refused_args = text(&r, 9, a),
        .closed_at = text(&r, 10, a), .committed = text(&r, 11, a), .message_id = text(&r, 12, a), .number = rows_int(&r, 0, 13),
        .settlement = rows_int(&r, 0, 14), .ordinal = rows_int(&r, 0, 15), .settled_at = text(&r, 16, a), .nth = rows_int(&r, 0, 17),
        .findings = (int)rows_int(&r, 0, 19), .bytes = (uint64_t)rows_int(&r, 0, 20),
        .payload_length = (uint64_t)rows_int(&r, 0, 21), .sender_date_absurd = *rows_text(&r, 0, 22) == 't',
        .mapping = text(&r, 23, a), .file_name = text(&r, 24, a),
    };
    counts_read(&r, 18, out);
    return RC_OK;
}

Rc report_deliveries(Db *db, int party, const char *feed, const char *period, const char *before, unsigned limit, Rows *out, Error *err)
{
    static const char sql[] =
        "select e.id, e.number, p.bin, e.feed, e.period, e.kind, e.state, " UTC("e.committed") ", e.counts, coalesce(e.findings, 0), e.source"
        " from nqs.envelope e join nqs.party p on p.id = e.party where ($1::int = 0 or e.party = $1::int) and ($2::text is null or e.feed = $2)"
        " and ($3::text is null or e.period = $3) and ($4::uuid is null or e.id < $4::uuid) order by e.id desc limit $5::bigint";
    Args args = {0};
    arg_int(&args, party);
    arg_text(&args, feed);
    arg_text(&args, period);
    arg_text(&args, before);
    arg_int(&args, limit);
    return db_query(db, sql, &args, out, err);
}

Rc report_findings(Db *db, const char *id, int after, unsigned limit, Rows *out, Error *err)
{
    static const char sql[] = "select no, seq, severity, code, place, source, args[1], args[2], args[3] from nqs.finding where envelope = $1::uuid and no > $2::int order by no limit $3::bigint";
    Args args = {0};
    arg_text(&args, id);
    arg_int(&args, after);
    arg_int(&args, limit);
    return db_query(db, sql, &args, out, err);
}

Rc report_outcomes(Db *db, const char *id, Buffer *out, Error *err)
{
    enum { MOST = 64 << 20 };
    SCOPED(rows_end) Rows r = {0};
    Args args = {0};
    arg_text(&args, id);
    if (db_query_bytes(db, "select outcomes from nqs.envelope where id = $1::uuid and outcomes is not null", &args, &r, err))
        return err->rc;
    return rows_n(&r) ? unsqueeze(rows_text(&r, 0, 0), (size_t)PQgetlength(r.pg, 0, 0), MOST, out, err) : RC_OK;
}

Rc report_receipt(Db *db, const char *id, Buffer *out, Error *err)
{
    SCOPED(rows_end) Rows r = {0};
    Args args = {0};
    arg_text(&args, id);
    if (db_query_bytes(db, "select receipt from nqs.envelope where id = $1::uuid", &args, &r, err))
        return err->rc;
    if (rows_n(&r) == 0)
        return error_refuse(err, "not_found", NULL, NULL, NULL);
    buffer_add(out, rows_text(&r, 0, 0), (size_t)PQgetlength(r.pg, 0, 0));
    return RC_OK;
}

/* (k1, k2) > ($n, …) with the parameters in the columns' own types. */
static void after_key(const Table *t, const char *const *after, Args *args, Buffer *b)
{
    if (!after)
        return;
    buffer_text(b, " and (");
    table_keys(t, b);
    buffer_text(b, ") > (");
    for (size_t i = 0; i < t->feed->n_key; i++) {
        arg_text(args, after[i]);
        buffer_print(b, "%s$%d::%s", i ? ", " : "", args->n, t->feed->key[i]->column_type);
    }
    buffer_text(b, ")");
}

#define OWN "v.period, v.number, v.settlement, v.seq"

static void current(const Table *t, const RecordsAsked *asked, Args *args, Buffer *b)
{
    buffer_text(b, "select ");
    table_columns(t, "v", true, b);
    buffer_print(b, ", " OWN " from %s v where v.withdrawn is null and ($1::int = 0 or v.owner = $1::int)", t->name);
    after_key(t, asked->after, args, b);
    buffer_text(b, " order by ");
    table_keys(t, b);
    buffer_text(b, " limit $2::bigint");
}

static void as_of(const Table *t, const RecordsAsked *asked, Args *args, Buffer *b)
{
    SCOPED(buffer_free) Buffer bounds = {0};
    arg_text(args, asked->as_known_at);
    arg_text(args, asked->as_of_period);
    after_key(t, asked->after, args, &bounds);
    buffer_text(b, "select ");
    table_columns(t, "v", true, b);
    buffer_text(b, ", " OWN " from ");
    table_as_of(t, buffer_string(&bounds), "$3::timestamptz", "$4::text", b);
    buffer_text(b, " v where ($1::int = 0 or v.owner = $1::int) order by ");
    table_keys(t, b);
    buffer_text(b, " limit $2::bigint");
}

Rc report_records(Db *db, const Table *t, const RecordsAsked *asked, Error *err)
{
    SCOPED(buffer_free) Buffer sql = {0};
    Args args = {0};
    arg_int(&args, asked->owner);
    arg_int(&args, asked->limit);
    if (asked->as_known_at || asked->as_of_period)
        as_of(t, asked, &args, &sql);
    else
        current(t, asked, &args, &sql);
    return stream_begin(db, buffer_string(&sql), &args, err);
}

Rc report_queue(Db *db, int64_t *waiting, int64_t *set_aside, Instant *database_clock, bool *read_only, Error *err)
{
    static const char sql[] = "select (select count(*) from nqs.queue), (select count(*) from nqs.set_aside),"
                              " (extract(epoch from clock_timestamp()) * 1000000)::bigint, current_setting('transaction_read_only')::boolean";
    SCOPED(rows_end) Rows r = {0};
    if (db_query(db, sql, NULL, &r, err))
        return err->rc;
    *waiting = rows_int(&r, 0, 0);
    *set_aside = rows_int(&r, 0, 1);
    *database_clock = rows_int(&r, 0, 2);
    *read_only = *rows_text(&r, 0, 3) == 't';
    return RC_OK;
}
