#include "gateway/app/command.h"
#include "gateway/flow/letters.h"
#include "gateway/law/timetable.h"
#include "persistence/audit.h"
#include "persistence/outbox.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *config, *as_known_at, *reason;
    bool        json;
    Positions   p;
    App         app;
} Call;

static void call_end(Call *c) { app_close(&c->app); }

static bool call_begin(int argc, char **argv, Call *c)
{
    const Option options[] = { { "config", &c->config, NULL }, { "as-known-at", &c->as_known_at, NULL }, { "reason", &c->reason, NULL }, { "json", NULL, &c->json },
                               { NULL, NULL, NULL } };
    return options_read(argc, argv, options, &c->p);
}

static int usage(const char *command)
{
    fprintf(stderr, "usage: nqs-gateway %s %s\n", command, command_find(command)->usage);
    return EXIT_USAGE;
}

/* ---- publications ---- */

static Rc publication_json(Desk *d, const Publication *p, Json *j, Error *err)
{
    static const char *const modes[] = { [PUBLISH_CHANGES] = "changes", [PUBLISH_SNAPSHOT] = "snapshot" };
    SCOPED(buffer_free) Buffer state = {0};
    if (outbox_state(d->db, p->name, &state, err))
        return err->rc;
    Counting by = { d->g->calendar, d->g->zone, clock_now(&d->g->clock) };
    Occasion next;
    char at[INSTANT_TEXT];
    if (p->timetable && timetable_next(p->timetable, &by, by.known_at, &next, err))
        return err->rc;
    json_open(j, '{');
    json_put_text(j, "name", p->name);
    json_put_text(j, "feed", p->feed->code);
    json_put_text(j, "mode", modes[p->entry->mode]);
    json_put_text(j, "sink", p->kind->name);
    json_put_text(j, "when", p->entry->when ? p->entry->when : p->entry->mode == PUBLISH_CHANGES ? "at_once" : NULL);
    json_put_text(j, "next", p->timetable ? instant_text(next.at, at) : NULL);
    json_key(j, "state"), json_raw(j, state.at, state.len);
    json_close(j, '}');
    return RC_OK;
}

static Rc letters_json(Desk *d, const char *route, Json *j, Error *err)
{
    SCOPED(buffer_free) Buffer state = {0};
    if (outbox_state(d->db, route, &state, err))
        return err->rc;
    json_open(j, '{');
    json_put_text(j, "name", route);
    json_put_text(j, "feed", NULL);
    json_put_text(j, "mode", "letters");
    json_put_text(j, "sink", "kafka");
    json_put_text(j, "when", "at_once");
    json_put_text(j, "next", NULL);
    json_key(j, "state"), json_raw(j, state.at, state.len);
    json_close(j, '}');
    return RC_OK;
}

static Rc publications_json(Desk *d, Buffer *out, Error *err)
{
    const Publications *all = &d->g->publications;
    Json j = { .to = out };
    const char *letters[LETTER_KINDS];
    size_t n_letters = letters_routes(d->g, letters);
    json_open(&j, '[');
    for (size_t i = 0; i < all->n; i++)
        if (publication_json(d, &all->at[i], &j, err))
            return err->rc;
    for (size_t i = 0; i < n_letters; i++)
        if (letters_json(d, letters[i], &j, err))
            return err->rc;
    json_close(&j, ']');
    return RC_OK;
}

int cmd_publications(int argc, char **argv)
{
    static const char *const columns[] = { "name", "feed", "mode", "sink", "next", "state.settlement", "state.sent_at", "state.waiting", "state.oldest", "state.attempts", "state.dead", "state.error", NULL };
    SCOPED(call_end) Call c = {0};
    SCOPED(buffer_free) Buffer out = {0};
    Error err = {0};
    char key[PUBLIC_KEY_TEXT];
    if (!call_begin(argc, argv, &c))
        return EXIT_USAGE;
    bool show_key = c.p.n == 1 && strcmp(c.p.at[0], "key") == 0;
    if (c.p.n && !show_key)
        return usage(argv[0]);
    if (app_open(c.config, &c.app, &err) || (!show_key && publications_json(c.app.desk, &out, &err)))
        return app_complain(c.app.gateway, &err);
    if (show_key) {
        sink_public_key(c.app.gateway, key);
        fputs(key, stdout);
    } else if (c.json)
        print_json(&out);
    else
        print_table(buffer_string(&out), "", columns);
    return EXIT_OK;
}

/* ---- publish ---- */

static Rc publish(Call *c, const char *name, int64_t *id, int64_t *ordinal, Error *err)
{
    SCOPED(tx_end) Tx tx = {0};
    Desk *d = c->app.desk;
    const Publication *p = publication_find(&d->g->publications, name);
    Instant now = clock_now(&d->g->clock), at;
    bool zoned;
    if (!p)
        return error_set(err, RC_REJECT, "gateway.yaml has no publication %s; see: nqs-gateway publications", name);
    if (c->as_known_at && !instant_read(c->as_known_at, &at, &zoned))
        return error_refuse(err, "bad_parameter", "as_known_at", NULL, NULL);
    char text[INSTANT_TEXT];
    if (tx_begin(&tx, d->db, err) || outbox_snapshot(d->db, name, p->feed->code, c->as_known_at ? instant_text(at, text) : NULL, now, id, ordinal, err)
        || audit_add(d->db, now, user_name(), "publish", name, c->as_known_at ? c->as_known_at : "", err))
        return err->rc;
    return tx_commit(&tx, err);
}

int cmd_publish(int argc, char **argv)
{
    SCOPED(call_end) Call c = {0};
    Error err = {0};
    int64_t id, ordinal;
    if (!call_begin(argc, argv, &c))
        return EXIT_USAGE;
    if (c.p.n != 1)
        return usage(argv[0]);
    if (app_open(c.config, &c.app, &err) || publish(&c, c.p.at[0], &id, &ordinal, &err))
        return app_complain(c.app.gateway, &err);
    printf("snapshot %lld of %s, as of settlement %lld, is on its way\n", (long long)id, c.p.at[0], (long long)ordinal);
    return EXIT_OK;
}

/* ---- dead letters ---- */

static int dead_list(Call *c)
{
    static const char *const columns[] = { "id", "publication", "subject", "settlement", "events", "since", "error", NULL };
    SCOPED(buffer_free) Buffer out = {0};
    Error err = {0};
    if (app_open(c->config, &c->app, &err) || outbox_dead(c->app.desk->db, &out, &err))
        return app_complain(c->app.gateway, &err);
    if (c->json)
        print_json(&out);
    else
        print_table(buffer_string(&out), "", columns);
    return EXIT_OK;
}

static int dead_act(Call *c, const char *act, Rc (*run)(Db *db, int64_t id, Error *err))
{
    SCOPED(tx_end) Tx tx = {0};
    char name[16], *end;
    Error err = {0};
    int64_t id = strtoll(c->p.at[1], &end, 10);
    snprintf(name, sizeof name, "dead.%s", act);
    if (*end)
        return app_complain(NULL, (error_set(&err, RC_REJECT, "%s is no number of a dead letter; see: nqs-gateway dead", c->p.at[1]), &err));
    if (app_open(c->config, &c->app, &err))
        return app_complain(c->app.gateway, &err);
    Db *db = c->app.desk->db;
    if (tx_begin(&tx, db, &err) || run(db, id, &err) || audit_add(db, clock_now(&c->app.gateway->clock), user_name(), name, c->p.at[1], c->reason ? c->reason : "", &err)
        || tx_commit(&tx, &err))
        return app_complain(c->app.gateway, &err);
    printf(run == outbox_retry ? "%s will be sent once more\n" : "%s is gone\n", c->p.at[1]);
    return EXIT_OK;
}

int cmd_dead(int argc, char **argv)
{
    SCOPED(call_end) Call c = {0};
    if (!call_begin(argc, argv, &c))
        return EXIT_USAGE;
    if (c.p.n == 0)
        return dead_list(&c);
    if (c.p.n == 2 && strcmp(c.p.at[0], "retry") == 0)
        return dead_act(&c, "retry", outbox_retry);
    if (c.p.n == 2 && strcmp(c.p.at[0], "drop") == 0 && c.reason)
        return dead_act(&c, "drop", outbox_drop);
    return usage(argv[0]);
}
