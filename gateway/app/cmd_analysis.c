#include "gateway/app/command.h"
#include <stdio.h>
#include <string.h>

/* Where a file is named, its name tells the form. */
static const char *form_of(const char *format, const char *file)
{
    const char *dot = file ? strrchr(file, '.') : NULL;
    return format || !dot ? format : dot + 1;
}

int cmd_analysis(int argc, char **argv)
{
    const char *config = NULL, *file = NULL;
    AnalysisFilter f = {0};
    const Option options[] = {
        { "config", &config, NULL }, { "as-known-at", &f.as_known_at, NULL }, { "format", &f.format, NULL }, { "lang", &f.lang, NULL }, { "out", &file, NULL }, { NULL, NULL, NULL } };
    SCOPED(app_close) App app = {0};
    SCOPED(buffer_free) Buffer out = {0};
    Positions p;
    Error err = {0};
    if (!options_read(argc, argv, options, &p))
        return EXIT_USAGE;
    if (p.n != 1) {
        fprintf(stderr, "usage: nqs-gateway analysis %s\n", command_find("analysis")->usage);
        return EXIT_USAGE;
    }
    f.year = p.at[0];
    f.format = form_of(f.format, file);
    if (app_open(config, &app, &err))
        return app_complain(app.gateway, &err);
    Asker a = app_asker(&app);
    if (query_analysis(app.desk, &a, &f, &out, &err) || (file && app_write(file, &out, &err)))
        return app_complain(app.gateway, &err);
    if (file)
        printf("%s\n", file);
    else if (!f.format || strcmp(f.format, "json") == 0)
        print_json(&out);
    else
        fwrite(out.at, 1, out.len, stdout);
    return EXIT_OK;
}
