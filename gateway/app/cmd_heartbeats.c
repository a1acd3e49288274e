#include "gateway/app/command.h"
#include <stdio.h>

int cmd_heartbeats(int argc, char **argv)
{
    static const char *const gaps[] = { "from", "to", "minutes", NULL }, *const bad[] = { "minute", "process", NULL };
    const char *config = NULL, *from = NULL, *to = NULL;
    bool json = false, good;
    const Option options[] = { { "config", &config, NULL }, { "from", &from, NULL }, { "to", &to, NULL }, { "json", NULL, &json }, { NULL, NULL, NULL } };
    SCOPED(app_close) App app = {0};
    SCOPED(buffer_free) Buffer out = {0};
    Positions p;
    Error err = {0};
    if (!options_read(argc, argv, options, &p) || p.n)
        return EXIT_USAGE;
    if (app_open(config, &app, &err))
        return app_complain(app.gateway, &err);
    Asker a = app_asker(&app);
    if (query_heartbeats(app.desk, &a, from, to, &good, &out, &err))
        return app_complain(app.gateway, &err);
    if (json)
        print_json(&out);
    else {
        print_pairs(buffer_string(&out));
        printf("\ntimes without\n");
        print_table(buffer_string(&out), "gaps", gaps);
        printf("\nnot signed by this installation\n");
        print_table(buffer_string(&out), "bad", bad);
    }
    return good ? EXIT_OK : EXIT_REFUSED;
}
