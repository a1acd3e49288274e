#include "gateway/app/command.h"
#include <stdio.h>

int cmd_timeliness(int argc, char **argv)
{
    static const char *const columns[] = { "feed", "period", "party", "name", "owed", "in_time", "late", "late_days_median", "overdue", "missing", "waived", "held", "provisional", "complete", "lacking", NULL };
    const char *config = NULL;
    bool json = false, csv = false;
    TimelinessFilter f = {0};
    const Option options[] = {
        { "config", &config, NULL }, { "by", &f.by, NULL }, { "party", &f.party, NULL }, { "feed", &f.feed, NULL }, { "period", &f.period, NULL }, { "obligation", &f.obligation, NULL },
        { "from", &f.from, NULL }, { "to", &f.to, NULL }, { "as-known-at", &f.as_known_at, NULL }, { "json", NULL, &json }, { "csv", NULL, &csv }, { NULL, NULL, NULL } };
    SCOPED(app_close) App app = {0};
    SCOPED(buffer_free) Buffer out = {0};
    Positions p;
    Error err = {0};
    if (!options_read(argc, argv, options, &p) || p.n)
        return EXIT_USAGE;
    if (app_open(config, &app, &err))
        return app_complain(app.gateway, &err);
    Asker a = app_asker(&app);
    if (csv ? query_timeliness_csv(app.desk, &a, &f, &out, &err) : query_timeliness(app.desk, &a, &f, &out, &err))
        return app_complain(app.gateway, &err);
    if (csv)
        fwrite(out.at, 1, out.len, stdout);
    else if (json)
        print_json(&out);
    else
        print_table(buffer_string(&out), "timeliness", columns);
    return EXIT_OK;
}
