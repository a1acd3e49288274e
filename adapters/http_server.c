#include "adapters/http_inside.h"
#include "gateway/base/log.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static enum MHD_Result refused_by_head(Exchange *x, const Error *why)
{
    x->unread = x->has_body || exchange_header(x, "Transfer-Encoding") || exchange_header(x, "Content-Length");
    x->close = true;
    if (!x->route || !x->route->source) {
        exchange_refuse(x, NULL, why);
        return answer_send(x);
    }
    x->refusal = *why;
    x->phase = PHASE_AHEAD;
    return exchange_hand(x, JOB_REFUSE) ? MHD_YES : MHD_NO;
}

static enum MHD_Result no_route(Exchange *x, Buffer *allow)
{
    Error why;
    bool options = !strcmp(x->method, "OPTIONS") && allow->len;
    x->unread = x->has_body;
    if (allow->len) {
        buffer_text(allow, ", OPTIONS");
        answer_header(x, MHD_HTTP_HEADER_ALLOW, buffer_string(allow));
    }
    if (options) {
        answer_fixed(x, MHD_HTTP_NO_CONTENT, NULL, NULL, 0);
        return answer_send(x);
    }
    error_refuse(&why, allow->len ? "method_not_allowed" : "not_found", NULL, NULL, NULL);
    exchange_refuse(x, NULL, &why);
    return answer_send(x);
}

/* Worth a turn of its own before the body: the answer may spare the sender the rest. */
static bool wants_ahead(const Exchange *x)
{
    bool stranger = !exchange_header(x, "Authorization") && !exchange_header(x, "X-Client-Cert");
    return x->route->ahead && x->has_body && (stranger || !x->length || x->length > HTTP_PIECE || exchange_header(x, "Expect"));
}

static enum MHD_Result on_headers(HttpServer *s, Exchange *x, const char *url, const char *version)
{
    Error err;
    SCOPED(buffer_free) Buffer allow = {0};
    x->route = route_find(s->tables, x->method, url, x->arena, x->parameter, &allow);
    if (head_judge(x, version, &err))
        return refused_by_head(x, &err);
    if (!x->route)
        return no_route(x, &allow);
    if (!wants_ahead(x)) {
        x->phase = PHASE_BODY;
        return MHD_YES;
    }
    x->phase = PHASE_AHEAD;
    return exchange_hand(x, JOB_WORK) ? MHD_YES : MHD_NO;
}

/* libmicrohttpd 0.9.75 misses a hang-up that comes together with the last bytes (edge-triggered epoll, short read), and would wait for the idle
   time-out. Of a chunked body we cannot know here whether its end is already read. */
static bool sender_gone(const Exchange *x)
{
    char c;
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return x->seen < x->length && info && !recv(info->connect_fd, &c, 1, MSG_PEEK | MSG_DONTWAIT);
}

static enum MHD_Result drain(Exchange *x, size_t *n)
{
    int64_t now = monotonic_ms();
    if (!x->drain_until) {
        unsigned idle = x->server->settings->idle_seconds, most = HTTP_DRAIN_MS / 1000;
        x->drain_until = now + HTTP_DRAIN_MS;
        x->close = true;
        MHD_set_connection_option(x->connection, MHD_CONNECTION_OPTION_TIMEOUT, idle && idle < most ? idle : most);
    }
    x->drained += *n;
    x->seen += *n;
    metrics_count(METRIC_RECEIVED_BYTES, 0, (int64_t)*n);
    *n = 0;
    return x->drained <= HTTP_DRAIN_BYTES && now < x->drain_until && !sender_gone(x) ? MHD_YES : MHD_NO;
}

/* A byte a second is never idle. */
static bool too_slow(Exchange *x)
{
    uint64_t ms = (uint64_t)(monotonic_us() - x->since) / 1000;
    if (ms <= 1000ull * x->server->settings->idle_seconds || x->seen * 1000 >= ms * HTTP_SLOWEST)
        return false;
    x->cut_why = "slow";
    return true;
}

/* Returns how many there was room for. */
static size_t take_bytes(Exchange *x, const char *bytes, size_t n)
{
    size_t room = HTTP_PIECE - x->in.len, taken = n < room ? n : room, size = x->in.size;
    buffer_add(&x->in, bytes, taken);
    x->seen += taken;
    metrics_count(METRIC_RECEIVED_BYTES, 0, (int64_t)taken);
    if (x->in.size != size)
        exchange_weigh(x);
    return taken;
}

static enum MHD_Result on_bytes(Exchange *x, const char *bytes, size_t *n)
{
    if (x->phase == PHASE_AHEAD)
        x->phase = PHASE_BODY;
    if (x->answered || x->route->quick || !x->route->types)
        return drain(x, n);
    *n -= take_bytes(x, bytes, *n);
    if (too_slow(x))
        return MHD_NO;
    if (x->in.len < HTTP_PIECE)
        return sender_gone(x) ? MHD_NO : MHD_YES;
    return exchange_hand(x, JOB_WORK) ? MHD_YES : MHD_NO;
}

/* Called without bytes: begin was asked ahead, or the body is whole, or a worker has answered. */
static enum MHD_Result on_turn(Exchange *x)
{
    if (x->answered) {
        x->unread = x->unread || (x->phase == PHASE_AHEAD && x->has_body);
        return answer_send(x);
    }
    if (x->phase == PHASE_AHEAD) {
        x->phase = PHASE_BODY;
        return MHD_YES;
    }
    x->phase = PHASE_END;
    x->whole = true;
    x->last_byte = clock_now(x->server->settings->clock);
    if (!x->route->quick)
        return exchange_hand(x, JOB_WORK) ? MHD_YES : MHD_NO;
    x->route->end(x, NULL);
    return answer_send(x);
}

/* With a chunked body libmicrohttpd goes on to the next chunk it already holds although the connection was just suspended; the exchange is a worker's then. */
static bool is_suspended(struct MHD_Connection *c)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_SUSPENDED);
    return info && info->suspended;
}

static enum MHD_Result on_access(void *server, struct MHD_Connection *c, const char *url, const char *method, const char *version,
                                 const char *bytes, size_t *n, void **slot)
{
    Exchange *x = *slot;
    if (x && is_suspended(c))
        return MHD_YES;                        /* *n stays: nothing was taken */
    if (x)
        return *n ? on_bytes(x, bytes, n) : on_turn(x);
    *slot = x = exchange_new(server, c, method);
    return on_headers(server, x, url, version);
}

static void count_exchange(const Exchange *x, bool cut)
{
    if (cut)
        metrics_count(METRIC_CUT, x->cut_why ? CUT_SLOW : x->stranger->sent_away ? CUT_CROWDED : CUT_BROKEN, 1);
    else
        metrics_count(METRIC_SENT_BYTES, 0, (int64_t)x->sent);
    metric_time(&metrics[METRIC_HTTP_SECONDS], route_index(x->server->tables, x->route), 0, monotonic_us() - x->since);
}

static void log_exchange(const Exchange *x, bool cut)
{
    char status[12], bytes[24], ms[24];
    snprintf(status, sizeof status, "%u", x->answered ? x->answer.status : 0);
    snprintf(bytes, sizeof bytes, "%" PRIu64, x->sent);
    snprintf(ms, sizeof ms, "%" PRId64, (monotonic_us() - x->since) / 1000);
    log_event(LOG_INFO, cut ? "cut" : "answered", "method", x->method, "route", x->route ? x->route->pattern : "-", "status", status,
              "bytes", bytes, "ms", ms, "delivery", x->delivery[0] ? x->delivery : "-", cut ? "why" : NULL,
              x->cut_why ? x->cut_why : x->stranger->sent_away ? "crowded" : "broken", NULL);
}

static void on_completed(void *server, struct MHD_Connection *c, void **slot, enum MHD_RequestTerminationCode how)
{
    HttpServer *s = server;
    Exchange *x = *slot;
    (void)c;
    *slot = NULL;
    if (!x)
        return;
    bool cut = how != MHD_REQUEST_TERMINATED_COMPLETED_OK;
    count_exchange(x, cut);
    log_exchange(x, cut);
    stranger_again(&s->strangers, x->stranger);
    x->connection = NULL;
    x->stranger = NULL;
    x->job = JOB_DROP;
    if (x->state)
        pool_push(&s->pool, x);                /* a door is dropped with a desk */
    else
        exchange_free(x);
}

static struct MHD_Daemon *daemon_new(HttpServer *s)
{
    return MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_access, s,
                            MHD_OPTION_LISTEN_SOCKET, s->listener.fd,
                            MHD_OPTION_THREAD_POOL_SIZE, (unsigned)HTTP_EVENT_THREADS,
                            MHD_OPTION_CONNECTION_LIMIT, (unsigned)HTTP_CONNECTIONS,
                            MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTP_CONNECTION_MEMORY,
                            MHD_OPTION_CONNECTION_TIMEOUT, s->settings->idle_seconds,
                            MHD_OPTION_STRICT_FOR_CLIENT, 1,
                            MHD_OPTION_NOTIFY_CONNECTION, strangers_notify, &s->strangers,
                            MHD_OPTION_NOTIFY_COMPLETED, on_completed, s, MHD_OPTION_END);
}

static HttpServer *server_new(const Gateway *g, const Route *const *tables, void (*refuse)(Exchange *, const Error *))
{
    HttpServer *s = calloc(1, sizeof *s);
    if (!s)
        abort();
    s->g = g;
    s->settings = door_settings(g);
    s->tables = tables;
    s->refuse = refuse;
    pthread_mutex_init(&s->lock, NULL);
    strangers_start(&s->strangers);
    return s;
}

static void threads_stop(HttpServer *s)
{
    parking_stop(&s->parking);
    pool_stop(&s->pool);
    linger_stop(&s->linger);
}

static void server_free(HttpServer **s)
{
    listener_close(&(*s)->listener);
    pthread_mutex_destroy(&(*s)->lock);
    strangers_stop(&(*s)->strangers);
    free(*s);
    *s = NULL;
}

static HttpCounters counters_now(void)
{
    int64_t cut = metrics_now(METRIC_CUT, CUT_BROKEN) + metrics_now(METRIC_CUT, CUT_SLOW) + metrics_now(METRIC_CUT, CUT_CROWDED);
    return (HttpCounters){ metrics_now(METRIC_EXCHANGES, 0), metrics_now(METRIC_EXCHANGES_OPEN, 0), metrics_now(METRIC_PARKED, 0), metrics_now(METRIC_ANSWERS, ANSWER_4XX),
                           metrics_now(METRIC_ANSWERS, ANSWER_5XX), cut };
}

Rc http_start(const Gateway *g, const Route *const *tables, void (*refuse)(Exchange *, const Error *), HttpServer **out, Error *err)
{
    HttpServer *s = server_new(g, tables, refuse);
    s->listener.fd = -1;
    if (listener_open(s->settings, &s->listener, err)) {
        server_free(&s);
        return err->rc;
    }
    descriptors_raise();
    routes_tell(tables);
    s->before = counters_now();
    pool_start(&s->pool, s, s->settings->threads);
    parking_start(&s->parking, s);
    linger_start(&s->linger);
    if (!(s->daemon = daemon_new(s))) {
        threads_stop(s);
        server_free(&s);
        return error_set(err, RC_FATAL, "libmicrohttpd did not start");
    }
    *out = s;
    return RC_OK;
}

HttpCounters http_counters(const HttpServer *s)
{
    HttpCounters now = counters_now();
    const HttpCounters *b = &s->before;
    return (HttpCounters){ now.exchanges - b->exchanges, now.open - b->open, now.parked - b->parked, now.refused - b->refused, now.failed - b->failed, now.cut - b->cut };
}

static bool all_back(HttpServer *s)
{
    pthread_mutex_lock(&s->lock);
    bool back = !s->handed;
    pthread_mutex_unlock(&s->lock);
    return back;
}

static void tick(void) { nanosleep(&(struct timespec){ 0, 5000000 }, NULL); }

void http_stop(HttpServer **server)
{
    HttpServer *s = *server;
    if (!s)
        return;
    int64_t until = monotonic_ms() + HTTP_STOP_MS;
    MHD_quiesce_daemon(s->daemon);
    parking_hurry(&s->parking);
    while (http_counters(s).open && monotonic_ms() < until)
        tick();
    pthread_mutex_lock(&s->lock);
    s->closing = true;
    pthread_mutex_unlock(&s->lock);
    while (!all_back(s))                       /* libmicrohttpd may not be stopped while a connection is suspended */
        tick();
    MHD_stop_daemon(s->daemon);
    threads_stop(s);
    server_free(server);
}

unsigned http_port(const HttpServer *s) { return s->listener.port; }
