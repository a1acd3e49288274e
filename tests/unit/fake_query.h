/* The read door of fake_flow.h, which includes this: it says back what it was asked. */
#pragma once

static Rc echo(Desk *d, const Asker *a, const char *what, const char *one, const char *two, Page page, Buffer *json, Error *err)
{
    desk_in(d);
    desk_out(d);
    if (one && !strcmp(one, "absent"))
        return error_refuse(err, "not_found", NULL, NULL, NULL);
    if (one && !strcmp(one, "nofeed"))
        return error_refuse(err, "unknown_feed", one, NULL, NULL);
    buffer_print(json, "{\"%s\":\"%s\",\"two\":\"%s\",\"party\":%d,\"cursor\":\"%s\",\"limit\":%u,\"lang\":\"%s\",\"from\":\"%s\"}", what,
                 one ? one : "", two ? two : "", a->who->party, page.cursor ? page.cursor : "", page.limit, a->lang, a->from);
    return RC_OK;
}
#define NO_PAGE (Page){ 0 }
Rc query_feeds(Desk *d, const Asker *a, Buffer *j, Error *e) { return echo(d, a, "feeds", NULL, NULL, NO_PAGE, j, e); }
Rc query_feed(Desk *d, const Asker *a, const char *f, Buffer *j, Error *e) { return echo(d, a, "feed", f, NULL, NO_PAGE, j, e); }
Rc query_asyncapi(Desk *d, const Asker *a, const char *f, Buffer *j, Error *e) { return echo(d, a, "asyncapi", f, NULL, NO_PAGE, j, e); }
Rc query_template(Desk *d, const Asker *a, const char *f, const char *lang, Format format, Buffer *j, Error *e)
{
    if (lang && strcmp(lang, "ru"))
        return error_refuse(e, "bad_parameter", "lang", NULL, NULL);
    return echo(d, a, format == FORMAT_XLSX ? "xlsx" : "csv", f, lang, NO_PAGE, j, e);
}
Rc query_deliveries(Desk *d, const Asker *a, const char *f, const char *p, Page g, Buffer *j, Error *e) { return echo(d, a, "deliveries", f, p, g, j, e); }
Rc query_delivery(Desk *d, const Asker *a, const char *id, Buffer *j, Error *e) { return echo(d, a, "protocol", id, NULL, NO_PAGE, j, e); }
Rc query_findings(Desk *d, const Asker *a, const char *id, Page g, Buffer *j, Error *e) { return echo(d, a, "findings", id, NULL, g, j, e); }
Rc query_outcomes(Desk *d, const Asker *a, const char *id, Page g, Buffer *j, Error *e) { return echo(d, a, "outcomes", id, NULL, g, j, e); }
Rc query_receipt(Desk *d, const Asker *a, const char *id, Buffer *j, Error *e) { return echo(d, a, "receipt", id, NULL, NO_PAGE, j, e); }
Rc query_records(Desk *d, const Asker *a, const char *f, AsOf o, Page g, Buffer *j, Error *e) { return echo(d, a, "records", f, o.as_known_at, g, j, e); }
Rc query_ready(Desk *d, bool *ready, Buffer *json, Error *err)
{
    (void)d, (void)err;
    *ready = !fake.keep_rc;
    buffer_text(json, *ready ? "{\"ready\":true}" : "{\"ready\":false}");
    return RC_OK;
}
void query_metrics(Desk *d, Buffer *page)
{
    (void)d;
    buffer_text(page, "fake_metric 1\n");
}

struct Content { size_t left, at; char piece[70000]; };
Rc content_open(Desk *d, const Asker *a, const char *id, Content **out, Error *err)
{
    (void)d, (void)a;
    if (!strcmp(id, "absent"))
        return error_refuse(err, "not_found", NULL, NULL, NULL);
    *out = calloc(1, sizeof **out);
    (*out)->left = fake.content;
    return RC_OK;
}
Rc content_next(Desk *d, Content *c, const char **bytes, size_t *n, Error *err)
{
    desk_in(d);
    desk_out(d);
    if (fake.content_breaks && c->at > fake.content / 2)
        return error_set(err, RC_RETRY, "gone");
    if (!c->left)
        return RC_END;
    *n = c->left < sizeof c->piece ? c->left : sizeof c->piece;
    for (size_t i = 0; i < *n; i++)
        c->piece[i] = (char)('a' + (c->at + i) % 23);
    c->at += *n;
    c->left -= *n;
    *bytes = c->piece;
    return RC_OK;
}
Rc query_duties(Desk *d, const Asker *a, const DutyFilter *f, Page p, Buffer *json, Error *err) { return query_deliveries(d, a, f->feed, f->period, p, json, err); }
const char *analysis_media(const char *format) { return format ? format : "application/json"; }
Rc query_analysis(Desk *d, const Asker *a, const AnalysisFilter *f, Buffer *out, Error *err) { return query_deliveries(d, a, f->year, f->format, (Page){ NULL, 0 }, out, err); }
Rc query_timeliness(Desk *d, const Asker *a, const TimelinessFilter *f, Buffer *json, Error *err) { return query_deliveries(d, a, f->feed, f->period, (Page){ NULL, 0 }, json, err); }
Rc query_timeliness_csv(Desk *d, const Asker *a, const TimelinessFilter *f, Buffer *csv, Error *err) { return query_timeliness(d, a, f, csv, err); }
Rc query_events(Desk *d, const Asker *a, const char *type, unsigned limit, Buffer *json, Error *err) { return query_deliveries(d, a, type, NULL, (Page){ NULL, limit }, json, err); }
Rc report_event(Desk *d, const Asker *a, const EventSaid *s, Buffer *json, Error *err) { return query_delivery(d, a, s->type, json, err); }
Rc report_handed_over(Desk *d, const Asker *a, const char *id, int64_t n, const char *m, Buffer *json, Error *err) { return n < 0 && m ? RC_REJECT : query_delivery(d, a, id, json, err); }
Rc query_duty(Desk *d, const Asker *a, const char *id, Buffer *json, Error *err) { return query_delivery(d, a, id, json, err); }
uint64_t content_length(const Content *c) { return c->left; }
const char *content_type(const Content *c) { return c ? "application/xml" : ""; }
void content_free(Content **c)
{
    free(*c);
    *c = NULL;
}
Rc query_duties_csv(Desk *d, const Asker *a, const DutyFilter *f, Buffer *csv, Error *err) { return query_deliveries(d, a, f->feed, f->period, NO_PAGE, csv, err); }
Rc query_calendar(Desk *d, const char *secret, Buffer *out, Error *err)
{
    (void)d;
    buffer_text(out, "BEGIN:VCALENDAR\r\n");
    return *secret ? RC_OK : error_refuse(err, "not_found", NULL, NULL, NULL);
}
