#include "gateway/model/format.h"
#include "persistence/inbox.h"
#include "persistence/inbox_inside.h"
#include "persistence/marks.h"
#include "persistence/text_array.h"
#include <stdio.h>
#include <string.h>

static const char *const form_names[] = { "whole", "element", "text" };

static void text_cell(Buffer *b, const char *s) { text_array_item(b, s, s ? strlen(s) : 0); }

static void number_cell(Buffer *b, int64_t n)
{
    char text[24];
    text_array_item(b, text, (size_t)snprintf(text, sizeof text, "%lld", (long long)n));
}

static void instant_cell(Buffer *b, Instant at)
{
    char text[INSTANT_TEXT];
    text_cell(b, at ? instant_text(at, text) : NULL);
}

/* The columns of a keep, one row each; written as arrays so that many keeps are one statement and one commit. */
enum {
    K_ID, K_PARTY, K_FEED, K_PERIOD, K_KIND, K_SOURCE, K_FORMAT, K_MESSAGE, K_REPLY, K_MONTH, K_PARTS, K_KEPT, K_FORM, K_OFFSET, K_LENGTH, K_PROLOGUE,
    K_SENDER, K_TRANSPORT, K_FIRST, K_LAST, K_NUMBER, K_COMMITTED, K_MAPPING, K_FILE,
    K_BEGIN, K_NEXT, K_MESSAGES, K_STREAM, K_TEXTS,
    K_KEY = K_TEXTS, K_DIGEST, K_RECEIPT, K_PART, K_CELLS
};

static void about_cell(const Keep *k, int which, Buffer *b)
{
    const Arrival *a = k->a;
    switch (which) {
    case K_ID:       text_cell(b, a->id); break;
    case K_PARTY:    number_cell(b, a->party); break;
    case K_FEED:     text_cell(b, a->about.feed); break;
    case K_PERIOD:   text_cell(b, a->about.period); break;
    case K_KIND:     text_cell(b, a->about.kind); break;
    case K_FORMAT:   text_cell(b, format_names[a->format].name); break;
    case K_MONTH:    text_cell(b, a->month); break;
    case K_PARTS:    number_cell(b, a->parts); break;
    case K_KEPT:     number_cell(b, (int64_t)a->kept_bytes); break;
    case K_FORM:     text_cell(b, form_names[a->form]); break;
    case K_OFFSET:   number_cell(b, (int64_t)a->payload_offset); break;
    case K_LENGTH:   number_cell(b, (int64_t)a->payload_length); break;
    case K_PROLOGUE: text_cell(b, a->xml_prologue); break;
    case K_MAPPING:  text_cell(b, a->mapping); break;
    case K_FILE:     text_cell(b, a->file_name); break;
    case K_KEY:      text_array_item(b, (const char *)a->wrapped, sizeof a->wrapped); break;
    case K_DIGEST:   text_array_item(b, (const char *)a->digest_payload, DIGEST_SIZE); break;
    default:         text_array_item(b, k->part->at, k->part->len); break;
    }
}

static void cell(const Keep *k, int which, Buffer *b)
{
    const Meta *m = k->m;
    switch (which) {
    case K_SOURCE:    text_cell(b, m->source); break;
    case K_MESSAGE:   text_cell(b, m->message_id); break;
    case K_REPLY:     text_cell(b, m->reply_to); break;
    case K_SENDER:    instant_cell(b, m->sender_date); break;
    case K_TRANSPORT: instant_cell(b, m->transport_date); break;
    case K_FIRST:     instant_cell(b, m->first_byte); break;
    case K_LAST:      instant_cell(b, m->last_byte); break;
    case K_NUMBER:    number_cell(b, k->precedent.number); break;
    case K_COMMITTED: instant_cell(b, k->committed); break;
    case K_BEGIN:     number_cell(b, m->mark->first); break;
    case K_NEXT:      number_cell(b, m->mark->next); break;
    case K_MESSAGES:  number_cell(b, m->mark->messages); break;
    case K_STREAM:    text_cell(b, m->mark->stream); break;
    case K_RECEIPT:   text_array_item(b, k->receipt, k->receipt_len); break;
    default:          about_cell(k, which, b); break;
    }
}

static void cells(Keep *const *k, size_t n, const int *columns, size_t n_columns, Buffer *b, Args *args)
{
    size_t begin[K_CELLS + 1];
    for (size_t c = 0; c < n_columns; c++) {
        begin[c] = columns[c] < K_TEXTS ? text_array_begin(b, n) : bytea_array_begin(b, n);
        for (size_t i = 0; i < n; i++)
            cell(k[i], columns[c], b);
    }
    begin[n_columns] = b->len;
    for (size_t c = 0; c < n_columns; c++)
        arg_bytes(args, b->at + begin[c], begin[c + 1] - begin[c]);
}

static void precedent_read(const Rows *r, int i, Keep *k)
{
    Precedent *p = &k->precedent;
    size_t n;
    *p = (Precedent){ .number = rows_int(r, i, 1), .idle = *rows_text(r, i, 2) == 't' };
    if (rows_null(r, i, 3))
        return;
    const unsigned char *digest = rows_bytes(r, i, 4, k->arena, &n);
    p->repeat = n == DIGEST_SIZE && memcmp(digest, k->a->digest_payload, DIGEST_SIZE) == 0;
    p->other_content = !p->repeat && k->m->message_id;
    if (!p->repeat)
        return;
    snprintf(p->id, sizeof p->id, "%s", rows_text(r, i, 3));
    p->receipt = (const char *)rows_bytes(r, i, 5, k->arena, &p->receipt_len);
    p->first_number = rows_int(r, i, 6);
}

Rc inbox_precedents(Db *db, Keep *const *k, size_t n, bool ask_idle, long long *access, Error *err)
{
    static const int columns[] = { K_MESSAGE, K_PARTY, K_FEED, K_PERIOD, K_KIND };
    static const char sql[] =
        /* a lock (party and feed, number) says from which number on something is on its way; it is there before the numbers are */
        "with begun as materialized (select count(pg_advisory_lock_shared((hashtextextended(l.feed, l.party::int) & " INBOX_31_BITS ")::int, (s.last_value & " INBOX_31_BITS ")::int))"
        " from nqs.delivery_number s, (select distinct party, feed from unnest($3::text[], $4::text[]) x(party, feed)) l)"
        " select u.n, nextval('nqs.delivery_number'), $1::boolean and not exists (select from nqs.queue), p.id, p.digest_payload, p.receipt, p.number, (select version from nqs.access)"
        " from begun, unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) with ordinality u(message_id, party, feed, period, kind, n)"
        " left join lateral (select id, digest_payload, receipt, number from nqs.envelope e where u.message_id is not null and e.party = u.party::int and e.message_id = u.message_id"
        " union all (select id, digest_payload, receipt, number from nqs.envelope e where u.message_id is null and e.party = u.party::int and e.feed = u.feed"
        " and e.period = u.period and e.kind = u.kind order by number desc limit 1)) p on true order by u.n";
    SCOPED(rows_end) Rows rows = {0};
    SCOPED(buffer_free) Buffer b = {0};
    Args args = {0};
    arg_text(&args, ask_idle ? "t" : "f");
    cells(k, n, columns, sizeof columns / sizeof *columns, &b, &args);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    for (int i = 0; i < rows_n(&rows); i++)
        precedent_read(&rows, i, k[i]);
    *access = rows_n(&rows) ? rows_int(&rows, 0, 7) : 0;
    return RC_OK;
}

static const int kept_columns[] = { K_ID, K_PARTY, K_FEED, K_PERIOD, K_KIND, K_SOURCE, K_FORMAT, K_MESSAGE, K_REPLY, K_MONTH, K_PARTS, K_KEPT, K_FORM, K_OFFSET,
                                    K_LENGTH, K_PROLOGUE, K_SENDER, K_TRANSPORT, K_FIRST, K_LAST, K_NUMBER, K_COMMITTED, K_MAPPING, K_FILE, K_KEY, K_DIGEST, K_RECEIPT, K_PART };

void inbox_undraw(Db *db)
{
    Error late = {0};
    if (db_connected(db) && db_query(db, "select pg_advisory_unlock_all()", NULL, NULL, &late))
        db_drop(db);
}

/* The statement of the deciding commit. which: a condition on the rows to be kept; state, state_value: a column more; waits: which of them wait to be worked; more: what else is
   written; also: the second column of the answer. */
#define KEEP(before, which, state, state_value, waits, more, also) \
    "with " before " r as (select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[]," \
    " $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::text[], $18::text[], $19::text[], $20::text[], $21::text[], $22::text[]," \
    " $23::text[], $24::text[], $25::bytea[], $26::bytea[], $27::bytea[], $28::bytea[]) u(id, party, feed, period, kind, source, format, message, reply, month, parts, kept, form, at, len, prologue," \
    " sender, transport, first, last, number, committed, mapping, file, key, digest, receipt, part)" which ")," \
    " l as (select id from nqs.upload where id in (select r.id::uuid from r where r.parts::int > 0) for update)," \
    " e as (insert into nqs.envelope (id, party, feed, period, kind, source, format, message_id, reply_to, month, key, parts, kept_bytes, payload_form, payload_offset," \
    " payload_length, xml_prologue, digest_payload, sender_date, transport_date, first_byte, last_byte, number, committed, mapping, file_name, receipt" state ")" \
    " select id::uuid, party::int, feed, period, kind, source, format, message, reply, month::date, key, parts::int + 1, kept::bigint, form, at::bigint, len::bigint, prologue," \
    " digest, sender::timestamptz, transport::timestamptz, first::timestamptz, last::timestamptz, number::bigint, committed::timestamptz, mapping, file, receipt" state_value " from r where r.parts::int = 0 or r.id::uuid in (select id from l)" \
    " on conflict (party, message_id) where message_id is not null do nothing returning id)," \
    " p as (insert into nqs.envelope_part (month, envelope, no, bytes) select r.month::date, e.id, r.parts::int, r.part from e join r on r.id::uuid = e.id)," \
    " q as (insert into nqs.queue (party, feed, number, envelope) select r.party::int, r.feed, r.number::bigint, e.id from e join r on r.id::uuid = e.id" waits ")," \
    " u as (delete from nqs.upload x using e, r where x.id = e.id and r.id::uuid = e.id and r.parts::int > 0)," more \
    /* from here to behind the commit the transaction holds what the session held */ \
    " h as materialized (select count(pg_advisory_xact_lock_shared(lane, ((least - 1) & " INBOX_31_BITS ")::int)) from (select (hashtextextended(r.feed, r.party::int) & " INBOX_31_BITS ")::int" \
    " as lane, min(r.number::bigint) as least from r group by 1) l)" \
    " select e.id" also " from (select pg_advisory_unlock_all() from h offset 0) x left join e on true"

static void kept_read(const Rows *rows, Keep *const *k, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        k[i]->kept = false;
        for (int r = 0; r < rows_n(rows) && !k[i]->kept; r++)
            k[i]->kept = !rows_null(rows, r, 0) && strcmp(rows_text(rows, r, 0), k[i]->a->id) == 0;
    }
}

Rc inbox_keep(Db *db, Keep *const *k, size_t n, Error *err)
{
    static const char sql[] = KEEP("", "", "", "", "", "", "");
    SCOPED(rows_end) Rows rows = {0};
    SCOPED(buffer_free) Buffer b = {0};
    Args args = {0};
    cells(k, n, kept_columns, sizeof kept_columns / sizeof *kept_columns, &b, &args);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    kept_read(&rows, k, n);
    return RC_OK;
}

Rc inbox_keep_marked(Db *db, Keep *const *k, size_t n, Error *err)
{
    static const int columns[] = { K_BEGIN, K_NEXT, K_MESSAGES, K_STREAM };
    static const char sql[] =
        KEEP("mark as (select next from nqs.kafka_mark where cluster = $29 and topic = $30 and partition = $31 and next = $32 for update),",
             " where exists (select from mark)", ", state", ", $38", " where $38 = 'kept'",
             " b as (insert into nqs.kafka_batch (envelope, cluster, topic, partition, first, next, messages, stream, ids) select e.id, $29, $30, $31, x.first::bigint, x.next::bigint,"
             " x.messages::int, x.stream::uuid, $40::bytea from unnest($1::text[], $34::text[], $35::text[], $36::text[], $37::text[]) x(id, first, next, messages, stream) join e on e.id = x.id::uuid),"
             " s as (update nqs.stream s set messages = s.messages + x.messages, expected = coalesce(s.expected, $39::bigint),"
             " head = case when $39::bigint is null then s.head else coalesce(s.head, (select id from e)) end from (select stream::uuid as id, sum(messages::int) as messages from unnest($36::text[], $37::text[])"
             " x(messages, stream) group by 1) x where s.id = x.id and exists (select from e)),"
             " m as (update nqs.kafka_mark set next = $33 where cluster = $29 and topic = $30 and partition = $31 and exists (select from e)),",
             ", exists (select from mark)");
    SCOPED(rows_end) Rows rows = {0};
    SCOPED(buffer_free) Buffer b = {0}, marks = {0};
    const Mark *first = k[0]->m->mark, *last = k[n - 1]->m->mark;
    Args args = {0};
    cells(k, n, kept_columns, sizeof kept_columns / sizeof *kept_columns, &b, &args);
    mark_args(first, last->next, &args);
    cells(k, n, columns, sizeof columns / sizeof *columns, &marks, &args);
    arg_text(&args, first->held || first->expected >= 0 ? "part" : "kept");
    if (first->expected >= 0)
        arg_int(&args, first->expected);
    else
        arg_text(&args, NULL);
    arg_bytes(&args, first->ids, first->ids_len);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    if (*rows_text(&rows, 0, 1) != 't')
        return mark_moved(first, err);
    kept_read(&rows, k, n);
    return RC_OK;
}
