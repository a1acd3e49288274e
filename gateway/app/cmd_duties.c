#include "gateway/app/command.h"
#include "gateway/flow/deadline.h"
#include "gateway/law/civil.h"
#include "persistence/statements.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int usage(const char *command)
{
    fprintf(stderr, "usage: nqs-gateway %s %s\n", command, command_find(command)->usage);
    return EXIT_USAGE;
}

typedef struct { const char *config, *next, *limit; DutyFilter filter; Page page; bool late, json, csv; App app; } Listing;

static void listing_end(Listing *l) { app_close(&l->app); }

static bool number_read(const char *s, unsigned long most, unsigned long *out)
{
    char *end;
    *out = s && *s >= '0' && *s <= '9' ? strtoul(s, &end, 10) : most + 1;
    return *out <= most && !*end;
}

/* False: wrong usage. at: room for the instant. */
static bool filter_finish(Listing *l, char at[INSTANT_TEXT])
{
    unsigned long n = 0;
    if (l->limit && !number_read(l->limit, 1000, &n))
        return false;
    l->page.limit = (unsigned)n;
    if (l->late && (l->next || l->filter.state))
        return false;
    if (l->late)
        l->filter.state = "overdue";
    if (!l->next)
        return true;
    if (!number_read(l->next, 3660, &n))
        return false;
    l->filter.due_before = instant_text(clock_now(&system_clock) + (int64_t)n * 86400 * 1000000, at);
    return true;
}

static int chain_verify(App *app)
{
    Error err = {0};
    int64_t n;
    if (statements_verify(app->desk->db, &n, &err))
        return app_complain(app->gateway, &err);
    printf("%lld statements, the chain is whole\n", (long long)n);
    return EXIT_OK;
}

int cmd_duties(int argc, char **argv)
{
    static const char *const columns[] = { "duty", "due_day", "state", "party", "name", "feed", "period", "obligation", "provisional", "held", NULL };
    SCOPED(listing_end) Listing l = {0};
    const Option options[] = {
        { "config", &l.config, NULL }, { "late", NULL, &l.late }, { "next", &l.next, NULL }, { "party", &l.filter.party, NULL }, { "feed", &l.filter.feed, NULL },
        { "period", &l.filter.period, NULL }, { "state", &l.filter.state, NULL }, { "obligation", &l.filter.obligation, NULL }, { "as-known-at", &l.filter.as_known_at, NULL },
        { "limit", &l.limit, NULL }, { "cursor", &l.page.cursor, NULL }, { "json", NULL, &l.json }, { "csv", NULL, &l.csv }, { NULL, NULL, NULL } };
    SCOPED(buffer_free) Buffer out = {0};
    char at[INSTANT_TEXT];
    Positions p;
    Error err = {0};
    if (!options_read(argc, argv, options, &p))
        return EXIT_USAGE;
    bool verify = p.n == 1 && strcmp(p.at[0], "verify") == 0;
    if ((p.n && !verify) || !filter_finish(&l, at))
        return usage(argv[0]);
    if (app_open(l.config, &l.app, &err))
        return app_complain(l.app.gateway, &err);
    if (verify)
        return chain_verify(&l.app);
    Asker a = app_asker(&l.app);
    if (l.csv ? query_duties_csv(l.app.desk, &a, &l.filter, &out, &err) : query_duties(l.app.desk, &a, &l.filter, l.page, &out, &err))
        return app_complain(l.app.gateway, &err);
    if (l.csv)
        fwrite(out.at, 1, out.len, stdout);
    else if (l.json)
        print_json(&out);
    else
        print_table(buffer_string(&out), "duties", columns);
    return EXIT_OK;
}

/* ---- one ---- */

typedef struct { const char *config, *by, *ground; bool json; Positions p; App app; } Call;

static void call_end(Call *c) { app_close(&c->app); }

static int duty_show(Call *c)
{
    static const char *const statements[] = { "at", "verdict", "provisional", "due", "moment", "moment_at", "delivery", "event", NULL }, *const events[] = { "at", "kind", "detail.from", "detail.to", "detail.why", "detail.ground", NULL },
                      *const steps[] = { "day", "step", "n", "why", NULL };
    SCOPED(buffer_free) Buffer out = {0};
    Error err = {0};
    if (app_open(c->config, &c->app, &err))
        return app_complain(c->app.gateway, &err);
    Asker a = app_asker(&c->app);
    if (query_duty(c->app.desk, &a, c->p.at[0], &out, &err))
        return app_complain(c->app.gateway, &err);
    if (c->json) {
        print_json(&out);
        return EXIT_OK;
    }
    print_pairs(buffer_string(&out));
    printf("\nhow the term is counted\n");
    print_table(buffer_string(&out), "reading.steps", steps);
    printf("\nwhat happened\n");
    print_table(buffer_string(&out), "events", events);
    printf("\nwhat was established\n");
    print_table(buffer_string(&out), "statements", statements);
    return EXIT_OK;
}

static int duty_decide(Call *c, bool waive)
{
    Error err = {0};
    CivilDay day = 0;
    char *end;
    int64_t id = strtoll(c->p.at[1], &end, 10);
    if (*end || id <= 0 || (!waive && !civil_read(c->p.at[2], &day)))
        return usage("duty");
    if (app_open(c->config, &c->app, &err)
        || (waive ? duty_waive(c->app.desk, id, c->by, c->ground, &err) : duty_extend(c->app.desk, id, day, c->by, c->ground, &err)))
        return app_complain(c->app.gateway, &err);
    return EXIT_OK;
}

int cmd_duty(int argc, char **argv)
{
    SCOPED(call_end) Call c = {0};
    const Option options[] = { { "config", &c.config, NULL }, { "by", &c.by, NULL }, { "ground", &c.ground, NULL }, { "json", NULL, &c.json }, { NULL, NULL, NULL } };
    if (!options_read(argc, argv, options, &c.p))
        return EXIT_USAGE;
    bool waive = c.p.n == 2 && strcmp(c.p.at[0], "waive") == 0, extend = c.p.n == 3 && strcmp(c.p.at[0], "extend") == 0;
    if ((waive || extend) && c.by && *c.by && c.ground && *c.ground)
        return duty_decide(&c, waive);
    return c.p.n == 1 ? duty_show(&c) : usage(argv[0]);
}
