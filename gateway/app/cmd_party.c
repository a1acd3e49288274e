#include "gateway/app/command.h"
#include "gateway/base/text.h"
#include "gateway/flow/channel.h"
#include "persistence/audit.h"
#include "persistence/parties.h"
#include "transforms/convert.h"
#include <stdio.h>
#include <string.h>

typedef struct {
    App        *app;
    Positions   p;                      /* at[0] is the action */
    const char *from, *to, *ground, *lang, *mail;
    bool        json;
    Instant     now;
    char        token[2 * KEY_SIZE + 1];    /* to be shown once its making is committed */
} Call;

static Rc role(Call *c, Error *err)
{
    if (!role_known(c->p.at[2])) {
        fprintf(stderr, "roles:");
        for (const char *const *r = role_names; *r; r++)
            fprintf(stderr, " %s", *r);
        fputc('\n', stderr);
        return error_set(err, RC_REJECT, "there is no role %s", c->p.at[2]);
    }
    if (!c->from || !period_valid(PERIOD_DAY, c->from) || (c->to && !period_valid(PERIOD_DAY, c->to)))
        return error_set(err, RC_REJECT, "--from and --to are days such as 2026-01-31");
    return party_role(c->app->desk->db, c->p.at[1], c->p.at[2], c->from, c->to, c->ground, err);
}

static Rc token(Call *c, Error *err) { return party_token(c->app->desk->db, c->p.at[1], c->now, c->token, err); }

static Rc calendar(Call *c, Error *err) { return party_calendar(c->app->desk->db, c->p.at[1], c->now, c->token, err); }

static Rc password(Call *c, Error *err)
{
    char text[256];
    if (!fgets(text, sizeof text, stdin))
        return error_set(err, RC_REJECT, "the password is read from standard input, one line");
    text[strcspn(text, "\r\n")] = '\0';
    if (strlen(text) < 8)
        return error_set(err, RC_REJECT, "a password has at least 8 characters");
    return party_password(c->app->desk->db, c->p.at[1], c->p.at[2], text, c->now, err);
}

static Rc add(Call *c, Error *err)
{
    if (!iin_or_bin_valid(c->p.at[1]) || c->p.at[1][4] < '4' || c->p.at[1][4] > '6')
        return error_set(err, RC_REJECT, "%s is not a BIN: twelve digits, the fifth of them 4, 5 or 6, and the control digit right", c->p.at[1]);
    return party_add(c->app->desk->db, c->p.at[1], c->p.at[2], c->now, err);
}

static Rc disable(Call *c, Error *err) { return party_disable(c->app->desk->db, c->p.at[1], true, c->now, err); }
static Rc enable(Call *c, Error *err)  { return party_disable(c->app->desk->db, c->p.at[1], false, c->now, err); }
static Rc revoke(Call *c, Error *err)  { return party_revoke(c->app->desk->db, c->p.at[1], c->now, err); }

static Rc set(Call *c, Error *err)
{
    if (!c->lang && !c->mail)
        return error_set(err, RC_REJECT, "--lang or --mail says what is set");
    if (c->lang && strcmp(c->lang, "kk") && strcmp(c->lang, "ru") && strcmp(c->lang, "en"))
        return error_set(err, RC_REJECT, "--lang is kk, ru or en");
    if (c->mail && *c->mail && !mail_addresses(c->mail))
        return error_set(err, RC_REJECT, "--mail is an address such as office@example.kz, or several with commas between; '' for none");
    if (c->lang && party_set_lang(c->app->desk->db, c->p.at[1], c->lang, err))
        return err->rc;
    return c->mail ? party_set_address(c->app->desk->db, c->p.at[1], PARTY_MAIL, c->mail, err) : RC_OK;
}

/* The secret is one of the installation and the party: a new address has the same. */
static Rc webhook(Call *c, Error *err)
{
    const char *url = c->p.at[2];
    if (*url && (!url_is_http(url) || strpbrk(url, " \t\r\n")))
        return error_set(err, RC_REJECT, "%s is no http or https address; '' for none", url);
    if (party_set_address(c->app->desk->db, c->p.at[1], PARTY_WEBHOOK, url, err))
        return err->rc;
    if (*url)
        channel_secret(c->app->gateway, c->p.at[1], c->token);
    return RC_OK;
}

static Rc list(Call *c, Error *err)
{
    static const char *const columns[] = { "bin", "name", "lang", "mail", "disabled", "tokens", "sender_ids", "roles", NULL };
    SCOPED(buffer_free) Buffer out = {0};
    if (party_list(c->app->desk->db, c->now, &out, err))
        return err->rc;
    if (c->json)
        print_json(&out);
    else
        print_table(buffer_string(&out), "", columns);
    return RC_OK;
}

static const struct { const char *name; int arguments; bool audited; Rc (*run)(Call *, Error *); } actions[] = {
    { "add", 2, true, add }, { "role", 2, true, role }, { "token", 1, true, token }, { "calendar", 1, true, calendar }, { "password", 2, true, password },
    { "revoke", 1, true, revoke }, { "disable", 1, true, disable }, { "enable", 1, true, enable }, { "set", 1, true, set }, { "webhook", 2, true, webhook }, { "list", 0, false, list },
};

/* What was done, in words that hold no secret. */
static void detail(const Call *c, Buffer *out)
{
    if (strcmp(c->p.at[0], "add") != 0 && c->p.n > 2)
        buffer_print(out, "%s", c->p.at[2]);
    if (c->from)
        buffer_print(out, " from %s to %s, ground: %s", c->from, c->to ? c->to : "-", c->ground ? c->ground : "-");
    if (c->lang)
        buffer_print(out, "lang %s", c->lang);
    if (c->mail)
        buffer_print(out, "%smail %s", out->len ? " " : "", c->mail);
    buffer_string(out);
}

/* The act and its line in the audit are one commit. */
static Rc act(Call *c, size_t which, Error *err)
{
    char name[32];
    SCOPED(tx_end) Tx tx = {0};
    SCOPED(buffer_free) Buffer what = {0};
    Db *db = c->app->desk->db;
    if (!actions[which].audited)
        return actions[which].run(c, err);
    snprintf(name, sizeof name, "party.%s", actions[which].name);
    detail(c, &what);
    if (tx_begin(&tx, db, err) || actions[which].run(c, err) || audit_add(db, c->now, user_name(), name, c->p.at[1], what.at, err) || tx_commit(&tx, err))
        return err->rc;
    if (c->token[0])
        printf("%s\n", c->token);
    return RC_OK;
}

int cmd_party(int argc, char **argv)
{
    const char *config = NULL;
    SCOPED(app_close) App app = {0};
    Call c = { .app = &app };
    const Option options[] = { { "config", &config, NULL }, { "from", &c.from, NULL }, { "to", &c.to, NULL }, { "ground", &c.ground, NULL }, { "lang", &c.lang, NULL }, { "mail", &c.mail, NULL },
                               { "json", NULL, &c.json }, { NULL, NULL, NULL } };
    Error err = {0};
    if (!options_read(argc, argv, options, &c.p))
        return EXIT_USAGE;
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
        if (c.p.n == 0 || strcmp(c.p.at[0], actions[i].name) != 0 || c.p.n - 1 != actions[i].arguments)
            continue;
        if (app_open(config, &app, &err))
            return app_complain(app.gateway, &err);
        c.now = clock_now(&app.gateway->clock);
        return act(&c, i, &err) ? app_complain(app.gateway, &err) : EXIT_OK;
    }
    fprintf(stderr, "usage: nqs-gateway party %s\n", command_find("party")->usage);
    return EXIT_USAGE;
}
