#include "gateway/model/metrics.h"
#include <stdio.h>
#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))
#define LABEL(name, list) { name, list, COUNT(list) }
#define ROOM(n) (atomic_int_fast64_t[n]){ 0 }
#define TIMES_ROOM(n, times) ROOM((n) * METRIC_TIMES_ROOM(COUNT(times)))

static const int64_t short_times[] = { 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000, 1000000,
                                       2500000, 5000000, 10000000, 60000000, 300000000 };
static const int64_t long_times[] = { 10000, 25000, 50000, 100000, 250000, 500000, 1000000, 2500000, 5000000, 10000000, 30000000,
                                      60000000, 300000000, 900000000, 3600000000 };
static const int64_t batch_sizes[] = { 1000000, 10000000, 100000000, 500000000, 1000000000, 2000000000, 5000000000, 10000000000 };     /* messages, in millionths as times are */
static const MetricBounds batch_bounds = { batch_sizes, COUNT(batch_sizes) };
static const MetricBounds short_bounds = { short_times, COUNT(short_times) }, long_bounds = { long_times, COUNT(long_times) };

static const char *const versions[] = { NQS_VERSION };
static const char *const sources[] = { "rest", "soap", "folder", "fetch", "kafka", "other" };
static const char *const door_outcomes[DOOR_OUTCOMES] = {
    [DOOR_KEPT] = "kept", [DOOR_REPEAT] = "repeat", [DOOR_REFUSED_ACCESS] = "refused_access", [DOOR_REFUSED_ABOUT] = "refused_about",
    [DOOR_REFUSED_CONTENT] = "refused_content", [DOOR_REFUSED_SIZE] = "refused_size", [DOOR_REFUSED_REPEAT] = "refused_repeat", [DOOR_AGAIN] = "again",
    [DOOR_FAILED] = "failed",
};
static const char *const worked[] = { [WORKED_SETTLED] = "settled", [WORKED_REFUSED] = "refused" };
static const char *const record_outcomes[] = { NULL, "new", "changed", "unchanged", "withdrawn", "older", "refused" };     /* by Outcome */
static const char *const failures[] = { [FAILURE_RETRY] = "retry", [FAILURE_FAULT] = "fault" };
static const char *const stations[] = { "work", "sweep", "folder", "fetch", "kafka", "dispatch", [STATION_OTHER] = "other" };
static const char *const nexts[] = { [FAILURE_RETRY] = "retry", [FAILURE_FAULT] = "fatal" };
static const char *const answers[] = { [ANSWER_2XX] = "2xx", [ANSWER_3XX] = "3xx", [ANSWER_4XX] = "4xx", [ANSWER_5XX] = "5xx" };
static const char *const cuts[] = { [CUT_BROKEN] = "broken", [CUT_SLOW] = "slow", [CUT_CROWDED] = "crowded" };
static const char *const troubles[] = {
    [DATABASE_AWAY] = "away", [DATABASE_FULL] = "full", [DATABASE_BUSY] = "busy", [DATABASE_READ_ONLY] = "read_only", [DATABASE_OTHER] = "other",
};
static const char *routes[METRIC_ROUTES] = { "method=\"other\",route=\"other\"" };

/* One a line; a row without labels and times has room for one number. */
const Metric metrics[METRICS] = {
    [METRIC_BUILD] = { "nqs_build_info", "Always 1; which version serves.", METRIC_GAUGE, .label = { LABEL("version", versions) }, .room = (atomic_int_fast64_t[]){ 1 } },
    [METRIC_STARTED] = { "process_start_time_seconds", "When the process was started, since 1970.", METRIC_GAUGE, .micro = true, .room = ROOM(1) },
    [METRIC_CPU] = { "process_cpu_seconds_total", "Processor time spent, by the process and on its behalf.", METRIC_COUNTER, .micro = true, .room = ROOM(1) },
    [METRIC_MEMORY] = { "process_resident_memory_bytes", "Memory held.", METRIC_GAUGE, .room = ROOM(1) },
    [METRIC_DESCRIPTORS] = { "process_open_fds", "File descriptors open.", METRIC_GAUGE, .room = ROOM(1) },
    [METRIC_DESCRIPTORS_MOST] = { "process_max_fds", "File descriptors that may be open.", METRIC_GAUGE, .room = ROOM(1) },

    [METRIC_DELIVERIES] = { "nqs_door_deliveries_total", "Deliveries at the door, by what became of them there.", METRIC_COUNTER,
                            .label = { LABEL("source", sources), LABEL("outcome", door_outcomes) }, .room = ROOM(COUNT(sources) * DOOR_OUTCOMES) },
    [METRIC_KEPT_BYTES] = { "nqs_door_kept_bytes_total", "Bytes of kept messages, decoded.", METRIC_COUNTER, .label = { LABEL("source", sources) }, .room = ROOM(COUNT(sources)) },
    [METRIC_DOOR_SECONDS] = { "nqs_door_seconds", "From the first byte of a delivery to the commit that keeps it.", METRIC_TIMES, .label = { LABEL("source", sources) },
                              .bounds = &short_bounds, .room = TIMES_ROOM(COUNT(sources), short_times) },
    [METRIC_UPLOADS] = { "nqs_uploads_open", "Deliveries on their way in.", METRIC_GAUGE, .room = ROOM(1) },
    [METRIC_UPLOADS_MOST] = { "nqs_uploads_max", "Deliveries that may be on their way in at once: max_uploads.", METRIC_GAUGE, .room = ROOM(1) },

    [METRIC_SETTLEMENTS] = { "nqs_work_settlements_total", "Commits that put deliveries into effect.", METRIC_COUNTER, .room = ROOM(1) },
    [METRIC_WORKED] = { "nqs_work_deliveries_total", "Deliveries worked: settled, or refused as a whole.", METRIC_COUNTER, .label = { LABEL("outcome", worked) },
                        .room = ROOM(COUNT(worked)) },
    [METRIC_RECORDS] = { "nqs_work_records_total", "Records of worked deliveries, by outcome.", METRIC_COUNTER, .label = { LABEL("outcome", record_outcomes) },
                         .room = ROOM(COUNT(record_outcomes)) },
    [METRIC_WORK_SECONDS] = { "nqs_work_seconds", "From the commit that keeps a delivery to the one that closes it; of one worked again, from its first keeping.", METRIC_TIMES,
                              .bounds = &long_bounds, .room = TIMES_ROOM(1, long_times) },
    [METRIC_WORK_FAILURES] = { "nqs_work_failures_total", "Attempts to work deliveries that failed: what the world interrupted (retry), and faults of ours (fault).", METRIC_COUNTER,
                               .label = { LABEL("kind", failures) }, .room = ROOM(COUNT(failures)) },
    [METRIC_SET_ASIDE] = { "nqs_work_set_aside_total", "Deliveries set aside.", METRIC_COUNTER, .room = ROOM(1) },
    [METRIC_STATION_FAILURES] = { "nqs_station_failures_total", "Steps of a station that failed; after a fatal one the process ends.", METRIC_COUNTER,
                                  .label = { LABEL("station", stations), LABEL("next", nexts) }, .room = ROOM(COUNT(stations) * COUNT(nexts)) },

    [METRIC_CONNECTIONS] = { "nqs_http_connections_total", "HTTP connections taken.", METRIC_COUNTER, .room = ROOM(1) },
    [METRIC_CONNECTIONS_OPEN] = { "nqs_http_connections_open", "HTTP connections now.", METRIC_GAUGE, .room = ROOM(1) },
    [METRIC_CROWDED] = { "nqs_http_connections_crowded_total", "Connections of senders not known yet that were sent away because there were too many.", METRIC_COUNTER, .room = ROOM(1) },
    [METRIC_EXCHANGES] = { "nqs_http_exchanges_total", "HTTP requests begun.", METRIC_COUNTER, .room = ROOM(1) },
    [METRIC_EXCHANGES_OPEN] = { "nqs_http_exchanges_open", "HTTP requests under way.", METRIC_GAUGE, .room = ROOM(1) },
    [METRIC_PARKED] = { "nqs_http_exchanges_parked", "Answers that wait for a protocol.", METRIC_GAUGE, .room = ROOM(1) },
    [METRIC_ANSWERS] = { "nqs_http_answers_total", "HTTP answers, by class of status.", METRIC_COUNTER, .label = { LABEL("status", answers) }, .room = ROOM(COUNT(answers)) },
    [METRIC_CUT] = { "nqs_http_exchanges_cut_total", "HTTP requests whose connection ended before their answer was sent, by why.", METRIC_COUNTER, .label = { LABEL("why", cuts) },
                     .room = ROOM(COUNT(cuts)) },
    [METRIC_RECEIVED_BYTES] = { "nqs_http_received_bytes_total", "Bytes of request bodies, as sent.", METRIC_COUNTER, .room = ROOM(1) },
    [METRIC_SENT_BYTES] = { "nqs_http_sent_bytes_total", "Bytes of answers' bodies.", METRIC_COUNTER, .room = ROOM(1) },
    [METRIC_HTTP_SECONDS] = { "nqs_http_seconds", "From the header fields of a request to the end of its answer, waiting for a protocol included; by route.", METRIC_TIMES,
                              .label = { LABEL("", routes) }, .bounds = &short_bounds, .room = TIMES_ROOM(METRIC_ROUTES, short_times) },

    [METRIC_KAFKA_BATCH] = { "nqs_kafka_batch_messages", "Messages of one partition that were kept together.", METRIC_TIMES, .bounds = &batch_bounds, .room = TIMES_ROOM(1, batch_sizes) },
    [METRIC_DATABASE_ERRORS] = { "nqs_database_errors_total", "What the database refused or broke off, by kind.", METRIC_COUNTER, .label = { LABEL("kind", troubles) },
                                 .room = ROOM(COUNT(troubles)) },
};

/* The last one stands for all others. */
static unsigned index_of(const char *const *list, unsigned n, const char *name)
{
    unsigned i = 0;
    while (i < n - 1 && strcmp(list[i], name))
        i++;
    return i;
}

static unsigned source_of(const char *source) { return index_of(sources, COUNT(sources), source); }

/* Every other code is about the content. */
static const struct { const char *code; DoorOutcome outcome; } classes[] = {
    { "unauthorised", DOOR_REFUSED_ACCESS },       { "forbidden", DOOR_REFUSED_ACCESS },
    { "unknown_feed", DOOR_REFUSED_ABOUT },        { "unknown_service", DOOR_REFUSED_ABOUT },   { "feed_missing", DOOR_REFUSED_ABOUT },
    { "period_missing", DOOR_REFUSED_ABOUT },      { "kind_missing", DOOR_REFUSED_ABOUT },      { "bad_period", DOOR_REFUSED_ABOUT },
    { "bad_kind", DOOR_REFUSED_ABOUT },            { "bad_parameter", DOOR_REFUSED_ABOUT },     { "disagree", DOOR_REFUSED_ABOUT },
    { "claim_too_late", DOOR_REFUSED_ABOUT },      { "mapping_unknown", DOOR_REFUSED_ABOUT },   { "mapping_ambiguous", DOOR_REFUSED_ABOUT },
    { "mapping_format", DOOR_REFUSED_ABOUT },      { "format_needs_mapping", DOOR_REFUSED_ABOUT },
    { "too_large", DOOR_REFUSED_SIZE },            { "repeat_other_content", DOOR_REFUSED_REPEAT },
    { "too_many", DOOR_AGAIN },                    { "busy", DOOR_AGAIN },                      { "internal", DOOR_FAILED },
};

DoorOutcome door_outcome(const Error *why)
{
    if (why->rc == RC_RETRY)
        return DOOR_AGAIN;
    if (why->rc == RC_FATAL || !why->code[0])
        return DOOR_FAILED;
    for (size_t i = 0; i < COUNT(classes); i++)
        if (!strcmp(classes[i].code, why->code))
            return classes[i].outcome;
    return DOOR_REFUSED_CONTENT;
}

void count_kept(const char *source, int64_t bytes, int64_t microseconds)
{
    unsigned i = source_of(source);
    metric_add(&metrics[METRIC_DELIVERIES], i, DOOR_KEPT, 1);
    metrics_count(METRIC_KEPT_BYTES, i, bytes);
    metric_time(&metrics[METRIC_DOOR_SECONDS], i, 0, microseconds);
}

void count_repeat(const char *source) { metric_add(&metrics[METRIC_DELIVERIES], source_of(source), DOOR_REPEAT, 1); }
void count_refused(const char *source, const Error *why) { metric_add(&metrics[METRIC_DELIVERIES], source_of(source), door_outcome(why), 1); }

void count_batch(int messages) { metric_time(&metrics[METRIC_KAFKA_BATCH], 0, 0, (int64_t)messages * 1000000); }

void count_station(const char *station, Rc rc)
{
    metric_add(&metrics[METRIC_STATION_FAILURES], index_of(stations, COUNT(stations), station), rc == RC_FATAL ? FAILURE_FAULT : FAILURE_RETRY, 1);
}

void metrics_route(unsigned i, const char *method, const char *pattern)
{
    static char text[METRIC_ROUTES][96];
    if (i >= METRIC_ROUTES)
        return;
    snprintf(text[i], sizeof text[i], "method=\"%s\",route=\"%s\"", method, pattern);
    routes[i] = text[i];
}
