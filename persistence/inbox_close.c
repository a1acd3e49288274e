#include "persistence/inbox.h"
#include "gateway/base/text.h"
#include "persistence/text_array.h"
#include <stdio.h>
#include <string.h>

static void text_item(Buffer *b, const char *s)
{
    buffer_char(b, '"');
    for (; *s; s++) {
        if (*s == '"' || *s == '\\')
            buffer_char(b, '\\');
        buffer_char(b, *s);
    }
    buffer_char(b, '"');
}

static void refusal_args(const Closing *c, Buffer *b)
{
    buffer_char(b, '{');
    for (int i = 0; i < ERROR_ARGS && c->refused_arg[i]; i++) {
        buffer_text(b, i ? "," : "");
        text_item(b, c->refused_arg[i]);
    }
    buffer_char(b, '}');
}

static void counts_list(const Closing *c, Buffer *b)
{
    for (int o = OUTCOME_NEW; o <= OUTCOME_REFUSED; o++)
        buffer_print(b, "%c%d", o > OUTCOME_NEW ? ',' : '{', c->counts[o]);
    buffer_char(b, '}');
}

enum { CELL_ID, CELL_NUMBER, CELL_FIRST, CELL_LAST, CELL_COUNTS, CELL_FINDINGS, CELL_CODE, CELL_ARGS, CELL_OUTCOMES, CELLS };

static void cell(const Closing *c, int which, Buffer *b)
{
    SCOPED(buffer_free) Buffer text = {0};
    switch (which) {
    case CELL_ID:       buffer_text(&text, c->e->id); break;
    case CELL_NUMBER:   buffer_print(&text, "%lld", (long long)c->e->number); break;
    case CELL_FIRST:    buffer_print(&text, "%d", c->first_seq); break;
    case CELL_LAST:     buffer_print(&text, "%d", c->last_seq); break;
    case CELL_COUNTS:   counts_list(c, &text); break;
    case CELL_FINDINGS: buffer_print(&text, "%u", c->n_findings); break;
    case CELL_CODE:     buffer_text(&text, c->refused_code ? c->refused_code : ""); break;
    case CELL_ARGS:     refusal_args(c, &text); break;
    default:
        buffer_text(&text, "\\x");
        hex_text(c->outcomes->at, c->outcomes->len, buffer_room(&text, 2 * c->outcomes->len + 1));
        buffer_used(&text, 2 * c->outcomes->len);
    }
    buffer_string(&text);
    text_array_item(b, text.at, text.len);
}

/* One statement closes them all and takes them off the queue. */
Rc inbox_close(Db *db, const Claimed *c, const Closing *closings, size_t n, int64_t settlement, Instant now, Error *err)
{
    static const char sql[] =
        "with q as (delete from nqs.queue where party = $1 and feed = $2 and number = any($6::text[]::bigint[]))"
        " update nqs.envelope e set state = case when u.code = '' then 'settled' else 'refused' end, settlement = case when u.code = '' then $3::bigint end,"
        " first_seq = u.first::int, last_seq = u.last::int, counts = u.counts::int[], findings = u.findings::int, closed_at = $4::timestamptz,"
        " refused_code = nullif(u.code, ''), refused_args = u.args::text[], outcomes = nullif(u.outcomes::bytea, '')"
        " from unnest($5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[])"
        " u(id, number, first, last, counts, findings, code, args, outcomes) where e.id = u.id::uuid";
    SCOPED(buffer_free) Buffer cells = {0};
    size_t begin[CELLS + 1];
    Args args = {0};
    for (int k = 0; k < CELLS; k++) {
        begin[k] = text_array_begin(&cells, n);
        for (size_t i = 0; i < n; i++)
            cell(&closings[i], k, &cells);
    }
    begin[CELLS] = cells.len;
    arg_int(&args, c->party);
    arg_text(&args, c->feed);
    arg_int(&args, settlement);
    arg_instant(&args, now);
    for (int k = 0; k < CELLS; k++)
        arg_bytes(&args, cells.at + begin[k], begin[k + 1] - begin[k]);
    return db_query(db, sql, &args, NULL, err);
}

Rc attempts_write(Db *db, int party, const char *feed, Instant minute, int64_t n, Error *err)
{
    static const char sql[] =
        "insert into nqs.turned_away (party, feed, minute, n) values ($1, $2, $3::timestamptz, $4) on conflict (party, feed, minute) do update set n = nqs.turned_away.n + excluded.n";
    Args args = {0};
    arg_int(&args, party);
    arg_text(&args, feed);
    arg_instant(&args, minute);
    arg_int(&args, n);
    return db_query(db, sql, &args, NULL, err);
}
