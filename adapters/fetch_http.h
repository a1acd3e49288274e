/* One HTTP exchange with a supplier's system, by libcurl: within time and size, answer handed on as it comes. */
#pragma once
#include "adapters/secret.h"
#include "gateway/flow/pull.h"
#include <stdatomic.h>

typedef struct FetchHttp FetchHttp;              /* a reused handle; one thread */

void       curl_ready(void);                                  /* before anything else of libcurl; any thread, any number of times */
FetchHttp *fetch_http_new (const atomic_bool *stopping);      /* an exchange under way is given up when that is set; NULL: never */
void       fetch_http_free(FetchHttp **h);                    /* NULL-safe */

/* The headers of a pull, its secrets read from their files, until the next call. RC_REJECT fetch_secret: a file cannot be read, or by others too. */
Rc fetch_http_headers(FetchHttp *h, const Pull *p, Error *err) MUST_USE;

typedef Rc FetchSink(void *self, unsigned status, const char *bytes, size_t n, Error *err);

typedef struct {
    const char *url;
    const char *body;  size_t body_len;          /* POST of text/xml; NULL: GET */
    bool        any_status;                      /* the sink wants the body whatever the status is */
    FetchSink  *sink;
    void       *self;
} FetchAsk;

/* *status: of the last answer, 0: none. RC_OK: 200 (or any status, where that is wanted), and the whole body was handed on. RC_REJECT: fetch_connect, fetch_tls,
   fetch_timeout, fetch_cut, fetch_too_large {MB}, fetch_redirect {host}, fetch_http {status}, fetch_stopped. Or what the sink returned. */
Rc fetch_http(FetchHttp *h, const Pull *p, const FetchAsk *ask, unsigned *status, uint64_t *bytes, Error *err) MUST_USE;

/* What the last answer asked to wait by Retry-After (RFC 9110 10.2.3), in seconds; 0: nothing. */
unsigned fetch_http_wait(const FetchHttp *h);

/* A link as it stands in an answer, made whole by the address it came from. Lives until fetch_text_free. RC_REJECT fetch_redirect {host}: it leads where the pull may not go. */
Rc   fetch_link(const Pull *p, const char *from, const char *link, char **out, Error *err) MUST_USE;
/* url with name=value in its query. */
Rc   fetch_url_with(const char *url, const char *name, unsigned value, char **out, Error *err) MUST_USE;
void fetch_text_free(char **text);
