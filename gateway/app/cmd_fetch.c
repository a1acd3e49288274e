#include "adapters/fetch.h"
#include "gateway/app/command.h"
#include "persistence/audit.h"
#include <libxml/parser.h>
#include <stdio.h>

static void fetched_json(const Fetched *got)
{
    SCOPED(buffer_free) Buffer out = {0};
    Json j = { .to = &out };
    json_open(&j, '{');
    json_put_text(&j, "delivery", got->delivery);
    json_put_number(&j, "number", got->number);
    json_key(&j, "repeat"), json_bool(&j, got->repeat);
    json_put_number(&j, "attempts", got->attempts);
    json_close(&j, '}');
    print_json(&out);
}

static int show(App *app, const Fetched *got, bool wait, bool json)
{
    Error err = {0};
    SCOPED(buffer_free) Buffer protocol = {0};
    Asker a = app_asker(app);
    if (!wait && json)
        fetched_json(got);
    else if (!wait)
        printf("%s number %lld%s\n", got->delivery, (long long)got->number, got->repeat ? " (a repeat: this was kept before)" : "");
    else if (app_wait(app, got->delivery, &err) || query_delivery(app->desk, &a, got->delivery, &protocol, &err))
        return app_complain(app->gateway, &err);
    else if (json)
        print_json(&protocol);
    else
        print_pairs(buffer_string(&protocol));
    return EXIT_OK;
}

static Rc fetch(App *app, const char *name, const char *period, Fetched *out, Error *err)
{
    const Pull *p = pull_find(app->gateway, name);
    if (!p)
        return error_set(err, RC_REJECT, "gateway.yaml has no fetch %s; see: nqs-gateway fetches", name);
    if (audit_add(app->desk->db, clock_now(&app->gateway->clock), user_name(), "fetch", name, period ? period : "", err))
        return err->rc;
    xmlInitParser();
    SCOPED(fetches_free) Fetches *f = fetches_new(app->gateway, NULL);
    return fetch_once(f, p, period, out, err);
}

int cmd_fetch(int argc, char **argv)
{
    const char *config = NULL, *period = NULL;
    bool wait = false, json = false;
    const Option options[] = { { "config", &config, NULL }, { "period", &period, NULL }, { "wait", NULL, &wait }, { "json", NULL, &json }, { NULL, NULL, NULL } };
    SCOPED(app_close) App app = {0};
    Positions p;
    Error err = {0};
    Fetched got;
    if (!options_read(argc, argv, options, &p))
        return EXIT_USAGE;
    if (p.n != 1) {
        fprintf(stderr, "usage: nqs-gateway fetch %s\n", command_find("fetch")->usage);
        return EXIT_USAGE;
    }
    if (app_open(config, &app, &err) || fetch(&app, p.at[0], period, &got, &err))
        return app_complain(app.gateway, &err);
    return show(&app, &got, wait, json);
}

int cmd_fetches(int argc, char **argv)
{
    static const char *const columns[] = { "name", "source", "schedule", "next", "last.state", "last.period", "last.ended", "last.pages", "last.bytes", "last.error", "last.delivery", NULL };
    const char *config = NULL;
    bool json = false;
    const Option options[] = { { "config", &config, NULL }, { "json", NULL, &json }, { NULL, NULL, NULL } };
    SCOPED(app_close) App app = {0};
    SCOPED(buffer_free) Buffer out = {0};
    Positions p;
    Error err = {0};
    if (!options_read(argc, argv, options, &p))
        return EXIT_USAGE;
    if (app_open(config, &app, &err) || pulls_list(app.desk, &out, &err))
        return app_complain(app.gateway, &err);
    if (json)
        print_json(&out);
    else
        print_table(buffer_string(&out), "", columns);
    return EXIT_OK;
}
