#include "gateway/base/metric.h"
#include <assert.h>
#include <inttypes.h>
#include <string.h>

static unsigned values_of(const MetricLabel *l) { return l->n ? l->n : 1; }

static unsigned numbers_of(const Metric *m) { return m->type == METRIC_TIMES ? METRIC_TIMES_ROOM(m->bounds->n) : 1; }

static atomic_int_fast64_t *series(const Metric *m, unsigned a, unsigned b)
{
    assert(a < values_of(&m->label[0]) && b < values_of(&m->label[1]));
    return m->room + (size_t)(a * values_of(&m->label[1]) + b) * numbers_of(m);
}

static void add(atomic_int_fast64_t *to, int64_t n) { atomic_fetch_add_explicit(to, n, memory_order_relaxed); }
static int64_t get(atomic_int_fast64_t *from) { return atomic_load_explicit(from, memory_order_relaxed); }

void metric_add(const Metric *m, unsigned a, unsigned b, int64_t n) { add(series(m, a, b), n); }
void metric_set(const Metric *m, unsigned a, unsigned b, int64_t value) { atomic_store_explicit(series(m, a, b), value, memory_order_relaxed); }
int64_t metric_get(const Metric *m, unsigned a, unsigned b) { return get(series(m, a, b)); }

void metric_time(const Metric *m, unsigned a, unsigned b, int64_t microseconds)
{
    atomic_int_fast64_t *s = series(m, a, b);
    int64_t us = microseconds > 0 ? microseconds : 0;
    unsigned i = 0;
    while (i < m->bounds->n && us > m->bounds->at[i])
        i++;
    add(s + i, 1);
    add(s + m->bounds->n + 1, us);
}

static void escaped(const char *s, const char *special, Buffer *out)
{
    for (; *s; s++) {
        if (*s == '\n')
            buffer_text(out, "\\n");
        else if (strchr(special, *s))
            buffer_print(out, "\\%c", *s);
        else
            buffer_char(out, *s);
    }
}

/* Millionths without a double: no digit of a sum is lost. */
static void put_number(int64_t n, bool micro, Buffer *out)
{
    if (micro)
        buffer_print(out, "%s%" PRId64 ".%06" PRId64, n < 0 ? "-" : "", n < 0 ? -(n / 1000000) : n / 1000000, n < 0 ? -(n % 1000000) : n % 1000000);
    else
        buffer_print(out, "%" PRId64, n);
}

/* "0.0025", "1": as people write it. */
static const char *bound_text(int64_t bound, Buffer *to)
{
    buffer_clear(to);
    put_number(bound, true, to);
    while (to->at[to->len - 1] == '0')
        to->len--;
    to->len -= to->at[to->len - 1] == '.';
    return buffer_string(to);
}

static void put_label(const char *name, const char *value, bool *any, Buffer *out)
{
    buffer_text(out, *any ? "," : "{");
    *any = true;
    if (!*name) {
        buffer_text(out, value);
        return;
    }
    buffer_print(out, "%s=\"", name);
    escaped(value, "\\\"", out);
    buffer_char(out, '"');
}

static void put_labels(const Metric *m, const char *const *values, const char *le, Buffer *out)
{
    bool any = false;
    for (unsigned i = 0; i < METRIC_LABELS; i++)
        if (m->label[i].n)
            put_label(m->label[i].name, values[i], &any, out);
    if (le)
        put_label("le", le, &any, out);
    buffer_text(out, any ? "} " : " ");
}

static void put_times(const Metric *m, const char *const *values, atomic_int_fast64_t *s, Buffer *out)
{
    SCOPED(buffer_free) Buffer le = {0};
    int64_t so_far = 0;
    for (unsigned i = 0; i <= m->bounds->n; i++) {
        buffer_print(out, "%s_bucket", m->name);
        put_labels(m, values, i < m->bounds->n ? bound_text(m->bounds->at[i], &le) : "+Inf", out);
        buffer_print(out, "%" PRId64 "\n", so_far += get(s + i));
    }
    buffer_print(out, "%s_sum", m->name);
    put_labels(m, values, NULL, out);
    put_number(get(s + m->bounds->n + 1), true, out);
    buffer_print(out, "\n%s_count", m->name);
    put_labels(m, values, NULL, out);
    buffer_print(out, "%" PRId64 "\n", so_far);
}

static void put_series(const Metric *m, unsigned a, unsigned b, Buffer *out)
{
    const char *values[METRIC_LABELS] = { m->label[0].n ? m->label[0].values[a] : "", m->label[1].n ? m->label[1].values[b] : "" };
    if (!values[0] || !values[1])
        return;
    if (m->type == METRIC_TIMES) {
        put_times(m, values, series(m, a, b), out);
        return;
    }
    buffer_text(out, m->name);
    put_labels(m, values, NULL, out);
    put_number(metric_get(m, a, b), m->micro, out);
    buffer_char(out, '\n');
}

void metric_write(const Metric *m, Buffer *out)
{
    metric_head(m->name, m->type, m->help, out);
    for (unsigned a = 0; a < values_of(&m->label[0]); a++)
        for (unsigned b = 0; b < values_of(&m->label[1]); b++)
            put_series(m, a, b, out);
}

void metric_head(const char *name, MetricType type, const char *help, Buffer *out)
{
    static const char *const types[] = { [METRIC_COUNTER] = "counter", [METRIC_GAUGE] = "gauge", [METRIC_TIMES] = "histogram" };
    buffer_print(out, "# HELP %s ", name);
    escaped(help, "\\", out);
    buffer_print(out, "\n# TYPE %s %s\n", name, types[type]);
}

void metric_value(const char *name, const char *label, const char *value, int64_t n, bool micro, Buffer *out)
{
    bool any = false;
    buffer_text(out, name);
    if (label)
        put_label(label, value, &any, out);
    buffer_text(out, any ? "} " : " ");
    put_number(n, micro, out);
    buffer_char(out, '\n');
}
