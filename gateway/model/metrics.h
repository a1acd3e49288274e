/* What a gateway counts while it serves: one table, shown by /metrics. A new metric is a name here and a row in metrics.c; a new source of deliveries is a
   name in its list of sources. Labels hold no personal data and nothing that a sender may choose. Any thread, no lock. */
#pragma once
#include "gateway/base/error.h"
#include "gateway/base/metric.h"

typedef enum {
    METRIC_BUILD, METRIC_STARTED, METRIC_CPU, METRIC_MEMORY, METRIC_DESCRIPTORS, METRIC_DESCRIPTORS_MOST,
    METRIC_DELIVERIES, METRIC_KEPT_BYTES, METRIC_DOOR_SECONDS, METRIC_UPLOADS, METRIC_UPLOADS_MOST,
    METRIC_SETTLEMENTS, METRIC_WORKED, METRIC_RECORDS, METRIC_WORK_SECONDS, METRIC_WORK_FAILURES, METRIC_SET_ASIDE, METRIC_STATION_FAILURES,
    METRIC_CONNECTIONS, METRIC_CONNECTIONS_OPEN, METRIC_CROWDED, METRIC_EXCHANGES, METRIC_EXCHANGES_OPEN, METRIC_PARKED, METRIC_ANSWERS, METRIC_CUT,
    METRIC_RECEIVED_BYTES, METRIC_SENT_BYTES, METRIC_HTTP_SECONDS,
    METRIC_KAFKA_BATCH, METRIC_DATABASE_ERRORS,
    METRICS
} MetricId;

extern const Metric metrics[METRICS];

static inline void    metrics_count(MetricId id, unsigned a, int64_t n) { metric_add(&metrics[id], a, 0, n); }
static inline int64_t metrics_now  (MetricId id, unsigned a) { return metric_get(&metrics[id], a, 0); }

/* What became of a delivery at the door. DOOR_AGAIN: its sender is asked to come again; DOOR_FAILED: a fault of ours. */
typedef enum {
    DOOR_KEPT, DOOR_REPEAT, DOOR_REFUSED_ACCESS, DOOR_REFUSED_ABOUT, DOOR_REFUSED_CONTENT, DOOR_REFUSED_SIZE, DOOR_REFUSED_REPEAT, DOOR_AGAIN, DOOR_FAILED,
    DOOR_OUTCOMES
} DoorOutcome;
DoorOutcome door_outcome(const Error *why);

/* source as in Meta: "rest", "soap", …; one not known counts as "other". */
void count_kept   (const char *source, int64_t bytes, int64_t microseconds);       /* from the first byte to the commit */
void count_repeat (const char *source);
void count_refused(const char *source, const Error *why);                          /* by the code and the Rc of why */

void count_batch  (int messages);                                                  /* of Kafka, kept together */

enum { WORKED_SETTLED, WORKED_REFUSED };
enum { FAILURE_RETRY, FAILURE_FAULT };
enum { STATION_OTHER = 6 };
void count_station(const char *station, Rc rc);                                    /* "work", "sweep", "folder", "fetch", "kafka", "dispatch" */

enum { ANSWER_2XX, ANSWER_3XX, ANSWER_4XX, ANSWER_5XX };
enum { CUT_BROKEN, CUT_SLOW, CUT_CROWDED };

enum { DATABASE_AWAY, DATABASE_FULL, DATABASE_BUSY, DATABASE_READ_ONLY, DATABASE_OTHER };

/* The routes that times of answers are told apart by, before there are threads; of none: 0, "other". Copies. */
enum { METRIC_ROUTES = 64 };
void metrics_route(unsigned i, const char *method, const char *pattern);
