#include "gateway/base/csv.h"
#include "gateway/flow/deadline_inside.h"
#include "gateway/flow/query_access.h"
#include "gateway/law/due_json.h"
#include "persistence/reports_duties.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CURSOR_TEXT = 96 };

/* A supplier sees its own duties, as approved readings make them; officers see all, and what is only proposed too. */
bool sees_all_duties(const Sender *who) { return sees_all(who) || sender_has_role(who, "authorised-body"); }

Rc instant_asked(const char *text, const char *name, Error *err)
{
    Instant at;
    bool zoned;
    return !text || (instant_read(text, &at, &zoned) && zoned) ? RC_OK : error_refuse(err, "bad_parameter", name, NULL, NULL);
}

static Rc asked_take(Desk *d, const Asker *a, const DutyFilter *f, DutiesAsked *out, Error *err)
{
    static const char *const states[] = { "open", "in_time", "overdue", "late", "missing", "waived", "met", "cancelled", NULL };
    const char *const *s = states;
    if (!a->who->party)
        return error_refuse(err, "unauthorised", NULL, NULL, NULL);
    while (f->state && *s && strcmp(*s, f->state) != 0)
        s++;
    if (f->state && !*s)
        return error_refuse(err, "bad_parameter", "state", NULL, NULL);
    if (f->feed && !feeds_find(d->g->feeds, f->feed))
        return error_refuse(err, "bad_parameter", "feed", NULL, NULL);
    bool officer = sees_all_duties(a->who);
    *out = (DutiesAsked){ .party = officer ? 0 : a->who->party, .final_only = !officer, .bin = f->party, .feed = f->feed, .period = f->period, .state = f->state, .obligation = f->obligation,
                          .due_before = f->due_before, .as_known_at = f->as_known_at };
    return instant_asked(f->as_known_at, "as_known_at", err) || instant_asked(f->due_before, "due_before", err) ? err->rc : RC_OK;
}

static Rc cursor_take(Desk *d, const char *cursor, char text[CURSOR_TEXT], DutiesAsked *asked, Error *err)
{
    SCOPED(buffer_free) Buffer plain = {0};
    if (!cursor)
        return RC_OK;
    if (cursor_read(d->g, "duties", cursor, &plain, err))
        return err->rc;
    snprintf(text, CURSOR_TEXT, "%s", buffer_string(&plain));
    char *id = strchr(text, '|');
    if (!id)
        return error_refuse(err, "bad_cursor", NULL, NULL, NULL);
    *id = '\0';
    asked->after_due = text;
    asked->after_id = strtoll(id + 1, NULL, 10);
    return RC_OK;
}

Rc query_duties(Desk *d, const Asker *a, const DutyFilter *f, Page page, Buffer *json, Error *err)
{
    SCOPED(rows_end) Rows r = {0};
    SCOPED(buffer_free) Buffer cursor = {0};
    DutiesAsked asked;
    char text[CURSOR_TEXT];
    unsigned limit = page_limit(&page);
    if (asked_take(d, a, f, &asked, err) || cursor_take(d, page.cursor, text, &asked, err))
        return err->rc;
    asked.limit = limit + 1;
    if (report_duties(d->db, &asked, &r, err))
        return err->rc;
    int n = rows_n(&r) > (int)limit ? (int)limit : rows_n(&r);
    Json j = { .to = json };
    json_open(&j, '{');
    json_key(&j, "duties");
    json_open(&j, '[');
    for (int i = 0; i < n; i++)
        json_raw(&j, rows_text(&r, i, 0), strlen(rows_text(&r, i, 0)));
    json_close(&j, ']');
    json_key(&j, "next");
    if (rows_n(&r) > n) {
        int len = snprintf(text, sizeof text, "%s|%s", rows_text(&r, n - 1, 1), rows_text(&r, n - 1, 2));
        cursor_write(d->g, "duties", text, (size_t)len, &cursor);
    }
    json_string(&j, cursor.at, cursor.len);
    json_close(&j, '}');
    return RC_OK;
}

static void put_row(const Rows *r, int row, Buffer *csv)
{
    for (int c = 0; c < DUTY_CELLS; c++)
        csv_put(csv, c == 0, rows_text(r, row, DUTY_CELLS_FROM + c));
    buffer_text(csv, "\r\n");
}

Rc query_duties_csv(Desk *d, const Asker *a, const DutyFilter *f, Buffer *csv, Error *err)
{
    static const char *const names[DUTY_CELLS] = { DUTY_CELL_NAMES };
    enum { AT_ONCE = 1000 };
    DutiesAsked asked;
    char after[CURSOR_TEXT];
    if (asked_take(d, a, f, &asked, err))
        return err->rc;
    csv_begin(csv, names, DUTY_CELLS);
    asked.limit = AT_ONCE;
    for (int n = AT_ONCE; n == AT_ONCE;) {
        SCOPED(rows_end) Rows r = {0};
        if (report_duties(d->db, &asked, &r, err))
            return err->rc;
        n = rows_n(&r);
        for (int i = 0; i < n; i++)
            put_row(&r, i, csv);
        if (n == 0)
            break;
        snprintf(after, sizeof after, "%s", rows_text(&r, n - 1, 1));
        asked.after_due = after;
        asked.after_id = rows_int(&r, n - 1, 2);
    }
    return RC_OK;
}

static void put_norm(const Obligation *o, Json *j)
{
    json_key(j, "norm");
    json_open(j, '{');
    json_put_text(j, "act", o->act);
    json_put_text(j, "paragraph", o->paragraph);
    json_put_text(j, "quote", o->quote);
    json_close(j, '}');
}

/* Counted anew by the editions known now; what a statement rests on stands in the statement. */
static Rc put_count(Desk *d, const Duty *duty, const Reading *r, Arena *a, Json *j, Error *err)
{
    Counting by = { d->g->calendar, d->g->zone, clock_now(&d->g->clock) };
    Steps steps = { .a = a };
    Due due;
    json_key(j, "reading");
    json_open(j, '{');
    json_put_text(j, "id", r->id);
    json_put_text(j, "why", r->why);
    json_put_text(j, "hash", r->hash);
    Rc rc = reading_due(r, &by, (Cause){ duty->cause_day, duty->cause_at }, &due, &steps, err);
    if (rc == RC_OK)
        due_json(&due, &steps, by.calendar, j);
    else if (rc == RC_END)
        json_put_text(j, "term", r->form == DUE_NOT_SET ? "not_set" : "none");
    else
        return rc;
    json_close(j, '}');
    return RC_OK;
}

static Rc put_explanation(Desk *d, const Duty *duty, Arena *a, Json *j, Error *err)
{
    LawState law;
    if (law_state_load(d, a, &law, err))
        return err->rc;
    for (size_t i = 0; i < law.n; i++)
        if (strcmp(law.at[i].o->id, duty->obligation) == 0) {
            put_norm(law.at[i].o, j);
            return put_count(d, duty, duty_reading(&law.at[i], duty), a, j, err);
        }
    return RC_OK;
}

static void put_duty(const Duty *duty, const DutyHistory *h, Json *j)
{
    char at[INSTANT_TEXT], day[CIVIL_TEXT];
    json_put_number(j, "duty", duty->id);
    json_put_text(j, "obligation", duty->obligation);
    json_put_text(j, "subject", *duty->subject ? duty->subject : NULL);
    json_put_text(j, "feed", duty->feed);
    json_put_text(j, "period", duty->occasion);
    json_put_text(j, "state", duty->state);
    json_put_text(j, "held", duty->held);
    json_key(j, "provisional"), json_bool(j, duty->provisional);
    json_key(j, "extended"), json_bool(j, duty->extended);
    json_put_text(j, "due_day", duty->due_day == NO_DAY ? NULL : civil_text(duty->due_day, day));
    json_put_text(j, "due", duty->due_at ? instant_plain(duty->due_at, at) : NULL);
    json_put_raw(j, "events", h->events);
    json_put_raw(j, "statements", h->statements);
    json_put_raw(j, "deliveries", h->deliveries);
    json_put_raw(j, "attempts", h->attempts);
    if (h->sent)
        json_put_raw(j, "sent", h->sent);
}

Rc query_duty(Desk *d, const Asker *a, const char *id, Buffer *json, Error *err)
{
    SCOPED(arena_free) Arena *arena = arena_new();
    Duty duty;
    DutyHistory history;
    char *end;
    int64_t number = strtoll(id, &end, 10);
    if (!a->who->party)
        return error_refuse(err, "unauthorised", NULL, NULL, NULL);
    if (!*id || *end || number <= 0)
        return error_refuse(err, "not_found", NULL, NULL, NULL);
    if (duty_find(d->db, number, false, arena, &duty, err))
        return err->rc;
    bool officer = sees_all_duties(a->who);
    if (!officer && (duty.party != a->who->party || duty.provisional))
        return error_refuse(err, "not_found", NULL, NULL, NULL);
    if (report_duty(d->db, &duty, !officer, arena, &history, err))
        return err->rc;
    Json j = { .to = json };
    json_open(&j, '{');
    put_duty(&duty, &history, &j);
    if (put_explanation(d, &duty, arena, &j, err))
        return err->rc;
    json_close(&j, '}');
    return RC_OK;
}
