#include "gateway/flow/config_pull.h"
#include "gateway/base/text.h"
#include "gateway/flow/schedule.h"
#include <stdlib.h>
#include <string.h>

#define OPTIONAL (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)
#define TEXT(type, key, flags) CYAML_FIELD_STRING_PTR(#key, flags, type, key, 1, 4096)
#define NUMBER(type, key) CYAML_FIELD_UINT(#key, CYAML_FLAG_OPTIONAL, type, key)

static const cyaml_strval_t complete_names[] = { { "rename", COMPLETE_RENAME }, { "done", COMPLETE_DONE } };
static const cyaml_schema_field_t box_fields[] = {
    TEXT(DropBox, folder, CYAML_FLAG_POINTER), TEXT(DropBox, party, CYAML_FLAG_POINTER),
    CYAML_FIELD_ENUM("complete", CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT, DropBox, complete, complete_names, 2),
    TEXT(DropBox, lang, OPTIONAL), TEXT(DropBox, mapping, OPTIONAL),
    CYAML_FIELD_END
};
const cyaml_schema_value_t drop_box_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, DropBox, box_fields) };

static const cyaml_schema_field_t paging_fields[] = {
    TEXT(Paging, parameter, CYAML_FLAG_POINTER), TEXT(Paging, size_parameter, OPTIONAL),
    NUMBER(Paging, first), NUMBER(Paging, size), NUMBER(Paging, max_pages),
    TEXT(Paging, total_pages, OPTIONAL), TEXT(Paging, last, OPTIONAL), TEXT(Paging, next, OPTIONAL), TEXT(Paging, total, OPTIONAL), TEXT(Paging, items, OPTIONAL),
    CYAML_FIELD_END
};
static const cyaml_schema_field_t header_fields[] = {
    TEXT(PullHeader, name, CYAML_FLAG_POINTER), TEXT(PullHeader, value, OPTIONAL), TEXT(PullHeader, secret_file, OPTIONAL),
    CYAML_FIELD_END
};
static const cyaml_schema_value_t header_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, PullHeader, header_fields) };
static const cyaml_schema_field_t soap_fields[] = {
    TEXT(PullSoap, sender_id, CYAML_FLAG_POINTER), TEXT(PullSoap, password_file, CYAML_FLAG_POINTER), TEXT(PullSoap, service, CYAML_FLAG_POINTER),
    TEXT(PullSoap, request_file, OPTIONAL), TEXT(PullSoap, success, OPTIONAL),
    CYAML_FIELD_END
};
static const cyaml_strval_t kind_names[] = { { "rest", PULL_REST }, { "soap", PULL_SOAP } };
static const cyaml_schema_field_t pull_fields[] = {
    TEXT(Pull, name, CYAML_FLAG_POINTER), TEXT(Pull, party, CYAML_FLAG_POINTER),
    CYAML_FIELD_ENUM("source", CYAML_FLAG_STRICT, Pull, source, kind_names, 2),
    TEXT(Pull, url, CYAML_FLAG_POINTER), TEXT(Pull, feed, CYAML_FLAG_POINTER), TEXT(Pull, period, CYAML_FLAG_POINTER), TEXT(Pull, kind, CYAML_FLAG_POINTER),
    TEXT(Pull, mapping, OPTIONAL), TEXT(Pull, schedule, OPTIONAL), TEXT(Pull, failed, OPTIONAL), TEXT(Pull, redirect_hosts, OPTIONAL), TEXT(Pull, ca_file, OPTIONAL),
    CYAML_FIELD_MAPPING_PTR("paging", OPTIONAL, Pull, paging, paging_fields),
    CYAML_FIELD_MAPPING_PTR("soap", OPTIONAL, Pull, soap, soap_fields),
    CYAML_FIELD_SEQUENCE("headers", OPTIONAL, Pull, headers, &header_schema, 0, 32),
    NUMBER(Pull, connect_seconds), NUMBER(Pull, timeout_seconds), NUMBER(Pull, attempts), NUMBER(Pull, retry_seconds), NUMBER(Pull, max_page_mb),
    CYAML_FIELD_END
};
const cyaml_schema_value_t pull_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, Pull, pull_fields) };

static const struct { const char *key, *fallback, *help; } manual[] = {
#define KEY(key, fallback, help) { key, fallback, help }
    KEY("drop_boxes", "", "list of folders from which files are taken; of each:"),
    KEY("drop_boxes.folder", "", "the box, an absolute path; taken, kept, done and refused are made in it"),
    KEY("drop_boxes.party", "", "BIN of the party whose deliveries these are"),
    KEY("drop_boxes.complete", "rename", "when a file is whole: rename (its name neither begins with a point nor ends in .part, .tmp, .filepart, .crdownload or ~) or done (NAME.done stands beside it)"),
    KEY("drop_boxes.lang", "the party's", "kk, ru or en: of the texts beside taken files"),
    KEY("drop_boxes.mapping", "", "name of the mapping the files are read by; left out: the one bound to party or file name, if any"),
    KEY("fetches", "", "list of what is fetched from suppliers' systems; of each:"),
    KEY("fetches.name", "", "by which command, log and list know it: small letters, digits, hyphens"),
    KEY("fetches.party", "", "BIN of the party whose delivery it is"),
    KEY("fetches.source", "", "rest (a JSON list in pages) or soap (a synchronous request of ШЭП)"),
    KEY("fetches.url", "", "http or https address"),
    KEY("fetches.feed", "", "feed of the delivery"),
    KEY("fetches.period", "", "current or previous: the period that holds the day of the schedule, or the one before; or a period"),
    KEY("fetches.kind", "", "list, changes, facts or edition"),
    KEY("fetches.mapping", "", "name of the mapping it is read by; left out: the one bound to the party, if any"),
    KEY("fetches.schedule", "only by command", "hourly, daily 03:00, weekly mon 03:00 or monthly 1 03:00, local time; a short month has its last day instead"),
    KEY("fetches.failed", "", "rest: where the answer lists records that failed at the supplier; any at all, and nothing is taken"),
    KEY("fetches.redirect_hosts", "", "rest: other hosts a redirect may lead to, comma separated; headers are not sent there"),
    KEY("fetches.headers", "", "list of headers of the request; of each:"),
    KEY("fetches.headers.name", "", "name of the header, e.g. Authorization"),
    KEY("fetches.headers.value", "", "its value, where that is no secret"),
    KEY("fetches.headers.secret_file", "", "file of mode 0600 or stricter whose first line is the value"),
    KEY("fetches.paging", "one answer", "rest, how to go through pages; members by names with points between them:"),
    KEY("fetches.paging.parameter", "", "of the query: the number of the page"),
    KEY("fetches.paging.first", "0", "number of the first page"),
    KEY("fetches.paging.size_parameter", "", "of the query: how many records a page is to have"),
    KEY("fetches.paging.size", "0", "how many"),
    KEY("fetches.paging.total_pages", "", "member that says how many pages there are; this, last or next must be given"),
    KEY("fetches.paging.last", "", "member that is true on the last page"),
    KEY("fetches.paging.next", "", "member that holds the link to the next page; missing, null or empty on the last"),
    KEY("fetches.paging.total", "", "member that says how many records there are in all; it may not change between pages"),
    KEY("fetches.paging.items", "", "member that is the array of records; with total, they are counted"),
    KEY("fetches.paging.max_pages", "1000", "more than so many pages are a failure"),
    KEY("fetches.soap", "", "soap, what is sent and expected:"),
    KEY("fetches.soap.sender_id", "", "our senderId"),
    KEY("fetches.soap.password_file", "", "file of mode 0600 or stricter whose first line is the password"),
    KEY("fetches.soap.service", "", "serviceId"),
    KEY("fetches.soap.request_file", "", "file with the XML that stands in data of the request"),
    KEY("fetches.soap.success", "SCSS001, Success", "codes of the answer that mean success, comma separated"),
    KEY("fetches.ca_file", "the system's", "certificates of authorities that may vouch for an https address"),
    KEY("fetches.connect_seconds", "10", "for a connection"),
    KEY("fetches.timeout_seconds", "120", "for one page or answer, whole"),
    KEY("fetches.max_page_mb", "64", "largest page or answer, decoded"),
    KEY("fetches.attempts", "4", "attempts of one run, the first among them"),
    KEY("fetches.retry_seconds", "60", "before the second attempt; then twice as long each time, at most an hour"),
#undef KEY
};

void pulls_help(Buffer *out)
{
    for (size_t i = 0; i < sizeof manual / sizeof *manual; i++)
        config_line(out, manual[i].key, manual[i].fallback, manual[i].help);
}

static void number_fill(unsigned *at, unsigned fallback) { *at = *at ? *at : fallback; }

void pulls_fill(Config *c)
{
    for (Pull *p = c->fetches; p && p < c->fetches + c->fetches_count; p++) {
        number_fill(&p->connect_seconds, 10);
        number_fill(&p->timeout_seconds, 120);
        number_fill(&p->max_page_mb, 64);
        number_fill(&p->attempts, 4);
        number_fill(&p->retry_seconds, 60);
        if (p->paging)
            number_fill(&p->paging->max_pages, 1000);
        if (p->soap && !p->soap->success && !(p->soap->success = strdup("SCSS001, Success")))
            abort();
    }
}

static bool is_bin(const char *s) { return strlen(s) == BIN_SIZE - 1 && strspn(s, "0123456789") == BIN_SIZE - 1; }

static bool is_lang(const char *s) { return strcmp(s, "kk") == 0 || strcmp(s, "ru") == 0 || strcmp(s, "en") == 0; }

static bool is_mapping(const Mappings *m, const char *name) { return !name || mapping_find(m, name); }

static Rc box_check(const DropBox *b, const Mappings *mappings, Error *err)
{
    const char *what = *b->folder != '/' ? "folder is not an absolute path" : !is_bin(b->party) ? "party is not a BIN"
                     : b->lang && !is_lang(b->lang) ? "lang is none of kk, ru, en"
                     : !is_mapping(mappings, b->mapping) ? "there is no mapping of that name" : NULL;
    return what ? error_set(err, RC_FATAL, "gateway.yaml: drop box %s: %s", b->folder, what) : RC_OK;
}

static const char *paging_wrong(const Pull *p)
{
    const Paging *g = p->paging;
    if (!g)
        return NULL;
    if (p->source != PULL_REST)
        return "paging is for source rest";
    return !!g->total_pages + !!g->last + !!g->next != 1 ? "paging needs one of total_pages, last and next" : NULL;
}

static const char *headers_wrong(const Pull *p)
{
    for (const PullHeader *h = p->headers; h < p->headers + p->headers_count; h++)
        if (!h->value == !h->secret_file || strpbrk(h->name, ": \r\n") || (h->value && strpbrk(h->value, "\r\n")))
            return "a header has a name, and either a value or a secret_file";
    return NULL;
}

static const char *pull_wrong(const Pull *p)
{
    Schedule s;
    if (!is_bin(p->party))
        return "party is not a BIN";
    if (strspn(p->name, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(p->name))
        return "a name has small letters, digits and hyphens";
    if (!url_is_http(p->url))
        return "url is neither http nor https";
    if (p->schedule && !schedule_read(p->schedule, &s))
        return "schedule is not understood: hourly, daily 03:00, weekly mon 03:00, monthly 1 03:00";
    if ((p->source == PULL_SOAP) != !!p->soap)
        return "source soap and the key soap go together";
    const char *wrong = paging_wrong(p);
    return wrong ? wrong : headers_wrong(p);
}

static const char *claim_wrong(const Pull *p, const Feeds *feeds, const Mappings *mappings)
{
    const Feed *f = feeds_find(feeds, p->feed);
    if (!f)
        return "there is no such feed";
    if (!(kind_read(p->kind) & f->kinds))
        return "the feed does not take this kind";
    if (!is_mapping(mappings, p->mapping))
        return "there is no mapping of that name";
    bool rule = strcmp(p->period, "current") == 0 || strcmp(p->period, "previous") == 0;
    return rule || period_valid(f->period, p->period) ? NULL : "period is neither current, previous nor a period of the feed";
}

Rc pulls_check(const Config *c, const Feeds *feeds, const Mappings *mappings, Error *err)
{
    for (const DropBox *b = c->drop_boxes; b < c->drop_boxes + c->drop_boxes_count; b++)
        if (box_check(b, mappings, err))
            return err->rc;
    for (const Pull *p = c->fetches; p < c->fetches + c->fetches_count; p++) {
        const char *wrong = pull_wrong(p);
        if (!wrong)
            wrong = claim_wrong(p, feeds, mappings);
        for (const Pull *q = c->fetches; q < p; q++)
            if (strcmp(p->name, q->name) == 0)
                wrong = "the name is there twice";
        if (wrong)
            return error_set(err, RC_FATAL, "gateway.yaml: fetch %s: %s", p->name, wrong);
    }
    return RC_OK;
}
