#include "adapters/fetch_http.h"
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { REDIRECTS_MOST = 5, STALLED_SECONDS = 60 };

struct FetchHttp {
    CURL              *curl;
    struct curl_slist *headers;
    const atomic_bool *stopping;
};

static void curl_begin(void) { curl_global_init(CURL_GLOBAL_DEFAULT); }

void curl_ready(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, curl_begin);
}

FetchHttp *fetch_http_new(const atomic_bool *stopping)
{
    FetchHttp *h = calloc(1, sizeof *h);
    curl_ready();
    if (!h || !(h->curl = curl_easy_init()))
        abort();
    h->stopping = stopping;
    return h;
}

/* Lines may be secrets. */
static void headers_drop(FetchHttp *h)
{
    for (struct curl_slist *l = h->headers; l; l = l->next)
        explicit_bzero(l->data, strlen(l->data));
    curl_slist_free_all(h->headers);
    h->headers = NULL;
}

void fetch_http_free(FetchHttp **h)
{
    if (!*h)
        return;
    headers_drop(*h);
    curl_easy_cleanup((*h)->curl);
    free(*h);
    *h = NULL;
}

static Rc refuse(Error *err, const char *code, const char *a) { return error_refuse(err, code, a, NULL, NULL); }

static void header_add(FetchHttp *h, const char *name, const char *value)
{
    SCOPED(buffer_free) Buffer line = {0};
    buffer_print(&line, *value ? "%s: %s" : "%s:%s", name, value);
    struct curl_slist *list = curl_slist_append(h->headers, buffer_string(&line));
    if (!list)
        abort();
    h->headers = list;
    explicit_bzero(line.at, line.len);
}

Rc fetch_http_headers(FetchHttp *h, const Pull *p, Error *err)
{
    headers_drop(h);
    if (p->soap) {
        header_add(h, "Content-Type", "text/xml;charset=utf-8");
        header_add(h, "SOAPAction", "\"\"");
        header_add(h, "Expect", "");
    }
    for (const PullHeader *x = p->headers; x < p->headers + p->headers_count; x++) {
        char secret[SECRET_SIZE];
        if (!x->value && secret_read(x->secret_file, secret, err))
            return err->rc;
        header_add(h, x->name, x->value ? x->value : secret);
        explicit_bzero(secret, sizeof secret);
    }
    return RC_OK;
}

/* One exchange under way. */
typedef struct {
    FetchHttp      *h;
    const FetchAsk *ask;
    uint64_t        got, most;
    bool            over, stopped;
    Rc              rc;                 /* of the sink */
    Error          *err;
} Exchange;

static unsigned status_of(FetchHttp *h)
{
    long status = 0;
    curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &status);
    return (unsigned)status;
}

unsigned fetch_http_wait(const FetchHttp *h)
{
    curl_off_t seconds = 0;
    curl_easy_getinfo(h->curl, CURLINFO_RETRY_AFTER, &seconds);
    return seconds > 0 ? (unsigned)(seconds < INT_MAX ? seconds : INT_MAX) : 0;
}

static size_t on_bytes(char *bytes, size_t one, size_t n, void *self)
{
    Exchange *x = self;
    unsigned status = status_of(x->h);
    n *= one;
    x->got += n;
    x->over = x->got > x->most;
    if (x->over)
        return 0;
    if (status != 200 && !x->ask->any_status)
        return n;
    x->rc = x->ask->sink(x->ask->self, status, bytes, n, x->err);
    return x->rc ? 0 : n;
}

static int on_progress(void *self, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    Exchange *x = self;
    (void)a, (void)b, (void)c, (void)d;
    x->stopped = x->h->stopping && atomic_load(x->h->stopping);
    return x->stopped;
}

static void options_set(FetchHttp *h, const Pull *p, Exchange *x, const char *url, bool own_host)
{
    CURL *c = h->curl;
    curl_easy_reset(c);                         /* connections stay open */
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0l);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1l);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)p->connect_seconds);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)p->timeout_seconds);
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1l);
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)STALLED_SECONDS);
    curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, "gzip");
    curl_easy_setopt(c, CURLOPT_USERAGENT, "nqs-gateway/" NQS_VERSION);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, x);
    curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(c, CURLOPT_XFERINFODATA, x);
    curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0l);
    if (p->ca_file)
        curl_easy_setopt(c, CURLOPT_CAINFO, p->ca_file);
    if (own_host)
        curl_easy_setopt(c, CURLOPT_HTTPHEADER, h->headers);
    if (x->ask->body) {
        curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)x->ask->body_len);
        curl_easy_setopt(c, CURLOPT_POSTFIELDS, x->ask->body);
    }
}

static Rc failed(const Exchange *x, const Pull *p, CURLcode code, Error *err)
{
    static const struct { CURLcode code; const char *name; } names[] = {
        { CURLE_OPERATION_TIMEDOUT, "fetch_timeout" }, { CURLE_COULDNT_RESOLVE_HOST, "fetch_connect" }, { CURLE_COULDNT_RESOLVE_PROXY, "fetch_connect" },
        { CURLE_COULDNT_CONNECT, "fetch_connect" }, { CURLE_SSL_CONNECT_ERROR, "fetch_tls" }, { CURLE_PEER_FAILED_VERIFICATION, "fetch_tls" },
        { CURLE_SSL_CACERT_BADFILE, "fetch_tls" }, { CURLE_SSL_CERTPROBLEM, "fetch_tls" },
    };
    char most[24];
    if (x->rc)
        return x->rc;
    if (x->stopped)
        return refuse(err, "fetch_stopped", NULL);
    snprintf(most, sizeof most, "%u", p->max_page_mb);
    if (x->over)
        return refuse(err, "fetch_too_large", most);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].code == code)
            return refuse(err, names[i].name, NULL);
    return refuse(err, "fetch_cut", NULL);
}

static Rc exchange(FetchHttp *h, const Pull *p, const FetchAsk *ask, const char *url, bool own_host, unsigned *status, uint64_t *bytes, Error *err)
{
    Exchange x = { .h = h, .ask = ask, .most = (uint64_t)p->max_page_mb << 20, .err = err };
    options_set(h, p, &x, url, own_host);
    CURLcode code = curl_easy_perform(h->curl);
    *status = status_of(h);
    *bytes += x.got;
    return code ? failed(&x, p, code, err) : RC_OK;
}

static bool same_host(const char *a, const char *b)
{
    size_t to_host = strcspn(a, "/") + 2, n = to_host + strcspn(a + to_host, "/?#");
    return strncasecmp(a, b, n) == 0 && (!b[n] || strchr("/?#", b[n]));
}

/* Redirects are followed here, so that each is judged and headers go to no other host. An answer to a POST is never one to follow. */
Rc fetch_http(FetchHttp *h, const Pull *p, const FetchAsk *ask, unsigned *status, uint64_t *bytes, Error *err)
{
    SCOPED(fetch_text_free) char *url = strdup(ask->url);
    char code[16];
    for (int hops = 0; url && hops <= REDIRECTS_MOST; hops++) {
        char *to = NULL, *next = NULL;
        if (exchange(h, p, ask, url, same_host(p->url, url), status, bytes, err))
            return err->rc;
        if (*status == 200 || ask->any_status)
            return RC_OK;
        curl_easy_getinfo(h->curl, CURLINFO_REDIRECT_URL, &to);
        if (!to || ask->body) {
            snprintf(code, sizeof code, "%u", *status);
            return refuse(err, "fetch_http", code);
        }
        if (fetch_link(p, url, to, &next, err))
            return err->rc;
        free(url);
        url = next;
    }
    return refuse(err, "fetch_redirect", "");
}
