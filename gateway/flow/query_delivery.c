#include "gateway/flow/query_access.h"
#include "persistence/findings.h"
#include "transforms/texts.h"
#include <stdlib.h>
#include <string.h>

enum { FIRST_FINDINGS = 20 };

void counts_put(const DeliveryRow *row, Json *j)
{
    json_put_number(j, "records", row->records);
    json_key(j, "outcomes");
    json_open(j, '{');
    for (int o = OUTCOME_NEW; o <= OUTCOME_REFUSED; o++)
        json_key(j, outcome_name((Outcome)o)), json_number(j, row->counts[o]);
    json_close(j, '}');
}

static void refusal(Desk *d, const Asker *a, const DeliveryRow *row, Json *j)
{
    json_key(j, "refused");
    if (!row->refused_code) {
        json_text(j, NULL);
        return;
    }
    /* The arguments are kept as an array of JSON strings without escapes of interest to a reader: they are split by the database's own quoting. */
    const char *args[ERROR_ARGS] = {0};
    SCOPED(arena_free) Arena *arena = arena_new();
    const char *s = row->refused_args;
    for (int i = 0; i < ERROR_ARGS && (s = strchr(s, '"')); i++) {
        const char *end = s + 1;
        while (*end && *end != '"')
            end += end[0] == '\\' && end[1] ? 2 : 1;
        args[i] = arena_text(arena, s + 1, (size_t)(end - s - 1));
        s = *end ? end + 1 : end;
    }
    json_open(j, '{');
    json_put_text(j, "code", row->refused_code);
    json_key(j, "text"), finding_text(d, a, row->refused_code, args, j);
    json_close(j, '}');
}

static void settlement(const DeliveryRow *row, Json *j)
{
    json_key(j, "settlement");
    if (!row->settlement) {
        json_text(j, NULL);
        return;
    }
    json_open(j, '{');
    json_put_number(j, "id", row->settlement);
    json_put_number(j, "ordinal", row->ordinal);
    json_put_text(j, "at", row->settled_at);
    json_close(j, '}');
}

static const char *const state_names[][2] = { { "kept", "waiting" }, { "part", "part" }, { "settled", "settled" }, { "refused", "refused" }, { "set_aside", "set_aside" } };

static const char *state_name(const char *state)
{
    for (size_t i = 0; i < sizeof state_names / sizeof *state_names; i++)
        if (strcmp(state_names[i][0], state) == 0)
            return state_names[i][1];
    return state;
}

static void warnings(const DeliveryRow *row, Desk *d, const Asker *a, Json *j)
{
    json_key(j, "warnings");
    json_open(j, '[');
    if (row->sender_date_absurd) {
        const char *none[ERROR_ARGS] = {0};
        json_open(j, '{');
        json_put_text(j, "code", "sender_date_absurd");
        json_key(j, "text"), finding_text(d, a, "sender_date_absurd", none, j);
        json_close(j, '}');
    }
    json_close(j, ']');
}

Rc query_delivery(Desk *d, const Asker *a, const char *id, Buffer *json, Error *err)
{
    SCOPED(arena_free) Arena *arena = arena_new();
    SCOPED(rows_end) Rows found = {0};
    DeliveryRow row;
    StreamPart part;
    if (may_see_delivery(d, a, id, arena, &row, err) || delivery_part(d, id, &row, PART_FINDINGS, 0, &part, err) || report_findings(d->db, part.id, -1, FIRST_FINDINGS, &found, err))
        return err->rc;
    Json j = { .to = json };
    json_open(&j, '{');
    json_put_text(&j, "delivery", id);
    json_put_number(&j, "number", row.number);
    json_put_number(&j, "nth", row.nth);
    json_put_text(&j, "party", row.bin);
    json_put_text(&j, "feed", row.feed);
    json_put_text(&j, "period", row.period);
    json_put_text(&j, "kind", row.kind);
    json_put_text(&j, "source", row.source);
    json_put_text(&j, "mapping", row.mapping);
    json_put_text(&j, "file_name", row.file_name);
    json_put_text(&j, "message_id", row.message_id);
    json_put_text(&j, "state", state_name(row.state));
    json_put_text(&j, "committed", row.committed);
    json_put_text(&j, "closed", row.closed_at);
    refusal(d, a, &row, &j);
    settlement(&row, &j);
    counts_put(&row, &j);
    warnings(&row, d, a, &j);
    json_put_number(&j, "findings_total", row.findings);
    json_key(&j, "findings");
    findings_put(d, a, &found, &j);
    json_close(&j, '}');
    return RC_OK;
}

Rc query_receipt(Desk *d, const Asker *a, const char *id, Buffer *json, Error *err)
{
    SCOPED(arena_free) Arena *arena = arena_new();
    DeliveryRow row;
    return may_see_delivery(d, a, id, arena, &row, err) || report_receipt(d->db, id, json, err) ? err->rc : RC_OK;
}

static void delivery_line(const Rows *r, int i, Json *j)
{
    static const char *const keys[] = { "delivery", NULL, "party", "feed", "period", "kind", NULL, "committed" };
    json_open(j, '{');
    for (int k = 0; k < 8; k++)
        if (keys[k])
            json_put_text(j, keys[k], rows_text(r, i, k));
    json_put_number(j, "number", rows_int(r, i, 1));
    json_put_text(j, "state", state_name(rows_text(r, i, 6)));
    json_put_text(j, "source", rows_text(r, i, 10));
    json_key(j, "outcomes");
    const char *s = rows_text(r, i, 8);
    json_open(j, '{');
    for (int o = OUTCOME_NEW; *s && o <= OUTCOME_REFUSED; o++)
        json_key(j, outcome_name((Outcome)o)), json_number(j, strtol(s + 1, (char **)&s, 10));
    json_close(j, '}');
    json_put_number(j, "findings_total", rows_int(r, i, 9));
    json_close(j, '}');
}

static bool any_period(const char *period)
{
    for (PeriodForm f = PERIOD_MONTH; f <= PERIOD_DAY; f++)
        if (period_valid(f, period))
            return true;
    return false;
}

Rc query_deliveries(Desk *d, const Asker *a, const char *feed, const char *period, Page page, Buffer *json, Error *err)
{
    SCOPED(rows_end) Rows r = {0};
    SCOPED(buffer_free) Buffer before = {0}, cursor = {0};
    unsigned limit = page_limit(&page);
    if (!a->who->party)
        return error_refuse(err, "unauthorised", NULL, NULL, NULL);
    if (feed && !feeds_find(d->g->feeds, feed))
        return error_refuse(err, "bad_parameter", "feed", NULL, NULL);
    if (period && !any_period(period))
        return error_refuse(err, "bad_parameter", "period", NULL, NULL);
    if ((page.cursor && cursor_read(d->g, "deliveries", page.cursor, &before, err))
        || report_deliveries(d->db, sees_all(a->who) ? 0 : a->who->party, feed, period, page.cursor ? before.at : NULL, limit + 1, &r, err))
        return err->rc;
    int n = rows_n(&r) > (int)limit ? (int)limit : rows_n(&r);
    Json j = { .to = json };
    json_open(&j, '{');
    json_key(&j, "deliveries");
    json_open(&j, '[');
    for (int i = 0; i < n; i++)
        delivery_line(&r, i, &j);
    json_close(&j, ']');
    json_key(&j, "next");
    if (rows_n(&r) > n)
        cursor_write(d->g, "deliveries", rows_text(&r, n - 1, 0), ID_SIZE - 1, &cursor);
    json_string(&j, cursor.at, cursor.len);
    json_close(&j, '}');
    return RC_OK;
}
