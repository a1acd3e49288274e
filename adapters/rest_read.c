#include "adapters/rest_inside.h"
#include "gateway/base/metric.h"
#include "gateway/model/format.h"
#include <stdlib.h>
#include <string.h>

enum { PAGE_MOST = 1000 };

typedef struct { Sender who; Asker asker; Page page; } Reading;

static Rc page_read(const Exchange *x, Page *p, Error *err)
{
    const char *limit = exchange_query(x, "limit");
    char *end = NULL;
    p->cursor = exchange_query(x, "cursor");
    if (p->cursor && !*p->cursor)
        return error_refuse(err, "bad_cursor", NULL, NULL, NULL);
    if (!limit)
        return RC_OK;
    unsigned long n = *limit >= '0' && *limit <= '9' ? strtoul(limit, &end, 10) : 0;
    if (!end || *end || !n || n > PAGE_MOST)
        return error_refuse(err, "bad_parameter", "limit", NULL, NULL);
    p->limit = (unsigned)n;
    return RC_OK;
}

static Rc reading_begin(Exchange *x, Desk *d, Reading *r, Error *err)
{
    *r = (Reading){0};
    if (page_read(x, &r->page, err) || rest_sender(x, d, &r->who, err))
        return err->rc;
    r->asker = (Asker){ &r->who, exchange_lang(x), "rest" };
    return RC_OK;
}

static void answer(Exchange *x, Rc rc, Buffer *json, const Error *err)
{
    if (rc)
        rest_refuse(x, err);
    else
        answer_with(x, 200, "application/json", json);
}

/* All reading routes differ only in the question asked. */
typedef Rc Ask(Exchange *x, Desk *d, const Reading *r, Buffer *json, Error *err);

static void read_by(Exchange *x, Desk *d, Ask *ask)
{
    Error err = {0};
    Reading r;
    SCOPED(buffer_free) Buffer json = {0};
    Rc rc = reading_begin(x, d, &r, &err);
    answer(x, rc ? rc : ask(x, d, &r, &json, &err), &json, &err);
}

static Rc ask_feeds(Exchange *x, Desk *d, const Reading *r, Buffer *json, Error *err)
{
    (void)x;
    return query_feeds(d, &r->asker, json, err);
}

static Rc ask_feed(Exchange *x, Desk *d, const Reading *r, Buffer *json, Error *err)
{
    return query_feed(d, &r->asker, exchange_parameter(x, 0), json, err);
}

static Rc ask_asyncapi(Exchange *x, Desk *d, const Reading *r, Buffer *json, Error *err)
{
    return query_asyncapi(d, &r->asker, exchange_query(x, "feed"), json, err);
}

static Rc ask_records(Exchange *x, Desk *d, const Reading *r, Buffer *json, Error *err)
{
    AsOf as_of = { exchange_query(x, "as_known_at"), exchange_query(x, "as_of_period") };
    return query_records(d, &r->asker, exchange_parameter(x, 0), as_of, r->page, json, err);
}

static Rc ask_deliveries(Exchange *x, Desk *d, const Reading *r, Buffer *json, Error *err)
{
    return query_deliveries(d, &r->asker, exchange_query(x, "feed"), exchange_query(x, "period"), r->page, json, err);
}

static Rc ask_delivery(Exchange *x, Desk *d, const Reading *r, Buffer *json, Error *err)
{
    return query_delivery(d, &r->asker, exchange_parameter(x, 0), json, err);
}

static Rc ask_findings(Exchange *x, Desk *d, const Reading *r, Buffer *json, Error *err)
{
    return query_findings(d, &r->asker, exchange_parameter(x, 0), r->page, json, err);
}

static Rc ask_outcomes(Exchange *x, Desk *d, const Reading *r, Buffer *json, Error *err)
{
    return query_outcomes(d, &r->asker, exchange_parameter(x, 0), r->page, json, err);
}

static Rc ask_receipt(Exchange *x, Desk *d, const Reading *r, Buffer *json, Error *err)
{
    return query_receipt(d, &r->asker, exchange_parameter(x, 0), json, err);
}

static DutyFilter duty_filter(const Exchange *x)
{
    return (DutyFilter){ exchange_query(x, "party"), exchange_query(x, "feed"), exchange_query(x, "period"), exchange_query(x, "state"), exchange_query(x, "obligation"),
                         exchange_query(x, "due_before"), exchange_query(x, "as_known_at") };
}

static Rc ask_duties(Exchange *x, Desk *d, const Reading *r, Buffer *json, Error *err)
{
    DutyFilter f = duty_filter(x);
    const char *format = exchange_query(x, "format");
    return format && strcmp(format, "json") != 0 ? error_refuse(err, "bad_parameter", "format", NULL, NULL) : query_duties(d, &r->asker, &f, r->page, json, err);
}

static TimelinessFilter timeliness_filter(const Exchange *x)
{
    return (TimelinessFilter){ exchange_query(x, "by"), exchange_query(x, "party"), exchange_query(x, "feed"), exchange_query(x, "period"), exchange_query(x, "obligation"),
                               exchange_query(x, "from"), exchange_query(x, "to"), exchange_query(x, "as_known_at") };
}

static Rc ask_timeliness(Exchange *x, Desk *d, const Reading *r, Buffer *json, Error *err)
{
    TimelinessFilter f = timeliness_filter(x);
    const char *format = exchange_query(x, "format");
    return format && strcmp(format, "json") != 0 ? error_refuse(err, "bad_parameter", "format", NULL, NULL) : query_timeliness(d, &r->asker, &f, json, err);
}

static Rc duties_csv(Exchange *x, Desk *d, const Reading *r, Buffer *csv, Error *err)
{
    DutyFilter f = duty_filter(x);
    return query_duties_csv(d, &r->asker, &f, csv, err);
}

static Rc timeliness_csv(Exchange *x, Desk *d, const Reading *r, Buffer *csv, Error *err)
{
    TimelinessFilter f = timeliness_filter(x);
    return query_timeliness_csv(d, &r->asker, &f, csv, err);
}

/* As a table for spreadsheets where format=csv asks for one. */
static void read_table(Exchange *x, Desk *d, Ask *json, Ask *csv, const char *disposition)
{
    Error err = {0};
    Reading r;
    SCOPED(buffer_free) Buffer out = {0};
    const char *format = exchange_query(x, "format");
    if (!format || strcmp(format, "csv") != 0) {
        read_by(x, d, json);
        return;
    }
    if (reading_begin(x, d, &r, &err) || csv(x, d, &r, &out, &err)) {
        rest_refuse(x, &err);
        return;
    }
    answer_header(x, "Content-Disposition", disposition);
    answer_with(x, 200, "text/csv; charset=utf-8; header=present", &out);
}

/* As a file of its form; it may be asked for by a browser, which shows the page. */
void read_analysis(Exchange *x, Desk *d)
{
    Error err = {0};
    Reading r;
    SCOPED(buffer_free) Buffer out = {0};
    AnalysisFilter f = { exchange_query(x, "year"), exchange_query(x, "as_known_at"), exchange_query(x, "format"), exchange_query(x, "lang") };
    if (reading_begin(x, d, &r, &err) || query_analysis(d, &r.asker, &f, &out, &err)) {
        rest_refuse(x, &err);
        return;
    }
    if (f.format && strcmp(f.format, "csv") == 0)
        answer_header(x, "Content-Disposition", "attachment; filename=\"analysis.csv\"");
    answer_with(x, 200, analysis_media(f.format), &out);
}

static Rc ask_duty(Exchange *x, Desk *d, const Reading *r, Buffer *json, Error *err) { return query_duty(d, &r->asker, exchange_parameter(x, 0), json, err); }

static Rc ask_events(Exchange *x, Desk *d, const Reading *r, Buffer *json, Error *err) { return query_events(d, &r->asker, exchange_query(x, "type"), r->page.limit, json, err); }

static Rc ask_supports(Exchange *x, Desk *d, const Reading *r, Buffer *json, Error *err)
{
    (void)x;
    return query_supports(d, &r->asker, r->page, json, err);
}

static Rc ask_support(Exchange *x, Desk *d, const Reading *r, Buffer *json, Error *err) { return query_support(d, &r->asker, exchange_parameter(x, 0), json, NULL, err); }

void read_feeds(Exchange *x, Desk *d) { read_by(x, d, ask_feeds); }
void read_feed(Exchange *x, Desk *d) { read_by(x, d, ask_feed); }
void read_asyncapi(Exchange *x, Desk *d) { read_by(x, d, ask_asyncapi); }
void read_records(Exchange *x, Desk *d) { read_by(x, d, ask_records); }
void read_deliveries(Exchange *x, Desk *d) { read_by(x, d, ask_deliveries); }
void read_delivery(Exchange *x, Desk *d) { read_by(x, d, ask_delivery); }
void read_findings(Exchange *x, Desk *d) { read_by(x, d, ask_findings); }
void read_outcomes(Exchange *x, Desk *d) { read_by(x, d, ask_outcomes); }
void read_duties(Exchange *x, Desk *d) { read_table(x, d, ask_duties, duties_csv, "attachment; filename=\"duties.csv\""); }
void read_timeliness(Exchange *x, Desk *d) { read_table(x, d, ask_timeliness, timeliness_csv, "attachment; filename=\"timeliness.csv\""); }
void read_duty(Exchange *x, Desk *d) { read_by(x, d, ask_duty); }
void read_events(Exchange *x, Desk *d) { read_by(x, d, ask_events); }
void read_supports(Exchange *x, Desk *d) { read_by(x, d, ask_supports); }
void read_support(Exchange *x, Desk *d) { read_by(x, d, ask_support); }
void read_receipt(Exchange *x, Desk *d) { read_by(x, d, ask_receipt); }

static void content_end(void *state, Desk *d)
{
    Content *c = state;
    (void)d;
    content_free(&c);
}

static Rc content_piece(void *state, Desk *d, const char **bytes, size_t *n, Error *err)
{
    return content_next(d, state, bytes, n, err);
}

void read_content(Exchange *x, Desk *d)
{
    Error err = {0};
    Reading r;
    Content *c = NULL;
    if (reading_begin(x, d, &r, &err) || content_open(d, &r.asker, exchange_parameter(x, 0), &c, &err)) {
        rest_refuse(x, &err);
        return;
    }
    exchange_keep(x, c, content_end);
    answer_stream(x, 200, content_type(c), content_length(c), content_piece);
}

void read_calendar(Exchange *x, Desk *d)
{
    Error err = {0};
    SCOPED(buffer_free) Buffer out = {0};
    const char *key = exchange_query(x, "key");
    if (query_calendar(d, key ? key : "", &out, &err)) {
        rest_refuse(x, &err);
        return;
    }
    answer_header(x, "Cache-Control", "private, max-age=900");
    answer_with(x, 200, "text/calendar; charset=utf-8", &out);
}

static void read_template(Exchange *x, Desk *d, Format format, const char *type)
{
    Error err = {0};
    Reading r;
    SCOPED(buffer_free) Buffer file = {0};
    const char *feed = exchange_parameter(x, 0), *lang = exchange_query(x, "lang");
    if (reading_begin(x, d, &r, &err) || query_template(d, &r.asker, feed, lang, format, &file, &err)) {
        rest_refuse(x, &err);
        return;
    }
    lang = lang ? lang : r.asker.lang;
    answer_header(x, "Content-Disposition",
                  arena_printf(exchange_arena(x), "attachment; filename=\"%s_template_%s.%s\"", feed, lang, format_names[format].name));
    answer_header(x, "Content-Language", lang);
    answer_header(x, "Vary", "Accept-Language");
    answer_with(x, 200, type, &file);
}

void read_template_xlsx(Exchange *x, Desk *d) { read_template(x, d, FORMAT_XLSX, format_names[FORMAT_XLSX].media[0]); }
void read_template_csv(Exchange *x, Desk *d) { read_template(x, d, FORMAT_CSV, "text/csv; charset=utf-8; header=present"); }

void read_ready(Exchange *x, Desk *d)
{
    Error err = {0};
    bool ready = false;
    SCOPED(buffer_free) Buffer json = {0};
    if (query_ready(d, &ready, &json, &err))
        rest_refuse(x, &err);
    else
        answer_with(x, ready ? 200 : 503, "application/json", &json);
}

void read_metrics(Exchange *x, Desk *d)
{
    SCOPED(buffer_free) Buffer page = {0};
    query_metrics(d, &page);
    answer_with(x, 200, METRIC_MEDIA_TYPE, &page);
}
