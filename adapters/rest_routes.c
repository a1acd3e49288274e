#include "adapters/embedded.h"
#include "adapters/rest_inside.h"
#include <string.h>

static void alive(Exchange *x, Desk *d)
{
    static const char ok[] = "{\"status\":\"ok\"}";
    (void)d;
    answer_fixed(x, 200, "application/json", ok, strlen(ok));
}

static void openapi(Exchange *x, Desk *d)
{
    (void)d;
    answer_fixed(x, 200, "application/json", openapi_json, (size_t)(openapi_json_end - openapi_json));
}

static const char *const delivery_types[] = { "application/xml", "text/xml", "application/json", "application/x-ndjson", "application/ndjson",
                                              "application/json-seq", "text/csv", "text/tab-separated-values",
                                              "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", NULL };

static const char *const json_types[] = { "application/json", NULL };

#define READ(path, handler) { .method = "GET", .pattern = path, .end = handler }
const Route rest_routes[] = {
    { .method = "POST", .pattern = "/v1/deliveries", .types = delivery_types, .source = "rest", .ahead = true,
      .begin = deliver_begin, .body = deliver_body, .end = deliver_end, .parked = deliver_parked, .refuse = deliver_refuse },
    READ("/v1/deliveries", read_deliveries),
    READ("/v1/deliveries/{id}", read_delivery),
    READ("/v1/deliveries/{id}/findings", read_findings),
    READ("/v1/deliveries/{id}/outcomes", read_outcomes),
    READ("/v1/deliveries/{id}/receipt", read_receipt),
    READ("/v1/deliveries/{id}/content", read_content),
    READ("/v1/duties", read_duties),
    READ("/v1/duties.ics", read_calendar),
    READ("/v1/timeliness", read_timeliness),
    READ("/v1/analysis", read_analysis),
    READ("/v1/events", read_events),
    { .method = "POST", .pattern = "/v1/events", .types = json_types, .begin = report_begin, .body = report_body, .end = report_event_end },
    { .method = "POST", .pattern = "/v1/acknowledgements", .types = json_types, .begin = report_begin, .body = report_body, .end = report_acknowledgement_end },
    READ("/v1/support-requests", read_supports),
    READ("/v1/support-requests/{n}", read_support),
    { .method = "POST", .pattern = "/v1/support-requests", .types = json_types, .ahead = true, .begin = support_begin, .body = report_body, .end = support_end },
    { .method = "POST", .pattern = "/v1/support-requests/{n}/class", .types = json_types, .begin = report_begin, .body = report_body, .end = support_class_end },
    { .method = "POST", .pattern = "/v1/support-requests/{n}/answer", .types = json_types, .begin = report_begin, .body = report_body, .end = support_answer_end },
    READ("/v1/duties/{id}", read_duty),
    READ("/v1/feeds", read_feeds),
    READ("/v1/feeds/{feed}", read_feed),
    READ("/v1/feeds/{feed}/records", read_records),
    READ("/v1/feeds/{feed}/template.xlsx", read_template_xlsx),
    READ("/v1/feeds/{feed}/template.csv", read_template_csv),
    READ("/v1/asyncapi.json", read_asyncapi),
    READ("/readyz", read_ready),
    READ("/metrics", read_metrics),
    { .method = "GET", .pattern = "/healthz", .quick = true, .end = alive },
    { .method = "GET", .pattern = "/openapi.json", .quick = true, .end = openapi },
    { 0 },
};
