#include "gateway/app/command.h"
#include "persistence/audit.h"
#include "persistence/inbox.h"
#include "persistence/records.h"
#include "persistence/reports.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the reading commands share: their options, and the way they answer. */
typedef struct {
    const char *config, *feed, *period, *limit, *cursor, *as_known_at, *as_of_period, *to, *ground;
    bool        json, all, receipt;
    Positions   p;
    App         app;
} Call;

static void call_end(Call *c) { app_close(&c->app); }

static int call_begin(int argc, char **argv, int arguments, Call *c)
{
    const Option options[] = {
        { "config", &c->config, NULL }, { "feed", &c->feed, NULL }, { "period", &c->period, NULL }, { "limit", &c->limit, NULL }, { "cursor", &c->cursor, NULL },
        { "as-known-at", &c->as_known_at, NULL }, { "as-of-period", &c->as_of_period, NULL }, { "to", &c->to, NULL }, { "ground", &c->ground, NULL },
        { "json", NULL, &c->json }, { "all", NULL, &c->all }, { "receipt", NULL, &c->receipt }, { NULL, NULL, NULL } };
    Error err = {0};
    if (!options_read(argc, argv, options, &c->p))
        return EXIT_USAGE;
    if (c->p.n < arguments) {
        fprintf(stderr, "usage: nqs-gateway %s %s\n", argv[0], command_find(argv[0])->usage);
        return EXIT_USAGE;
    }
    return app_open(c->config, &c->app, &err) ? app_complain(c->app.gateway, &err) : EXIT_OK;
}

static Page page_of(const Call *c) { return (Page){ c->cursor, c->limit ? (unsigned)strtoul(c->limit, NULL, 10) : 0 }; }

static int answer(const Call *c, Rc rc, const Error *err, Buffer *out, const char *list, const char *const *columns)
{
    if (rc)
        return app_complain(c->app.gateway, err);
    if (c->json)
        print_json(out);
    else if (columns)
        print_table(buffer_string(out), list, columns);
    else
        print_pairs(buffer_string(out));
    return EXIT_OK;
}

static const char *const finding_columns[] = { "record", "severity", "code", "place", "text", NULL };

int cmd_deliveries(int argc, char **argv)
{
    static const char *const columns[] = { "delivery", "number", "party", "feed", "period", "kind", "state", "findings_total", "committed", NULL };
    SCOPED(call_end) Call c = {0};
    SCOPED(buffer_free) Buffer out = {0};
    Error err = {0};
    int code = call_begin(argc, argv, 0, &c);
    Asker a = app_asker(&c.app);
    return code ? code : answer(&c, query_deliveries(c.app.desk, &a, c.feed, c.period, page_of(&c), &out, &err), &err, &out, "deliveries", columns);
}

int cmd_delivery(int argc, char **argv)
{
    SCOPED(call_end) Call c = {0};
    SCOPED(buffer_free) Buffer out = {0};
    Error err = {0};
    int code = call_begin(argc, argv, 1, &c);
    Asker a = app_asker(&c.app);
    if (code)
        return code;
    if (c.receipt) {
        c.json = true;
        return answer(&c, query_receipt(c.app.desk, &a, c.p.at[0], &out, &err), &err, &out, "", NULL);
    }
    code = answer(&c, query_delivery(c.app.desk, &a, c.p.at[0], &out, &err), &err, &out, "", NULL);
    if (!code && !c.json) {
        putchar('\n');
        print_table(buffer_string(&out), "findings", finding_columns);
    }
    return code;
}

typedef Rc PageQuery(Desk *d, const Asker *a, const char *id, Page page, Buffer *json, Error *err);

/* --all goes through the pages one by one; each is printed as it comes. */
static int pages(Call *c, PageQuery *query, const char *list, const char *const *columns)
{
    Asker a = app_asker(&c->app);
    char cursor[512];
    for (;;) {
        SCOPED(buffer_free) Buffer out = {0};
        Error err = {0};
        int code = answer(c, query(c->app.desk, &a, c->p.at[0], page_of(c), &out, &err), &err, &out, list, columns);
        const char *next = code ? NULL : strstr(buffer_string(&out), "\"next\":\"");
        if (!next || !c->all)
            return code;
        snprintf(cursor, sizeof cursor, "%.*s", (int)strcspn(next + 8, "\""), next + 8);
        c->cursor = cursor;
    }
}

int cmd_findings(int argc, char **argv)
{
    SCOPED(call_end) Call c = {0};
    int code = call_begin(argc, argv, 1, &c);
    return code ? code : pages(&c, query_findings, "findings", finding_columns);
}

int cmd_outcomes(int argc, char **argv)
{
    static const char *const columns[] = { "", NULL };
    SCOPED(call_end) Call c = {0};
    int code = call_begin(argc, argv, 1, &c);
    return code ? code : pages(&c, query_outcomes, "each", columns);
}

static int transfer(Call *c)
{
    Error err = {0};
    SCOPED(buffer_free) Buffer subject = {0};
    const Feed *f = feeds_find(c->app.gateway->feeds, c->p.at[1]);
    if (!f || !c->to || !c->ground || (size_t)(c->p.n - 2) != f->n_key) {
        fprintf(stderr, "usage: nqs-gateway records transfer FEED KEY… --to BIN --ground TEXT\n");
        return EXIT_USAGE;
    }
    buffer_text(&subject, f->code);
    for (size_t i = 0; i < f->n_key; i++)
        buffer_print(&subject, " %s", c->p.at[2 + i]);
    Instant now = clock_now(&c->app.gateway->clock);
    SCOPED(tx_end) Tx tx = {0};
    Db *db = c->app.desk->db;
    if (tx_begin(&tx, db, &err) || record_transfer(db, gateway_table(c->app.gateway, f), c->p.at + 2, c->to, &err)
        || audit_add(db, now, user_name(), "records.transfer", buffer_string(&subject), c->ground, &err) || tx_commit(&tx, &err))
        return app_complain(c->app.gateway, &err);
    printf("%s is %s's now\n", subject.at, c->to);
    return EXIT_OK;
}

int cmd_records(int argc, char **argv)
{
    enum { COLUMNS = 8 };
    SCOPED(call_end) Call c = {0};
    SCOPED(buffer_free) Buffer out = {0};
    SCOPED(arena_free) Arena *arena = arena_new();
    const char *columns[COLUMNS + 1] = {0};
    Error err = {0};
    int code = call_begin(argc, argv, 1, &c);
    if (code)
        return code;
    if (strcmp(c.p.at[0], "transfer") == 0 && c.p.n > 1)
        return transfer(&c);
    Asker a = app_asker(&c.app);
    const Feed *f = feeds_find(c.app.gateway->feeds, c.p.at[0]);
    for (size_t i = 0; f && i < f->n_fields && i < COLUMNS; i++)
        columns[i] = arena_printf(arena, "record.%s", f->fields[i].name);
    AsOf as_of = { c.as_known_at, c.as_of_period };
    return answer(&c, query_records(c.app.desk, &a, c.p.at[0], as_of, page_of(&c), &out, &err), &err, &out, "records", columns);
}

int cmd_replay(int argc, char **argv)
{
    SCOPED(call_end) Call c = {0};
    Error err = {0};
    int code = call_begin(argc, argv, 1, &c);
    if (code)
        return code;
    if (!uuid_valid(c.p.at[0]))
        return app_complain(c.app.gateway, (error_refuse(&err, "not_found", NULL, NULL, NULL), &err));
    SCOPED(tx_end) Tx tx = {0};
    Db *db = c.app.desk->db;
    if (tx_begin(&tx, db, &err) || inbox_replay(db, c.p.at[0], &err)
        || audit_add(db, clock_now(&c.app.gateway->clock), user_name(), "replay", c.p.at[0], "", &err) || tx_commit(&tx, &err))
        return app_complain(c.app.gateway, &err);
    printf("%s waits to be worked once more\n", c.p.at[0]);
    return EXIT_OK;
}
