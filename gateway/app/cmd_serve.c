#include "adapters/fetch.h"
#include "adapters/folder.h"
#include "adapters/kafka.h"
#include "adapters/rest.h"
#include "adapters/soap.h"
#include "gateway/app/command.h"
#include "gateway/base/log.h"
#include "gateway/flow/deadline.h"
#include "gateway/flow/dispatch.h"
#include "gateway/flow/notices.h"
#include "gateway/flow/refusals.h"
#include "gateway/flow/turned_away.h"
#include "gateway/flow/station.h"
#include "gateway/flow/work.h"
#include "gateway/model/metrics.h"
#include <libxml/parser.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SWEEP_MS = 60 * 1000, WORKERS_MOST = 32, DISPATCHERS_MOST = 16 };

/* The registry of adapters: the only place that names them. */
static const Route *const tables[] = { rest_routes, soap_routes, NULL };

static atomic_bool stopping, asked_to_stop, failed;

static void *run(void *station)
{
    station_run(station, &stopping);
    /* A station that stops by itself (RC_FATAL) takes the process with it; whoever watches over the process must see that it failed. */
    if (!atomic_load(&asked_to_stop))
        atomic_store(&failed, true);
    kill(getpid(), SIGTERM);
    return NULL;
}

enum { STATIONS = WORKERS_MOST + DISPATCHERS_MOST + 6 };

typedef struct {
    Work     *work[WORKERS_MOST];
    Folders  *folders;              /* NULL: there are no drop boxes */
    Fetches  *fetches;              /* NULL: nothing is fetched */
    Deadline *deadline;
    Notices  *notices;              /* NULL: nobody is told of duties */
    KafkaSource *kafka;             /* NULL: nothing comes by Kafka */
    Dispatch *dispatch[DISPATCHERS_MOST];
    Station   station[STATIONS];
    pthread_t thread[STATIONS];
    size_t    n_work, n_dispatch, n;
} Crew;

/* What delivers by itself has a station of its own only where there is such a thing. */
static void sources_start(Crew *c, const Gateway *g)
{
    size_t n;
    long idle_ms = 1000l * (long)poll_seconds(g);
    if (drop_boxes(g, &n), n) {
        c->folders = folders_new(g);
        c->station[c->n++] = (Station){ "folder", folders_step, c->folders, FOLDERS_MS };
    }
    if (pulls(g, &n), n) {
        c->fetches = fetches_new(g, &stopping);
        c->station[c->n++] = (Station){ "fetch", fetches_step, c->fetches, idle_ms };
    }
    if (kafka_consumes(g)) {
        c->kafka = kafka_source_new(g);
        c->station[c->n++] = (Station){ "kafka", kafka_source_step, c->kafka, 0 };
    }
}

static void dispatch_start(Crew *c, const Gateway *g)
{
    unsigned wanted = dispatch_needed(g) ? g->config->dispatch_threads : 0;
    for (; c->n_dispatch < wanted && c->n_dispatch < DISPATCHERS_MOST; c->n_dispatch++) {
        c->dispatch[c->n_dispatch] = dispatch_new(g, &stopping);
        c->station[c->n++] = (Station){ "dispatch", dispatch_step, c->dispatch[c->n_dispatch], 1000l * (long)poll_seconds(g) };
    }
}

static void crew_start(Crew *c, const Gateway *g, Desk *sweeper)
{
    c->n_work = g->config->work_threads < WORKERS_MOST ? g->config->work_threads : WORKERS_MOST;
    for (size_t i = 0; i < c->n_work; i++) {
        c->work[i] = work_new(g);
        c->station[c->n++] = (Station){ "work", work_step, c->work[i], 0 };
    }
    c->station[c->n++] = (Station){ "sweep", sweep_step, sweeper, SWEEP_MS };
    c->deadline = deadline_new(g);
    c->station[c->n++] = (Station){ "deadline", deadline_step, c->deadline, 1000l * (long)poll_seconds(g) };
    if (notice_settings(g)) {
        c->notices = notices_new(g, &stopping);
        c->station[c->n++] = (Station){ "notices", notices_step, c->notices, 1000l * (long)poll_seconds(g) };
    }
    sources_start(c, g);
    dispatch_start(c, g);
    for (size_t i = 0; i < c->n; i++)
        if (pthread_create(&c->thread[i], NULL, run, &c->station[i]))
            abort();
}

static void crew_stop(Crew *c)
{
    atomic_store(&stopping, true);
    for (size_t i = 0; i < c->n; i++)
        pthread_join(c->thread[i], NULL);
    for (size_t i = 0; i < c->n_work; i++)
        work_free(&c->work[i]);
    for (size_t i = 0; i < c->n_dispatch; i++)
        dispatch_free(&c->dispatch[i]);
    deadline_free(&c->deadline);
    notices_free(&c->notices);
    folders_free(&c->folders);
    fetches_free(&c->fetches);
    kafka_source_free(&c->kafka);
}

static void block_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    pthread_sigmask(SIG_BLOCK, set, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static int serve(App *app)
{
    Error err = {0};
    Crew crew = {0};
    HttpServer *http = NULL;
    sigset_t signals;
    int signal_no;
    metric_set(&metrics[METRIC_STARTED], 0, 0, clock_now(&system_clock));
    block_signals(&signals);
    xmlInitParser();
    if (http_start(app->gateway, tables, rest_refuse, &http, &err))
        return app_complain(app->gateway, &err);
    crew_start(&crew, app->gateway, app->desk);
    log_event(LOG_INFO, "serving", "listen", app->config->listen, "version", NQS_VERSION, NULL);
    sigwait(&signals, &signal_no);
    atomic_store(&asked_to_stop, true);
    log_event(LOG_INFO, "stopping", NULL);
    http_stop(&http);
    crew_stop(&crew);
    refusals_write(app->desk, true);
    turned_away_write(app->desk);
    log_event(LOG_INFO, "stopped", NULL);
    return atomic_load(&failed) ? EXIT_FAILED : EXIT_OK;
}

int cmd_serve(int argc, char **argv)
{
    const char *config = NULL;
    const Option options[] = { { "config", &config, NULL }, { NULL, NULL, NULL } };
    SCOPED(app_close) App app = {0};
    Positions p;
    Error err = {0};
    int applied;
    if (!options_read(argc, argv, options, &p))
        return EXIT_USAGE;
    if (app_open(config, &app, &err) || gateway_migrate(app.gateway, &applied, &err) || gateway_room(app.gateway, &err))
        return app_complain(app.gateway, &err);
    return serve(&app);
}
