#include "adapters/fetch_http.h"
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void url_end(CURLU **u) { curl_url_cleanup(*u); }
static void curl_text_end(char **s) { curl_free(*s); }

void fetch_text_free(char **text)
{
    free(*text);
    *text = NULL;
}

static Rc bad(Error *err, const char *where) { return error_refuse(err, "fetch_redirect", where, NULL, NULL); }

static Rc text_out(CURLU *u, char **out, Error *err)
{
    SCOPED(curl_text_end) char *text = NULL;
    if (curl_url_get(u, CURLUPART_URL, &text, 0))
        return bad(err, "");
    *out = strdup(text);
    if (!*out)
        abort();
    return RC_OK;
}

/* One of a list "a.example, b.example". */
static bool listed(const char *list, const char *host)
{
    size_t n = strlen(host);
    for (const char *s = list; s && *s; s += strcspn(s, ",")) {
        s += strspn(s, ", ");
        if (strcspn(s, ", ") == n && strncasecmp(s, host, n) == 0)
            return n > 0;
    }
    return false;
}

typedef struct { char *scheme, *host, *port; } Place;

static void place_end(Place *p)
{
    curl_free(p->scheme);
    curl_free(p->host);
    curl_free(p->port);
}

static bool place_of(CURLU *u, Place *p)
{
    return !curl_url_get(u, CURLUPART_SCHEME, &p->scheme, 0) && !curl_url_get(u, CURLUPART_HOST, &p->host, 0) && !curl_url_get(u, CURLUPART_PORT, &p->port, CURLU_DEFAULT_PORT);
}

/* Never from https to http, and to no host but its own (by the same port) and those that are named. */
static bool may_go(const Pull *p, CURLU *to)
{
    SCOPED(url_end) CURLU *own = curl_url();
    SCOPED(place_end) Place a = {0}, b = {0};
    if (curl_url_set(own, CURLUPART_URL, p->url, 0) || !place_of(own, &a) || !place_of(to, &b))
        return false;
    if (strcmp(b.scheme, "https") && (strcmp(b.scheme, "http") || strcmp(a.scheme, "http")))
        return false;
    return (strcasecmp(a.host, b.host) == 0 && (strcmp(a.port, b.port) == 0 || strcmp(a.scheme, b.scheme))) || listed(p->redirect_hosts, b.host);
}

Rc fetch_link(const Pull *p, const char *from, const char *link, char **out, Error *err)
{
    SCOPED(url_end) CURLU *u = curl_url();
    SCOPED(curl_text_end) char *host = NULL;
    if (curl_url_set(u, CURLUPART_URL, from, 0) || curl_url_set(u, CURLUPART_URL, link, 0) || curl_url_get(u, CURLUPART_HOST, &host, 0))
        return bad(err, "");
    return may_go(p, u) ? text_out(u, out, err) : bad(err, host);
}

Rc fetch_url_with(const char *url, const char *name, unsigned value, char **out, Error *err)
{
    SCOPED(url_end) CURLU *u = curl_url();
    char pair[256];
    snprintf(pair, sizeof pair, "%s=%u", name, value);
    if (curl_url_set(u, CURLUPART_URL, url, 0) || curl_url_set(u, CURLUPART_QUERY, pair, CURLU_APPENDQUERY))
        return bad(err, "");
    return text_out(u, out, err);
}
