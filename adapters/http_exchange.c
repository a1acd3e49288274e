#include "adapters/http_inside.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* What a stranger calls a method goes nowhere: only known words do. */
static const char *method_word(const char *method)
{
    static const char *const words[] = { "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", NULL };
    for (const char *const *w = words; *w; w++)
        if (!strcmp(*w, method))
            return *w;
    return "OTHER";
}

Exchange *exchange_new(HttpServer *s, struct MHD_Connection *c, const char *method)
{
    Exchange *x = calloc(1, sizeof *x);
    if (!x)
        abort();
    x->server = s;
    x->connection = c;
    x->stranger = stranger_of(c);
    x->arena = arena_new();
    x->method = method_word(method);
    x->since = monotonic_us();
    x->first_byte = clock_now(s->settings->clock);
    x->in.ceiling = 2 * HTTP_PIECE;
    metrics_count(METRIC_EXCHANGES, 0, 1);
    metrics_count(METRIC_EXCHANGES_OPEN, 0, 1);
    return x;
}

void exchange_free(Exchange *x)
{
    assert(!x->state);
    metrics_count(METRIC_EXCHANGES_OPEN, 0, -1);
    decoder_free(&x->decoder);
    digest_free(&x->digest);
    buffer_free(&x->in);
    buffer_free(&x->answer.body);
    arena_free(&x->arena);
    free(x);
}

bool exchange_hand(Exchange *x, Job job)
{
    HttpServer *s = x->server;
    pthread_mutex_lock(&s->lock);
    bool open = !s->closing;
    s->handed += open;
    pthread_mutex_unlock(&s->lock);
    if (!open)
        return false;
    x->job = job;
    MHD_suspend_connection(x->connection);
    pool_push(&s->pool, x);
    return true;
}

void exchange_refuse(Exchange *x, Desk *d, const Error *why)
{
    const Route *r = x->route;
    if (r && r->source)
        count_refused(r->source, why);
    if (d && r && r->source)
        door_refused(d, NULL, r->source, why);
    (r && r->refuse ? r->refuse : x->server->refuse)(x, why);
}

Error refusal_of(const Error *why)
{
    Error own = *why;
    if (why->rc == RC_RETRY && !why->code[0])
        error_refuse(&own, "busy", NULL, NULL, NULL);
    else if (why->rc == RC_FATAL || !why->code[0])
        error_refuse(&own, "internal", NULL, NULL, NULL);
    return own;
}

const Gateway *exchange_gateway(const Exchange *x) { return x->server->g; }
const DoorSettings *exchange_settings(const Exchange *x) { return x->server->settings; }
Arena *exchange_arena(Exchange *x) { return x->arena; }
const char *exchange_parameter(const Exchange *x, unsigned i) { return i < HTTP_PARAMETERS ? x->parameter[i] : NULL; }
uint64_t exchange_length(const Exchange *x) { return x->coding == CODING_NONE ? x->length : 0; }
Instant exchange_first_byte(const Exchange *x) { return x->first_byte; }
Instant exchange_last_byte(const Exchange *x) { return x->last_byte; }
void *exchange_state(const Exchange *x) { return x->state; }
bool exchange_answered(const Exchange *x) { return x->answered; }
const char *exchange_lang(const Exchange *x) { return refusal_lang(exchange_header(x, "Accept-Language")); }

const char *exchange_header(const Exchange *x, const char *name)
{
    return MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, name);
}

const char *exchange_query(const Exchange *x, const char *name)
{
    const char *value = NULL;
    size_t len;
    if (!MHD_lookup_connection_value_n(x->connection, MHD_GET_ARGUMENT_KIND, name, strlen(name), &value, &len))
        return NULL;
    return value ? value : "";
}

bool exchange_digest(const Exchange *x, unsigned char out[DIGEST_SIZE])
{
    if (!x->digest)
        return false;
    digest_end(x->digest, out);
    return true;
}

void exchange_keep(Exchange *x, void *state, void (*end)(void *, Desk *))
{
    assert(!x->state);
    x->state = state;
    x->state_end = end;
}

void exchange_known(Exchange *x)
{
    x->kept_back = 0;
    stranger_known(&x->server->strangers, x->stranger);
}

void exchange_weigh(const Exchange *x)
{
    stranger_holds(&x->server->strangers, x->stranger, x->in.size + x->kept_back + (x->decoder ? decoder_memory(x->decoder) : 0));
}

void exchange_holds(Exchange *x, size_t bytes)
{
    x->kept_back = bytes;
    exchange_weigh(x);
}

void exchange_about(Exchange *x, const char *delivery)
{
    size_t n = strnlen(delivery, ID_SIZE - 1);
    memcpy(x->delivery, delivery, n);
    x->delivery[n] = '\0';
}

void exchange_park(Exchange *x, const char *delivery, unsigned ms)
{
    assert(!x->answered && ms && x->route->parked);
    exchange_about(x, delivery);
    x->park_ms = ms;
}
