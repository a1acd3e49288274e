#include "gateway/base/log.h"
#include "gateway/flow/bell.h"
#include "gateway/flow/deadline.h"
#include "gateway/flow/keeper.h"
#include "gateway/flow/law_state.h"
#include "gateway/flow/presence.h"
#include "gateway/flow/refusals.h"
#include "gateway/flow/turned_away.h"
#include "gateway/flow/template.h"
#include "gateway/law/almaty.h"
#include "gateway/flow/notices.h"
#include "persistence/inbox.h"
#include "persistence/migrate.h"
#include "persistence/versions.h"
#include "schemas/calendar.h"
#include "schemas/contract.h"
#include "schemas/indicators.h"
#include "transforms/convert.h"
#include "transforms/rules.h"
#include <stdio.h>
#include <stdlib.h>

static bool rule_known(const char *name) { return rule_for(name) != NULL; }

Rc gateway_feeds(const char *contracts, Feeds **out, Error *err)
{
    return contracts_load(contracts, convert_for, rule_known, out, err);
}

Rc gateway_mappings(const Config *c, const Feeds *feeds, Mappings **out, Error *err)
{
    SCOPED(arena_free) Arena *a = arena_new();
    const char *const folders[] = { arena_printf(a, "%s/transforms/mappings", c->share), c->mappings };
    return mappings_load(folders, sizeof folders / sizeof *folders, feeds, out, err);
}

Rc gateway_zone(Zone **out, Error *err)
{
    SCOPED(zone_free) Zone *z = NULL;
    if (zone_load("Asia/Almaty", &z, err) || almaty_check(z, err))
        return err->rc;
    *out = TAKE(z);
    return RC_OK;
}

Rc gateway_calendar(const char *share, const char *own, Arena *a, Calendar **out, Error *err)
{
    return calendar_load(arena_printf(a, "%s/schemas/law", share), own, a, out, err);
}

static void settings_from(const Config *c, const Clock *clock, DoorSettings *s)
{
    *s = (DoorSettings){
        .listen = c->listen, .edge_user = c->edge_user, .soap_deliver = c->soap_deliver, .soap_protocol = c->soap_protocol, .soap_acknowledge = c->soap_acknowledge, .public_url = c->public_url,
        .max_message = (uint64_t)c->max_message_mb << 20, .max_uploads = c->max_uploads, .idle_seconds = c->idle_seconds, .threads = c->http_threads,
        .clock = clock,
    };
}

static Rc open_parts(Gateway *g, Error *err)
{
    const Config *c = g->config;
    const char *texts = arena_printf(g->arena, "%s/schemas/texts/findings.yaml", c->share);
    const char *papers = arena_printf(g->arena, "%s/" PAPER_TEXTS, c->share);
    if (gateway_feeds(c->contracts, &g->feeds, err) || texts_load(texts, &g->texts, err) || texts_load(papers, &g->papers, err)
        || gateway_mappings(c, g->feeds, &g->mappings, err)
        || vault_open(c->key_file, &g->vault, err))
        return err->rc;
    if (gateway_zone(&g->zone, err) || gateway_calendar(c->share, c->calendars, g->arena, &g->calendar, err) || gateway_obligations(c->share, c->obligations, g->feeds, g->arena, &g->obligations, err)
        || indicators_load(c->indicators ? c->indicators : arena_printf(g->arena, "%s/schemas/law/indicators.yaml", c->share), g->feeds, g->arena, &g->indicators, err) || pulls_check(c, g->feeds, g->mappings, err) || kafka_check(c, err) || notices_check(c, err) || deadline_check(c, err)
        || publications_new(c, g->feeds, g->arena, &g->publications, err))
        return err->rc;
    g->tables = arena_alloc(g->arena, (g->feeds->n + 1) * sizeof *g->tables);
    for (size_t i = 0; i < g->feeds->n; i++)
        g->tables[i] = table_new(&g->feeds->at[i], g->arena);
    return RC_OK;
}

Rc gateway_open(const Config *config, const Clock *clock, Gateway **out, Error *err)
{
    SCOPED(gateway_free) Gateway *g = calloc(1, sizeof *g);
    if (!g)
        abort();
    g->config = config;
    g->clock = *clock;
    g->arena = arena_new();
    g->identities = identities_new();
    g->refusals = refusals_new();
    g->turned_away = turned_away_new();
    g->bell = bell_new();
    g->presence = presence_new();
    g->keeper = keeper_new(g);
    settings_from(config, &g->clock, &g->settings);
    if (open_parts(g, err))
        return err->rc;
    *out = TAKE(g);
    return RC_OK;
}

void gateway_free(Gateway **g)
{
    if (!*g)
        return;
    texts_free(&(*g)->texts);
    texts_free(&(*g)->papers);
    zone_free(&(*g)->zone);
    vault_free(&(*g)->vault);
    mappings_free(&(*g)->mappings);
    contracts_free(&(*g)->feeds);
    keeper_free(&(*g)->keeper);
    bell_free(&(*g)->bell);
    presence_free(&(*g)->presence);
    identities_free(&(*g)->identities);
    refusals_free(&(*g)->refusals);
    turned_away_free(&(*g)->turned_away);
    arena_free(&(*g)->arena);
    free(*g);
    *g = NULL;
}

const Table *gateway_table(const Gateway *g, const Feed *feed) { return g->tables[feed - g->feeds->at]; }

static Rc published_index(const Gateway *g, Db *db, Error *err)
{
    for (const Publication *p = g->publications.at; p < g->publications.at + g->publications.n; p++)
        if (p->entry->mode == PUBLISH_CHANGES && versions_index(db, gateway_table(g, p->feed), err))
            return error_at(err, "publication %s", p->name);
    return RC_OK;
}

Rc gateway_migrate(const Gateway *g, int *applied, Error *err)
{
    SCOPED(db_free) Db *db = db_new(g->config->database);
    SCOPED(arena_free) Arena *a = arena_new();
    const char *folder = arena_printf(a, "%s/persistence/migrations", g->config->share);
    return migrations_run(db, folder, applied, err) || tables_create(db, g->tables, g->feeds->n, err) || published_index(g, db, err)
        || inbox_key_fits(db, g->vault, err) ? err->rc : RC_OK;
}

Rc gateway_room(const Gateway *g, Error *err)
{
    enum { OTHERS = 7 };                                /* two that keep, the parking, the sweep, drop boxes, fetches, duties */
    SCOPED(db_free) Db *db = db_new(g->config->database);
    unsigned dispatching = g->publications.n ? g->config->dispatch_threads : 0;
    int64_t needs = g->config->http_threads + 2 * g->config->work_threads + dispatching + OTHERS + !!g->config->kafka, allowed;
    char have[24], want[24];
    if (db_allowed(db, &allowed, err) || allowed >= needs)
        return err->rc;
    snprintf(want, sizeof want, "%lld", (long long)needs);
    snprintf(have, sizeof have, "%lld", (long long)allowed);
    log_event(LOG_WARNING, "connections_short", "needs", want, "allowed", have, NULL);
    return RC_OK;
}

Desk *desk_new(const Gateway *g)
{
    Desk *d = calloc(1, sizeof *d);
    if (!d)
        abort();
    *d = (Desk){ g, db_new(g->config->database) };
    return d;
}

void desk_free(Desk **d)
{
    if (!*d)
        return;
    db_free(&(*d)->db);
    free(*d);
    *d = NULL;
}

const DoorSettings *door_settings(const Gateway *g) { return &g->settings; }

const char *refusal_lang(const char *accept_language) { return lang_name(lang_accept(accept_language)); }

void refusal_text(const Gateway *g, const char *lang, const Error *refusal, Buffer *out)
{
    const char *args[ERROR_ARGS];
    for (int i = 0; i < ERROR_ARGS; i++)
        args[i] = refusal->arg[i];
    texts_put(g->texts, lang_accept(lang), refusal->code[0] ? refusal->code : refusal->rc == RC_RETRY ? "busy" : "internal", args, ERROR_ARGS, out);
}
