#include "gateway/flow/deadline.h"
#include "gateway/flow/deadline_inside.h"
#include "gateway/flow/presence.h"
#include "gateway/base/log.h"
#include "persistence/audit.h"
#include "persistence/statements.h"
#include <stdlib.h>
#include <string.h>

struct Deadline { const Gateway *g; Desk *desk; };

enum { EDITIONS_BEHIND = 3, EDITIONS_AHEAD = 3 };

Rc deadline_check(const Config *c, Error *err)
{
    bool extend = strcmp(c->outage, "extend") == 0;
    if (!extend && strcmp(c->outage, "off") != 0)
        return error_set(err, RC_FATAL, "gateway.yaml: outage: '%.40s': write off or extend", c->outage);
    return extend && !c->outage_ground ? error_set(err, RC_FATAL, "gateway.yaml: outage: extend needs outage_ground, which duties then name") : RC_OK;
}

Deadline *deadline_new(const Gateway *g)
{
    Deadline *d = calloc(1, sizeof *d);
    if (!d)
        abort();
    *d = (Deadline){ g, desk_new(g) };
    return d;
}

void deadline_free(Deadline **d)
{
    if (!*d)
        return;
    Error err = {0};
    if (presence_end((*d)->desk, &err))                /* then it is forgotten by its age */
        log_event(LOG_WARNING, "presence_end", "error", err.text, NULL);
    desk_free(&(*d)->desk);
    free(*d);
    *d = NULL;
}

/* An edition published by now for a year that duties may look at makes another law of it. */
static const char *fingerprint(Round *r)
{
    const char *all = r->law.fingerprint;
    int year = period_year(period_around(YEARLY, r->today));
    for (int y = year - EDITIONS_BEHIND; y <= year + EDITIONS_AHEAD; y++) {
        const Edition *e = calendar_edition(r->g->calendar, y, r->now);
        all = arena_printf(r->a, "%s %s", all, e ? e->id : "-");
    }
    return all;
}

static Rc round_begin(Deadline *d, Arena *a, Round *r, Error *err)
{
    Instant now = clock_now(&d->g->clock);
    *r = (Round){ .desk = d->desk, .g = d->g, .db = d->desk->db, .a = a, .now = now, .by = { d->g->calendar, d->g->zone, now } };
    r->today = almaty_day(d->g->zone, now);
    Period month = period_around(MONTHLY, r->today);
    month.no += d->g->config->duty_months;
    r->horizon = period_end(month);
    if (law_state_load(d->desk, a, &r->law, err))
        return err->rc;
    r->fingerprint = fingerprint(r);
    return duties_progress(r->db, a, &r->progress, err);
}

/* What came is looked at before anything is said of what did not come. */
static Rc round_run(Deadline *d, bool *busy, Error *err)
{
    SCOPED(arena_free) Arena *a = arena_new();
    Round r;
    Rc rc = round_begin(d, a, &r, err) || open_all(&r, err) || open_ahead(&r, err) || open_roles(&r, err) || settle_by_deliveries(&r, err) || take_events(&r, err) ? err->rc : RC_OK;
    if (!rc && !r.busy)
        rc = say_overdue(&r, err) || say_missing(&r, err) ? err->rc : RC_OK;
    *busy = r.busy;
    return rc;
}

Rc deadline_step(void *deadline, Error *err)
{
    Deadline *d = deadline;
    bool held, busy = false;
    Error late;
    if (presence_tell(d->desk, err) || desk_hold(d->desk, "deadline", &held, err))
        return err->rc;
    if (!held)
        return RC_END;
    Rc rc = round_run(d, &busy, err);
    Rc released = desk_release(d->desk, "deadline", rc ? &late : err);
    if (rc || released)
        return rc ? rc : released;
    return busy ? RC_OK : RC_END;
}

/* ---- by a person ---- */

static Rc open_duty(Desk *d, int64_t id, Arena *a, Duty *out, Error *err)
{
    if (duty_find(d->db, id, true, a, out, err))
        return err->rc;
    bool open = strcmp(out->state, "open") == 0 || strcmp(out->state, "overdue") == 0;
    return open ? RC_OK : error_refuse(err, "duty_closed", out->state, NULL, NULL);
}

static const char *ground_json(Arena *a, const char *by, const char *ground, Instant from, Instant to)
{
    SCOPED(buffer_free) Buffer out = {0};
    Json j = { .to = &out };
    char text[INSTANT_TEXT];
    json_open(&j, '{');
    json_put_text(&j, "by", by);
    json_put_text(&j, "ground", ground);
    if (to) {
        json_put_text(&j, "from", from ? instant_text(from, text) : NULL);
        json_put_text(&j, "to", instant_text(to, text));
    }
    json_close(&j, '}');
    return arena_text(a, out.at, out.len);
}

static const char *duty_subject(Arena *a, const Duty *d) { return arena_printf(a, "duty %lld, %s %s", (long long)d->id, d->obligation, d->occasion); }

Rc duty_waive(Desk *desk, int64_t duty, const char *by, const char *ground, Error *err)
{
    SCOPED(arena_free) Arena *a = arena_new();
    SCOPED(tx_end) Tx tx = {0};
    Instant now = clock_now(&desk->g->clock);
    char tz[ZONE_VERSION];
    int64_t id;
    Duty d;
    if (tx_begin(&tx, desk->db, err) || open_duty(desk, duty, a, &d, err))
        return err->rc;
    Statement s = { .duty = &d, .verdict = "waived", .tz = zone_version(tz), .detail = ground_json(a, by, ground, 0, 0) };
    return statement_add(desk->db, &s, now, &id, err) || audit_add(desk->db, now, by, "duty.waive", duty_subject(a, &d), ground, err) || tx_commit(&tx, err) ? err->rc : RC_OK;
}

Rc duty_extend(Desk *desk, int64_t duty, int64_t day, const char *by, const char *ground, Error *err)
{
    SCOPED(arena_free) Arena *a = arena_new();
    SCOPED(tx_end) Tx tx = {0};
    Instant now = clock_now(&desk->g->clock), was;
    Duty d;
    if (tx_begin(&tx, desk->db, err) || open_duty(desk, duty, a, &d, err))
        return err->rc;
    was = d.due_at;
    d.due_day = day;
    d.due_at = almaty_over(desk->g->zone, day);
    if (d.due_at <= now || (was && d.due_at <= was))
        return error_refuse(err, "bad_parameter", "day", NULL, NULL);
    d.extended = true;
    d.state = "open";
    return duty_note(desk->db, d.id, "extended", ground_json(a, by, ground, was, d.due_at), now, err) || duty_settle(desk->db, &d, now, err)
        || audit_add(desk->db, now, by, "duty.extend", duty_subject(a, &d), ground, err) || tx_commit(&tx, err) ? err->rc : RC_OK;
}
