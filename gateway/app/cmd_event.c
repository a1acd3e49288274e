#include "gateway/app/command.h"
#include "schemas/obligations.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int types_say(void)
{
    fprintf(stderr, "types:");
    for (const char *const *t = event_types; *t; t++)
        if (event_may_be_told(*t))
            fprintf(stderr, " %s", *t);
    fprintf(stderr, "\nusage: nqs-gateway event %s\n", command_find("event")->usage);
    return EXIT_USAGE;
}

int cmd_event(int argc, char **argv)
{
    const char *config = NULL;
    EventSaid said = {0};
    const Option options[] = { { "config", &config, NULL }, { "party", &said.party, NULL }, { "subject", &said.subject, NULL }, { "day", &said.day, NULL }, { "at", &said.at, NULL },
                               { "period", &said.period, NULL }, { "ground", &said.ground, NULL }, { "message-id", &said.message_id, NULL }, { NULL, NULL, NULL } };
    SCOPED(app_close) App app = {0};
    SCOPED(buffer_free) Buffer out = {0};
    Positions p;
    Error err = {0};
    if (!options_read(argc, argv, options, &p))
        return EXIT_USAGE;
    said.type = p.n == 1 ? p.at[0] : NULL;
    if (!said.type || !event_may_be_told(said.type) || !said.day || !said.ground)
        return types_say();
    if (app_open(config, &app, &err))
        return app_complain(app.gateway, &err);
    Asker a = app_asker(&app);
    if (report_event(app.desk, &a, &said, &out, &err))
        return app_complain(app.gateway, &err);
    print_json(&out);
    return EXIT_OK;
}

int cmd_events(int argc, char **argv)
{
    static const char *const columns[] = { "day", "type", "party", "subject", "period", "delivery", "records", "reported_by", "reported_at", "ground", NULL };
    const char *config = NULL, *type = NULL, *limit = NULL;
    bool json = false;
    const Option options[] = { { "config", &config, NULL }, { "type", &type, NULL }, { "limit", &limit, NULL }, { "json", NULL, &json }, { NULL, NULL, NULL } };
    SCOPED(app_close) App app = {0};
    SCOPED(buffer_free) Buffer out = {0};
    Positions p;
    Error err = {0};
    if (!options_read(argc, argv, options, &p))
        return EXIT_USAGE;
    if (app_open(config, &app, &err))
        return app_complain(app.gateway, &err);
    Asker a = app_asker(&app);
    if (query_events(app.desk, &a, type, limit ? (unsigned)strtoul(limit, NULL, 10) : 0, &out, &err))
        return app_complain(app.gateway, &err);
    if (json)
        print_json(&out);
    else
        print_table(buffer_string(&out), "events", columns);
    return EXIT_OK;
}
