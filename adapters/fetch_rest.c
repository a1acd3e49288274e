#include "adapters/fetch_inside.h"
#include "adapters/json_watch.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The pages of a list become one message, RFC 7464: each page as it came, between a record separator and a line feed. */
static const char separator[] = "\x1e", line_feed[] = "\n";

enum { W_FAILED, W_TOTAL_PAGES, W_LAST, W_NEXT, W_TOTAL, W_ITEMS, W_ALL };

/* One page on its way. */
typedef struct {
    Attempt  *a;
    Guard    *guard;
    Digest   *digest;               /* of its records, where they are known, else of all */
    JsonWatch watch;
    Watched   of[W_ALL];
} Page;

/* What the pages before have said. */
typedef struct {
    Attempt *a;
    unsigned n;
    uint64_t records;
    char     total[32], total_pages[32];
    Buffer   digests;
} List;

static void page_end(Page *p)
{
    guard_free(&p->guard);
    digest_free(&p->digest);
}

static void list_end(List *l) { buffer_free(&l->digests); }

static Rc refuse(Error *err, const char *code, const char *a, const char *b) { return error_refuse(err, code, a, b, NULL); }

static Rc not_json(Error *err)
{
    char what[ERROR_ARG_SIZE];
    snprintf(what, sizeof what, "%s", err->code);
    return err->rc == RC_REJECT ? refuse(err, "fetch_not_json", what, NULL) : err->rc;
}

static Rc on_page(void *self, unsigned status, const char *bytes, size_t n, Error *err)
{
    Page *p = self;
    (void)status;
    if (guard_feed(p->guard, bytes, n, err))
        return not_json(err);
    json_watch_feed(&p->watch, bytes, n);
    if (!p->watch.digest)
        digest_add(p->digest, bytes, n);
    return door_payload(p->a->desk, p->a->door, bytes, n, err);
}

static void page_begin(Page *p, Attempt *a)
{
    const Paging *g = a->p->paging;
    *p = (Page){ .a = a, .guard = guard_new(FORMAT_JSON, false, NULL, NULL), .digest = digest_new() };
    p->of[W_FAILED].path = a->p->failed;
    if (g) {
        p->of[W_TOTAL_PAGES].path = g->total_pages;
        p->of[W_LAST].path = g->last;
        p->of[W_NEXT].path = g->next;
        p->of[W_TOTAL].path = g->total;
        p->of[W_ITEMS].path = g->items;
    }
    json_watch_begin(&p->watch, p->of, W_ALL);
    if (p->of[W_ITEMS].path) {
        p->watch.digest = p->digest;
        p->watch.digest_of = W_ITEMS;
    }
}

static Rc page_fetch(Page *p, const char *url, Error *err)
{
    Attempt *a = p->a;
    FetchAsk ask = { .url = url, .sink = on_page, .self = p };
    if (door_payload(a->desk, a->door, separator, 1, err) || fetch_http(a->http, a->p, &ask, &a->status, &a->bytes, err))
        return err->rc;
    if (guard_end(p->guard, err))
        return not_json(err);
    return door_payload(a->desk, a->door, line_feed, 1, err);
}

/* Whatever is there and neither empty, null, false nor 0. */
static bool says_something(const Watched *w)
{
    switch (w->kind) {
    case WATCH_NONE:    return false;
    case WATCH_ARRAY:
    case WATCH_OBJECT:  return w->n > 0;
    case WATCH_TEXT:    return w->text[0] != '\0';
    case WATCH_LITERAL: return strcmp(w->text, "true") == 0;
    default:            return strtod(w->text, NULL) != 0;
    }
}

static Rc missing(const Watched *w, Error *err) { return refuse(err, "fetch_member", w->path, NULL); }

/* A number that every page must say alike. */
static Rc same_number(const Watched *w, char known[32], bool first, Error *err)
{
    size_t digits = strspn(w->text, "0123456789");
    if (!w->path)
        return RC_OK;
    if ((w->kind != WATCH_NUMBER && w->kind != WATCH_TEXT) || !digits || digits > 12 || w->text[digits])
        return missing(w, err);
    if (!first && strcmp(known, w->text))
        return refuse(err, "fetch_total_changed", known, w->text);
    memcpy(known, w->text, digits + 1);
    return RC_OK;
}

/* A source that does not know its own page parameter answers the same page for ever. */
static Rc seen_before(List *l, Page *p, Error *err)
{
    unsigned char digest[DIGEST_SIZE];
    char no[16];
    if (p->watch.digest && p->of[W_ITEMS].n == 0)
        return RC_OK;
    digest_end(p->digest, digest);
    for (size_t at = 0; at < l->digests.len; at += DIGEST_SIZE)
        if (memcmp(l->digests.at + at, digest, DIGEST_SIZE) == 0) {
            snprintf(no, sizeof no, "%u", l->n + 1);
            return refuse(err, "fetch_page_twice", no, NULL);
        }
    buffer_add(&l->digests, digest, DIGEST_SIZE);
    return RC_OK;
}

static Rc judge(List *l, Page *p, Error *err)
{
    const Watched *of = p->of;
    char n[24];
    if (says_something(&of[W_FAILED])) {
        snprintf(n, sizeof n, "%" PRIu64, of[W_FAILED].n);
        return refuse(err, "fetch_failed_records", of[W_FAILED].n ? n : NULL, NULL);
    }
    if (of[W_ITEMS].path && of[W_ITEMS].kind != WATCH_ARRAY)
        return missing(&of[W_ITEMS], err);
    l->records += of[W_ITEMS].n;
    if (same_number(&of[W_TOTAL], l->total, l->n == 0, err) || same_number(&of[W_TOTAL_PAGES], l->total_pages, l->n == 0, err))
        return err->rc;
    return seen_before(l, p, err);
}

/* *next: the address of the page that follows; NULL: there is none. */
static Rc next_page(const List *l, const Page *p, const char *url, char **next, Error *err)
{
    const Pull *pull = l->a->p;
    const Paging *g = pull->paging;
    const Watched *last = &p->of[W_LAST], *link = &p->of[W_NEXT];
    *next = NULL;
    if (!g || (g->total_pages && l->n >= strtoull(l->total_pages, NULL, 10)))
        return RC_OK;
    if (g->next)
        return says_something(link) ? link->kind == WATCH_TEXT ? fetch_link(pull, url, link->text, next, err) : missing(link, err) : RC_OK;
    if (g->last && last->kind != WATCH_LITERAL)
        return missing(last, err);
    if (g->last && strcmp(last->text, "true") == 0)
        return RC_OK;
    return fetch_url_with(pull->url, g->parameter, g->first + l->n, next, err);
}

static Rc sized(const Paging *g, char **url, Error *err)
{
    char *with = NULL;
    if (!g || !g->size_parameter)
        return RC_OK;
    if (fetch_url_with(*url, g->size_parameter, g->size, &with, err))
        return err->rc;
    free(*url);
    *url = with;
    return RC_OK;
}

static Rc one_page(List *l, char **url, Error *err)
{
    Attempt *a = l->a;
    SCOPED(page_end) Page p;
    char *next = NULL;
    page_begin(&p, a);
    if (page_fetch(&p, *url, err) || judge(l, &p, err))
        return err->rc;
    a->pages = ++l->n;
    if (next_page(l, &p, *url, &next, err) || (next && !(a->p->paging->next) && sized(a->p->paging, &next, err))) {
        free(next);
        return err->rc;
    }
    free(*url);
    *url = next;
    return RC_OK;
}

static Rc first_url(const Pull *p, char **url, Error *err)
{
    const Paging *g = p->paging;
    *url = NULL;
    if (g)
        return fetch_url_with(p->url, g->parameter, g->first, url, err) || sized(g, url, err) ? err->rc : RC_OK;
    *url = strdup(p->url);
    if (!*url)
        abort();
    return RC_OK;
}

static Rc counted(const List *l, Error *err)
{
    char n[24];
    const Paging *g = l->a->p->paging;
    if (!g || !g->total || !g->items || l->records == strtoull(l->total, NULL, 10))
        return RC_OK;
    snprintf(n, sizeof n, "%" PRIu64, l->records);
    return refuse(err, "fetch_count", n, l->total);
}

Rc fetch_rest(Attempt *a, Error *err)
{
    SCOPED(list_end) List l = { .a = a };
    SCOPED(fetch_text_free) char *url = NULL;
    char most[16];
    a->o.format = FORMAT_JSON_SEQ;
    a->o.form = PAYLOAD_WHOLE;
    if (first_url(a->p, &url, err) || door_open(a->desk, &a->who, &a->o, &a->door, err))
        return err->rc;
    while (url) {
        if (a->p->paging && l.n >= a->p->paging->max_pages) {
            snprintf(most, sizeof most, "%u", a->p->paging->max_pages);
            return refuse(err, "fetch_too_many_pages", most, NULL);
        }
        if (one_page(&l, &url, err))
            return err->rc;
    }
    return counted(&l, err);
}
