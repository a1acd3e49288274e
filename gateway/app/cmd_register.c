#include "gateway/app/command.h"
#include "gateway/flow/law_state.h"
#include "gateway/law/due_json.h"
#include "persistence/law.h"
#include <stdio.h>
#include <string.h>

typedef struct { const char *config, *reading, *by, *ground, *period, *event; bool json; Positions p; App app; LawState law; Arena *a; } Call;

static void call_end(Call *c)
{
    app_close(&c->app);
    arena_free(&c->a);
}

static int usage(void)
{
    fprintf(stderr, "nqs-gateway law: due, obligations, explain, approve or in-force; see nqs-gateway law --help\n");
    fprintf(stderr, "usage: nqs-gateway law %s\n", command_find("law")->usage);
    return EXIT_USAGE;
}

static const char *words(Arena *a, const char *const *at, size_t n)
{
    const char *all = "";
    for (size_t i = 0; i < n; i++)
        all = arena_printf(a, "%s%s%s", all, i ? ", " : "", at[i]);
    return all;
}

static const char *recurrence(const Obligation *o)
{
    static const char *const lengths[] = { [DAILY] = "day", [MONTHLY] = "month", [QUARTERLY] = "quarter", [HALF_YEARLY] = "half-year", [YEARLY] = "year" };
    static const char *const others[] = { [OWED_BY_EVENT] = "event", [OWED_BY_DELIVERY] = "each delivery", [OWED_ON_CHANGE] = "once, then on change", [OWED_BY_OTHER_ACT] = "by another act" };
    return o->owed_by == OWED_BY_PERIOD ? lengths[o->recurs] : others[o->owed_by];
}

/* As the register has it: "5 working days after event". */
static const char *due_words(Arena *a, const Reading *r)
{
    static const char *const units[] = { [CALENDAR_DAYS] = "calendar", [WORKING_DAYS] = "working", [HOURS] = "hours" };
    switch (r->form) {
    case DUE_NOT_SET: return "term not set";
    case DUE_NONE: return "no term";
    case DUE_ON_DATE: return arena_printf(a, "%02d-%02d%s", r->date.month, r->date.day, r->moves ? ", moves" : "");
    case DUE_AFTER_PERIOD: case DUE_AFTER_EVENT: break;
    }
    const char *after = r->form == DUE_AFTER_PERIOD ? "period" : "event";
    return r->term.unit == HOURS ? arena_printf(a, "%s + %u hours", after, r->term.n) : arena_printf(a, "%s + %u %s days", after, r->term.n, units[r->term.unit]);
}

static void put_obligation(Call *c, const Standing *s, Json *j)
{
    char day[CIVIL_TEXT];
    const Obligation *o = s->o;
    json_open(j, '{');
    json_put_text(j, "obligation", o->id);
    json_put_text(j, "act", o->act);
    json_put_text(j, "paragraph", o->paragraph);
    json_put_text(j, "debtor", words(c->a, o->roles, o->n_roles));
    json_put_text(j, "creditor", o->creditor);
    json_put_text(j, "settled_by", o->settled_by == SETTLED_BY_EVENT ? o->event : o->settled_by == SETTLED_BY_HANDOVER ? "hand-over" : o->feed);
    json_put_text(j, "recurs", recurrence(o));
    json_put_text(j, "reading", s->reading->id);
    json_put_text(j, "due", due_words(c->a, s->reading));
    json_put_text(j, "status", s->provisional ? "proposed" : s->changed ? "approved; the register has another text now" : "approved");
    json_put_text(j, "in_force", s->in_force ? civil_text(s->since, day) : NULL);
    json_close(j, '}');
}

static int obligations_show(Call *c)
{
    static const char *const columns[] = { "obligation", "paragraph", "debtor", "settled_by", "recurs", "due", "reading", "status", "in_force", NULL };
    SCOPED(buffer_free) Buffer out = {0};
    Json j = { .to = &out };
    json_open(&j, '[');
    for (size_t i = 0; i < c->law.n; i++)
        put_obligation(c, &c->law.at[i], &j);
    json_close(&j, ']');
    if (c->json)
        print_json(&out);
    else
        print_table(buffer_string(&out), "", columns);
    return EXIT_OK;
}

/* ---- explain ---- */

static bool cause_read(const Call *c, const Standing *s, Cause *out)
{
    const Zone *zone = c->app.gateway->zone;
    Period p;
    if (c->event && s->o->owed_by != OWED_BY_PERIOD && civil_read(c->event, &out->day)) {
        out->at = zone_utc(zone, out->day * 86400) * 1000000;
        return true;
    }
    if (!c->period || s->o->owed_by != OWED_BY_PERIOD || !period_read(c->period, &p) || p.length != s->o->recurs)
        return false;
    out->day = period_end(p);
    out->at = zone_utc(zone, (out->day + 1) * 86400) * 1000000;
    return true;
}

static Rc put_reading(Call *c, const Reading *r, const Cause *cause, Json *j, Error *err)
{
    Counting by = { c->app.gateway->calendar, c->app.gateway->zone, clock_now(&c->app.gateway->clock) };
    Steps steps = { .a = c->a };
    Due due;
    json_open(j, '{');
    json_put_text(j, "reading", r->id);
    json_put_text(j, "due", due_words(c->a, r));
    json_put_text(j, "why", r->why);
    json_put_text(j, "hash", r->hash);
    Rc rc = cause ? reading_due(r, &by, *cause, &due, &steps, err) : RC_END;
    if (rc == RC_OK)
        due_json(&due, &steps, by.calendar, j);
    json_close(j, '}');
    return rc == RC_END ? RC_OK : rc;
}

static Rc explanation(Call *c, const Standing *s, const Cause *cause, Buffer *out, Error *err)
{
    const char *history;
    Json j = { .to = out };
    if (law_history(c->app.desk->db, s->o->id, c->a, &history, err))
        return err->rc;
    json_open(&j, '{');
    json_put_text(&j, "obligation", s->o->id);
    json_put_text(&j, "act", s->o->act);
    json_put_text(&j, "paragraph", s->o->paragraph);
    json_put_text(&j, "quote", s->o->quote);
    json_put_text(&j, "debtor", words(c->a, s->o->roles, s->o->n_roles));
    json_put_text(&j, "creditor", s->o->creditor);
    json_put_text(&j, "goes", s->reading->id);
    json_put_text(&j, "status", s->provisional ? "proposed" : "approved");
    json_key(&j, "readings");
    json_open(&j, '[');
    for (size_t i = 0; i < s->o->n_readings; i++)
        if (put_reading(c, &s->o->readings[i], cause, &j, err))
            return err->rc;
    json_close(&j, ']');
    json_key(&j, "history");
    json_raw(&j, history, strlen(history));
    json_close(&j, '}');
    return RC_OK;
}

static int explain(Call *c)
{
    static const char *const readings[] = { "reading", "due", "due_day", "before", "why", NULL }, *const history[] = { "at", "act", "reading", "day", "by", "ground", NULL };
    SCOPED(buffer_free) Buffer out = {0};
    Error err = {0};
    Cause cause;
    const Standing *s = NULL;
    for (size_t i = 0; i < c->law.n; i++)
        if (strcmp(c->law.at[i].o->id, c->p.at[1]) == 0)
            s = &c->law.at[i];
    if (!s) {
        error_refuse(&err, "unknown_obligation", c->p.at[1], NULL, NULL);
        return app_complain(c->app.gateway, &err);
    }
    bool asked = c->period || c->event;
    if (asked && !cause_read(c, s, &cause)) {
        error_refuse(&err, "bad_parameter", c->period ? "period" : "event", NULL, NULL);
        return app_complain(c->app.gateway, &err);
    }
    if (explanation(c, s, asked ? &cause : NULL, &out, &err))
        return app_complain(c->app.gateway, &err);
    if (c->json) {
        print_json(&out);
        return EXIT_OK;
    }
    print_pairs(buffer_string(&out));
    printf("\nreadings\n");
    print_table(buffer_string(&out), "readings", readings);
    printf("\nwhat was decided\n");
    print_table(buffer_string(&out), "history", history);
    return EXIT_OK;
}

/* ---- decisions ---- */

static int approve(Call *c)
{
    Error err = {0};
    return law_reading_approve(c->app.desk, c->p.at[1], c->reading, c->by, c->ground, &err) ? app_complain(c->app.gateway, &err) : EXIT_OK;
}

static int in_force(Call *c)
{
    Error err = {0};
    CivilDay day;
    if (!civil_read(c->p.at[2], &day))
        return usage();
    bool all = strcmp(c->p.at[1], "all") == 0;
    for (size_t i = 0; i < c->law.n; i++)
        if (all && law_force_from(c->app.desk, c->law.at[i].o->id, day, c->by, c->ground, &err))
            return app_complain(c->app.gateway, &err);
    return !all && law_force_from(c->app.desk, c->p.at[1], day, c->by, c->ground, &err) ? app_complain(c->app.gateway, &err) : EXIT_OK;
}

int law_register(int argc, char **argv)
{
    static const struct { const char *word; int positions; bool decides, reading; int (*run)(Call *); } acts[] = {
        { "obligations", 1, false, false, obligations_show }, { "explain", 2, false, false, explain }, { "approve", 2, true, true, approve }, { "in-force", 3, true, false, in_force },
    };
    SCOPED(call_end) Call c = { .a = arena_new() };
    const Option options[] = { { "config", &c.config, NULL }, { "reading", &c.reading, NULL }, { "by", &c.by, NULL }, { "ground", &c.ground, NULL }, { "period", &c.period, NULL },
                               { "event", &c.event, NULL }, { "json", NULL, &c.json }, { NULL, NULL, NULL } };
    Error err = {0};
    if (!options_read(argc, argv, options, &c.p))
        return EXIT_USAGE;
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
        if (c.p.n != acts[i].positions || strcmp(c.p.at[0], acts[i].word) != 0 || !c.reading == acts[i].reading || (acts[i].decides && !(c.by && *c.by && c.ground && *c.ground)))
            continue;
        if (app_open(c.config, &c.app, &err) || law_state_load(c.app.desk, c.a, &c.law, &err))
            return app_complain(c.app.gateway, &err);
        return acts[i].run(&c);
    }
    return usage();
}
