/* The server side of HTTP. Event threads (libmicrohttpd) only move bytes; whatever may wait for the database is done by a handler on a worker
   thread with that worker's Desk, while the connection is suspended. Loopback or a Unix socket only: nginx is the edge. */
#pragma once
#include "gateway/flow/intake.h"

typedef struct HttpServer HttpServer;
typedef struct Exchange   Exchange;             /* one request and its answer; used by one thread at a time */

/* A row of an adapter's table of routes; a table ends with pattern NULL. GET serves HEAD too; OPTIONS and 405 follow from the table.
   begin, body (any number of times, decoded bytes), end are called in this order until one of them answers; what still comes of the body is
   then thrown away. end must answer or park. Any of them may be NULL but end. */
typedef struct {
    const char        *method, *pattern;        /* "/v1/deliveries/{id}/findings": {…} matches one non-empty segment */
    const char *const *types;                   /* media types of a body, ends with NULL; "" = none given is fine. NULL: a body is ignored */
    const char        *source;                  /* for the audit of refusals made by the server itself; NULL: none is written */
    bool               ahead;                   /* ask begin before reading a body that is large, of unknown length or held back by Expect */
    bool               quick;                   /* only end, on the event thread, desk NULL: it must not block */
    void (*begin) (Exchange *x, Desk *d);
    void (*body)  (Exchange *x, Desk *d, const char *bytes, size_t n);
    void (*end)   (Exchange *x, Desk *d);
    void (*parked)(Exchange *x, Desk *d, bool done);         /* after exchange_park: must answer */
    void (*refuse)(Exchange *x, const Error *why);           /* the server refuses in this adapter's form; NULL: the server's own */
} Route;

/* Listens on settings->listen. tables: NULL-terminated. refuse: for requests that no route takes. RC_FATAL: the address is neither loopback nor
   a Unix socket, is taken, or cannot be had. The tables are borrowed until http_stop. */
Rc http_start(const Gateway *g, const Route *const *tables, void (*refuse)(Exchange *, const Error *), HttpServer **out, Error *err) MUST_USE;
/* Stops accepting at once, gives exchanges under way 10 s, then cuts them. NULL-safe. */
void     http_stop(HttpServer **s);
unsigned http_port(const HttpServer *s);        /* 0 on a Unix socket */

/* Since this server was started; one a process. The same and more stand in the metrics (gateway/model/metrics.h). */
typedef struct { int64_t exchanges, open, parked, refused, failed, cut; } HttpCounters;
HttpCounters http_counters(const HttpServer *s);

/* The request. Texts are good until the exchange ends; NULL = not given. */
const Gateway      *exchange_gateway (const Exchange *x);
const DoorSettings *exchange_settings(const Exchange *x);
Arena              *exchange_arena   (Exchange *x);
const char *exchange_parameter  (const Exchange *x, unsigned i);         /* what the i-th {…} matched */
const char *exchange_query      (const Exchange *x, const char *name);   /* "" when given without a value */
const char *exchange_header     (const Exchange *x, const char *name);
const char *exchange_lang       (const Exchange *x);                     /* by Accept-Language */
const char *exchange_certificate(Exchange *x);                           /* PEM, only when the trusted edge vouches for it */
const char *exchange_base       (Exchange *x);                           /* "http://host:port" as the client wrote it */
uint64_t    exchange_length     (const Exchange *x);                     /* Content-Length where it is the decoded one, else 0 */
Instant     exchange_first_byte (const Exchange *x);
Instant     exchange_last_byte  (const Exchange *x);                     /* in end */
/* SHA-256 of the bytes as sent. False: nobody needs it, they are the bytes given to body, and there was no Content-Digest. */
bool        exchange_digest     (const Exchange *x, unsigned char out[DIGEST_SIZE]);

/* The sender is known now. Until then the exchange is among the first to be cut when the server is crowded, and what the adapter keeps back of its body
   counts towards that. */
void  exchange_known(Exchange *x);
void  exchange_holds(Exchange *x, size_t bytes);

/* The handler's own state; end is called once on a worker, at the latest when the exchange ends. */
void  exchange_keep (Exchange *x, void *state, void (*end)(void *state, Desk *d));
void *exchange_state(const Exchange *x);
void  exchange_about(Exchange *x, const char *delivery);                 /* named in the access log */

/* The answer. Headers first, then one answer_*; a second one is a programming error. */
typedef Rc StreamNext(void *self, Desk *d, const char **bytes, size_t *n, Error *err);
void answer_header(Exchange *x, const char *name, const char *value);    /* copied */
void answer_with  (Exchange *x, unsigned status, const char *type, Buffer *body);                   /* takes the body */
void answer_fixed (Exchange *x, unsigned status, const char *type, const char *bytes, size_t n);    /* bytes live for ever */
/* next is called on workers, with self = exchange_state; RC_END: no more; an error cuts the connection. A piece is good until the next call. */
void answer_stream(Exchange *x, unsigned status, const char *type, uint64_t length, StreamNext *next);
bool exchange_answered(const Exchange *x);

/* What a sender is told: a refusal as it is; what the world or we got wrong as busy or internal, without its text. */
Error refusal_of(const Error *why);

/* No thread waits: parked is called when the delivery is worked, or after ms, or when the server stops. */
void exchange_park(Exchange *x, const char *delivery, unsigned ms);
