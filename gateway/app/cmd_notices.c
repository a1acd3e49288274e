#include "gateway/app/command.h"
#include "gateway/flow/notices.h"
#include "persistence/audit.h"
#include "persistence/notices.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct { const char *config, *party, *limit, *cursor; bool failing, json; Positions p; App app; } Call;

enum { USUAL = 100, MOST = 1000 };

static void call_end(Call *c) { app_close(&c->app); }

static bool number_read(const char *s, int64_t *out)
{
    char *end;
    *out = strtoll(s, &end, 10);
    return *s >= '0' && *s <= '9' && !*end;
}

static Rc list(Call *c, Error *err)
{
    static const char *const columns[] = { "number", "day", "party", "channel", "state", "tells", "attempts", "sent_at", "next_at", "answer", NULL };
    SCOPED(buffer_free) Buffer out = {0};
    int64_t before = 0, limit = USUAL;
    if ((c->cursor && !number_read(c->cursor, &before)) || (c->limit && (!number_read(c->limit, &limit) || limit < 1 || limit > MOST)))
        return error_set(err, RC_REJECT, "--limit is 1 to %d, --cursor what `next` of the former page said", MOST);
    if (notices_list(c->app.desk->db, c->party, c->failing, before, (unsigned)limit, &out, err))
        return err->rc;
    if (c->json)
        print_json(&out);
    else
        print_table(buffer_string(&out), "notices", columns);
    return RC_OK;
}

static Rc show(Call *c, int64_t number, Error *err)
{
    static const char *const attempts[] = { "at", "taken", "answer", NULL };
    SCOPED(buffer_free) Buffer out = {0}, bytes = {0};
    if (notice_show(c->app.desk->db, number, &out, &bytes, err))
        return err->rc;
    if (c->json) {
        print_json(&out);
        return RC_OK;
    }
    print_pairs(buffer_string(&out));
    printf("\nattempts\n");
    print_table(buffer_string(&out), "attempted", attempts);
    printf("\nbytes\n%s\n", buffer_string(&bytes));
    return RC_OK;
}

static Rc retry(Call *c, int64_t number, Error *err)
{
    SCOPED(tx_end) Tx tx = {0};
    Db *db = c->app.desk->db;
    Instant now = clock_now(&c->app.gateway->clock);
    return tx_begin(&tx, db, err) || notice_retry(db, number, now, err) || audit_add(db, now, user_name(), "notice.retry", c->p.at[1], "", err) || tx_commit(&tx, err) ? err->rc : RC_OK;
}

static Rc tell(Call *c, Error *err)
{
    const Gateway *g = c->app.gateway;
    if (!notice_settings(g))
        return error_set(err, RC_REJECT, "gateway.yaml has no block notices: nobody is told");
    Notices *n = notices_new(g, NULL);
    Rc rc = notices_tell(n, err);
    notices_free(&n);
    return rc;
}

int cmd_notices(int argc, char **argv)
{
    SCOPED(call_end) Call c = {0};
    const Option options[] = { { "config", &c.config, NULL }, { "party", &c.party, NULL }, { "limit", &c.limit, NULL }, { "cursor", &c.cursor, NULL }, { "failing", NULL, &c.failing },
                               { "json", NULL, &c.json }, { NULL, NULL, NULL } };
    Error err = {0};
    int64_t number = 0;
    if (!options_read(argc, argv, options, &c.p))
        return EXIT_USAGE;
    bool one = c.p.n == 2 && (strcmp(c.p.at[0], "show") == 0 || strcmp(c.p.at[0], "retry") == 0) && number_read(c.p.at[1], &number);
    bool now = c.p.n == 1 && strcmp(c.p.at[0], "tell") == 0;
    if (c.p.n && !one && !now) {
        fprintf(stderr, "usage: nqs-gateway notices %s\n", command_find("notices")->usage);
        return EXIT_USAGE;
    }
    if (app_open(c.config, &c.app, &err))
        return app_complain(c.app.gateway, &err);
    if (now ? tell(&c, &err) : !one ? list(&c, &err) : *c.p.at[0] == 's' ? show(&c, number, &err) : retry(&c, number, &err))
        return app_complain(c.app.gateway, &err);
    return EXIT_OK;
}
