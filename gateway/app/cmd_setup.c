#include "gateway/app/command.h"
#include "gateway/flow/notices.h"
#include "persistence/audit.h"
#include "schemas/contract.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int cmd_migrate(int argc, char **argv)
{
    const char *config = NULL;
    const Option options[] = { { "config", &config, NULL }, { NULL, NULL, NULL } };
    SCOPED(app_close) App app = {0};
    Positions p;
    Error err = {0};
    int applied;
    if (!options_read(argc, argv, options, &p))
        return EXIT_USAGE;
    if (app_open(config, &app, &err) || gateway_migrate(app.gateway, &applied, &err))
        return app_complain(app.gateway, &err);
    printf("%d migrations applied; tables of %zu feeds are there\n", applied, app.gateway->feeds->n);
    return EXIT_OK;
}

int cmd_key(int argc, char **argv)
{
    const Option options[] = { { NULL, NULL, NULL } };
    Positions p;
    Error err = {0};
    if (!options_read(argc, argv, options, &p))
        return EXIT_USAGE;
    if (p.n != 2 || strcmp(p.at[0], "make") != 0) {
        fprintf(stderr, "usage: nqs-gateway key make FILE\n");
        return EXIT_USAGE;
    }
    if (vault_make_key_file(p.at[1], &err))
        return app_complain(NULL, &err);
    printf("%s made; keep a copy apart from the database's backups: without it nothing kept can be read\n", p.at[1]);
    return EXIT_OK;
}

static int config_explain(void)
{
    SCOPED(buffer_free) Buffer out = {0};
    buffer_text(&out, "gateway.yaml, one \"key: value\" a line; unknown keys stop the start. Keys [default]:\n");
    config_help(&out);
    fputs(buffer_string(&out), stdout);
    return EXIT_OK;
}

/* Neither the database nor the key is touched. */
static int config_check(const char *file)
{
    SCOPED(config_free) Config *c = NULL;
    SCOPED(contracts_free) Feeds *feeds = NULL;
    SCOPED(mappings_free) Mappings *mappings = NULL;
    SCOPED(arena_free) Arena *a = arena_new();
    Calendar *calendar;
    Publications publications;
    Error err = {0};
    if (config_load(file, &c, &err) || gateway_feeds(c->contracts, &feeds, &err) || gateway_mappings(c, feeds, &mappings, &err)
        || pulls_check(c, feeds, mappings, &err) || kafka_check(c, &err) || notices_check(c, &err) || gateway_calendar(c->share, c->calendars, a, &calendar, &err) || publications_new(c, feeds, a, &publications, &err))
        return app_complain(NULL, &err);
    printf("%s: good; serves at %s, with %zu contracts of %s\n", file, c->listen, feeds->n, c->contracts);
    return EXIT_OK;
}

int cmd_config(int argc, char **argv)
{
    const Option options[] = { { NULL, NULL, NULL } };
    Positions p;
    if (!options_read(argc, argv, options, &p))
        return EXIT_USAGE;
    if (p.n == 2 && strcmp(p.at[0], "check") == 0)
        return config_check(p.at[1]);
    if (p.n > 1 || (p.n == 1 && strcmp(p.at[0], "help") != 0)) {
        fprintf(stderr, "usage: nqs-gateway config %s\n", command_find("config")->usage);
        return EXIT_USAGE;
    }
    return config_explain();
}

static int audit_show(App *app, const char *limit, bool json)
{
    static const char *const columns[] = { "id", "at", "actor", "act", "subject", "detail", NULL };
    SCOPED(buffer_free) Buffer out = {0};
    Error err = {0};
    if (audit_list(app->desk->db, limit ? (int)strtol(limit, NULL, 10) : 50, &out, &err))
        return app_complain(app->gateway, &err);
    if (json)
        print_json(&out);
    else
        print_table(buffer_string(&out), "", columns);
    return EXIT_OK;
}

int cmd_audit(int argc, char **argv)
{
    const char *config = NULL, *limit = NULL;
    bool json = false;
    const Option options[] = { { "config", &config, NULL }, { "limit", &limit, NULL }, { "json", NULL, &json }, { NULL, NULL, NULL } };
    SCOPED(app_close) App app = {0};
    Positions p;
    Error err = {0};
    int64_t n;
    if (!options_read(argc, argv, options, &p))
        return EXIT_USAGE;
    if (app_open(config, &app, &err))
        return app_complain(app.gateway, &err);
    if (p.n == 1 && strcmp(p.at[0], "verify") == 0) {
        if (audit_verify(app.desk->db, &n, &err))
            return app_complain(app.gateway, &err);
        printf("%lld rows, the chain is whole\n", (long long)n);
        return EXIT_OK;
    }
    return audit_show(&app, limit, json);
}
