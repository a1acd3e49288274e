/* How a metric is kept and written: numbers that any thread adds to without a lock, and the Prometheus text exposition format 0.0.4 in which they are
   shown. What is counted is a table elsewhere (gateway/model/metrics.h). */
#pragma once
#include "gateway/base/buffer.h"
#include <stdatomic.h>

#define METRIC_MEDIA_TYPE "text/plain; version=0.0.4; charset=utf-8"

typedef enum { METRIC_COUNTER, METRIC_GAUGE, METRIC_TIMES } MetricType;      /* METRIC_TIMES: a histogram of seconds */

/* name "": each value is a list of labels as it is to be written. A value NULL is not shown. */
typedef struct { const char *name; const char *const *values; unsigned n; } MetricLabel;

/* Upper bounds in microseconds, rising; whatever is longer counts under +Inf. */
typedef struct { const int64_t *at; unsigned n; } MetricBounds;

enum { METRIC_LABELS = 2 };

/* A row of a const table. room: METRIC_ROOM numbers for each series, zero at the start. */
typedef struct {
    const char          *name, *help;
    MetricType           type;
    bool                 micro;                     /* kept in millionths, shown in units: seconds */
    MetricLabel          label[METRIC_LABELS];      /* of those without values there are none */
    const MetricBounds  *bounds;                    /* METRIC_TIMES */
    atomic_int_fast64_t *room;
} Metric;

/* How many numbers a series of times needs: its buckets, +Inf, the sum. */
#define METRIC_TIMES_ROOM(bounds) ((bounds) + 2)

/* a, b: which value of the first and the second label; 0 where there is none. */
void    metric_add (const Metric *m, unsigned a, unsigned b, int64_t n);
void    metric_set (const Metric *m, unsigned a, unsigned b, int64_t value);
void    metric_time(const Metric *m, unsigned a, unsigned b, int64_t microseconds);     /* below 0, as when a clock was set back: 0 */
int64_t metric_get (const Metric *m, unsigned a, unsigned b);

/* Appends all series of a metric. A histogram's count is the sum of its buckets, whatever is added meanwhile. */
void metric_write(const Metric *m, Buffer *out);

/* For what is asked when the page is: the lines HELP and TYPE, then a series with one label (name NULL: none). */
void metric_head (const char *name, MetricType type, const char *help, Buffer *out);
void metric_value(const char *name, const char *label, const char *value, int64_t n, bool micro, Buffer *out);
