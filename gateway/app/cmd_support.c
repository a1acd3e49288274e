#include "gateway/app/command.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct { const char *config, *reason, *text, *file, *limit, *cursor; bool json; Positions p; App app; } Call;

static void call_end(Call *c) { app_close(&c->app); }

static int usage(void)
{
    fprintf(stderr, "usage: nqs-gateway support %s\n", command_find("support")->usage);
    return EXIT_USAGE;
}

static Rc list(Call *c, const Asker *a, Buffer *out, Error *err)
{
    static const char *const columns[] = { "number", "class", "submitted_at", "answered_at", "party", "request.full_name", "request.subject", NULL };
    Page page = { c->cursor, c->limit ? (unsigned)strtoul(c->limit, NULL, 10) : 0 };
    if (query_supports(c->app.desk, a, page, out, err))
        return err->rc;
    if (c->json)
        print_json(out);
    else
        print_table(buffer_string(out), "requests", columns);
    return RC_OK;
}

static Rc show(Call *c, const Asker *a, Buffer *out, Error *err)
{
    static const char *const history[] = { "at", "type", "reason", "by", NULL };
    SCOPED(buffer_free) Buffer file = {0};
    if (query_support(c->app.desk, a, c->p.at[0], out, &file, err) || (c->file && app_write(c->file, &file, err)))
        return err->rc;
    if (c->json) {
        print_json(out);
        return RC_OK;
    }
    print_pairs(buffer_string(out));
    printf("\nwhat happened\n");
    print_table(buffer_string(out), "history", history);
    return RC_OK;
}

static Rc change(Call *c, const Asker *a, Buffer *out, Error *err)
{
    if (c->text ? report_support_answer(c->app.desk, a, c->p.at[1], c->text, out, err) : report_support_class(c->app.desk, a, c->p.at[1], c->p.at[2], c->reason, out, err))
        return err->rc;
    print_json(out);
    return RC_OK;
}

int cmd_support(int argc, char **argv)
{
    SCOPED(call_end) Call c = {0};
    const Option options[] = { { "config", &c.config, NULL }, { "reason", &c.reason, NULL }, { "text", &c.text, NULL }, { "file", &c.file, NULL }, { "limit", &c.limit, NULL }, { "cursor", &c.cursor, NULL },
                               { "json", NULL, &c.json }, { NULL, NULL, NULL } };
    SCOPED(buffer_free) Buffer out = {0};
    Error err = {0};
    if (!options_read(argc, argv, options, &c.p))
        return EXIT_USAGE;
    bool class_ = c.p.n == 3 && strcmp(c.p.at[0], "class") == 0 && c.reason && !c.text, answer = c.p.n == 2 && strcmp(c.p.at[0], "answer") == 0 && c.text;
    if (c.p.n > 1 && !class_ && !answer)
        return usage();
    if (app_open(c.config, &c.app, &err))
        return app_complain(c.app.gateway, &err);
    Asker a = app_asker(&c.app);
    if (c.p.n == 0 ? list(&c, &a, &out, &err) : c.p.n == 1 ? show(&c, &a, &out, &err) : change(&c, &a, &out, &err))
        return app_complain(c.app.gateway, &err);
    return EXIT_OK;
}
