#include "gateway/flow/query_access.h"
#include "gateway/flow/settling.h"
#include "persistence/findings.h"
#include "transforms/texts.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

void finding_text(Desk *d, const Asker *a, const char *code, const char *const *args, Json *j)
{
    SCOPED(buffer_free) Buffer text = {0};
    texts_put(d->g->texts, lang_accept(a->lang), code, args, ERROR_ARGS, &text);
    json_string(j, text.at ? text.at : "", text.len);
}

/* A finding as it is read from the store or made by a re-run. */
static void finding(Desk *d, const Asker *a, const Finding *f, Json *j)
{
    json_open(j, '{');
    json_put_number(j, "record", f->seq);
    json_put_text(j, "severity", f->severity == FINDING_ERROR ? "error" : "warning");
    json_put_text(j, "code", f->code);
    json_put_text(j, "place", f->place);
    if (f->source)
        json_put_text(j, "source", f->source);
    json_key(j, "arguments");
    json_open(j, '[');
    for (int k = 0; k < ERROR_ARGS && f->arg[k]; k++)
        json_text(j, f->arg[k]);
    json_close(j, ']');
    json_key(j, "text");
    finding_text(d, a, f->code, f->arg, j);
    json_close(j, '}');
}

void findings_put(Desk *d, const Asker *a, const Rows *r, Json *j)
{
    json_open(j, '[');
    for (int i = 0; i < rows_n(r); i++) {
        Finding f = { (uint32_t)rows_int(r, i, 1), *rows_text(r, i, 2) == 'e' ? FINDING_ERROR : FINDING_WARNING, rows_text(r, i, 3), rows_text(r, i, 4),
                      rows_null(r, i, 5) ? NULL : rows_text(r, i, 5), { NULL } };
        for (int k = 0; k < ERROR_ARGS; k++)
            f.arg[k] = rows_null(r, i, 6 + k) ? NULL : rows_text(r, i, 6 + k);
        finding(d, a, &f, j);
    }
    json_close(j, ']');
}

static void next_cursor(Desk *d, const char *what, int64_t after, bool more, Json *j)
{
    SCOPED(buffer_free) Buffer text = {0}, cursor = {0};
    json_key(j, "next");
    if (!more) {
        json_text(j, NULL);
        return;
    }
    buffer_print(&text, "%" PRId64, after);
    cursor_write(d->g, what, text.at, text.len, &cursor);
    json_string(j, cursor.at, cursor.len);
}

static Rc cursor_number(Desk *d, const char *what, const char *cursor, int64_t at_first, int64_t *out, Error *err)
{
    SCOPED(buffer_free) Buffer text = {0};
    *out = at_first;
    if (!cursor)
        return RC_OK;
    if (cursor_read(d->g, what, cursor, &text, err))
        return err->rc;
    *out = strtoll(text.at, NULL, 10);
    return RC_OK;
}

/* Findings that are not stored, out of the bytes: `from` counts all findings of the delivery from 0. */
static Rc rerun(Desk *d, const Asker *a, const char *id, const DeliveryRow *row, unsigned from, unsigned limit, Json *j, size_t *n, Error *err)
{
    SCOPED(arena_free) Arena *arena = arena_new();
    SCOPED(settling_free) Settling *s = settling_new(d->g, d->db, d->db);
    Envelope e = {0};
    Claimed c = { .at = &e, .n = 1 };
    if (envelope_find(d->db, d->g->vault, id, arena, &e, &c.party, &c.feed, err))
        return err->rc;
    snprintf(c.bin, sizeof c.bin, "%s", row->bin);
    if (findings_rerun(s, &c, from, limit, err))
        return err->rc;
    *n = s->n_found;
    json_open(j, '[');
    for (size_t i = 0; i < s->n_found; i++)
        finding(d, a, &s->found[i].f, j);
    json_close(j, ']');
    return RC_OK;
}

static Rc stored(Desk *d, const Asker *a, const char *id, unsigned from, unsigned limit, Json *j, size_t *n, Error *err)
{
    SCOPED(rows_end) Rows r = {0};
    if (report_findings(d->db, id, (int)from - 1, limit, &r, err))
        return err->rc;
    *n = (size_t)rows_n(&r);
    findings_put(d, a, &r, j);
    return RC_OK;
}

Rc query_findings(Desk *d, const Asker *a, const char *id, Page page, Buffer *json, Error *err)
{
    SCOPED(arena_free) Arena *arena = arena_new();
    DeliveryRow row;
    StreamPart part;
    int64_t from;
    size_t n = 0;
    unsigned limit = page_limit(&page);
    if (may_see_delivery(d, a, id, arena, &row, err) || cursor_number(d, id, page.cursor, 0, &from, err) || delivery_part(d, id, &row, PART_FINDINGS, from, &part, err))
        return err->rc;
    Json j = { .to = json };
    json_open(&j, '{');
    json_put_text(&j, "delivery", id);
    json_put_number(&j, "total", row.findings);
    json_key(&j, "findings");
    bool beyond = part.at >= FINDINGS_STORED;
    if (!beyond && part.at + limit > FINDINGS_STORED)
        limit = (unsigned)(FINDINGS_STORED - part.at);
    if (beyond ? rerun(d, a, part.id, &row, (unsigned)part.at, limit, &j, &n, err) : stored(d, a, part.id, (unsigned)part.at, limit, &j, &n, err))
        return err->rc;
    next_cursor(d, id, from + (int64_t)n, n && from + (int64_t)n < row.findings, &j);
    json_close(&j, '}');
    return RC_OK;
}

Rc query_outcomes(Desk *d, const Asker *a, const char *id, Page page, Buffer *json, Error *err)
{
    SCOPED(arena_free) Arena *arena = arena_new();
    SCOPED(buffer_free) Buffer nibbles = {0};
    DeliveryRow row;
    StreamPart part;
    int64_t from;
    unsigned limit = page_limit(&page);
    if (may_see_delivery(d, a, id, arena, &row, err) || cursor_number(d, id, page.cursor, 0, &from, err) || delivery_part(d, id, &row, PART_RECORDS, from, &part, err)
        || report_outcomes(d->db, part.id, &nibbles, err))
        return err->rc;
    Outcomes o = { .at = (unsigned char *)nibbles.at, .n = !nibbles.len ? 0 : part.n ? (size_t)part.n : (size_t)row.records };
    Json j = { .to = json };
    json_open(&j, '{');
    json_put_text(&j, "delivery", id);
    counts_put(&row, &j);
    json_put_number(&j, "from", from + 1);
    json_key(&j, "each");
    json_open(&j, '[');
    size_t end = (size_t)part.at + limit < o.n ? (size_t)part.at + limit : o.n, n = 0;
    for (size_t i = (size_t)part.at; i < end; i++, n++)
        json_text(&j, outcome_name(outcomes_get(&o, i)));
    json_close(&j, ']');
    next_cursor(d, id, from + (int64_t)n, n && from + (int64_t)n < row.records, &j);
    json_close(&j, '}');
    return RC_OK;
}
