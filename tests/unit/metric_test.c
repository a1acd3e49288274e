#include "gateway/model/metrics.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static const int64_t bounds_at[] = { 1000, 2500, 1000000 };
static const MetricBounds bounds = { bounds_at, 3 };
static const char *const colours[] = { "red", NULL, "a \"blue\"\\\n" };
static const char *const sizes[] = { "small", "large" };

static const Metric counter = { "things_total", "Things \\ all\nof them.", METRIC_COUNTER, .label = { { "colour", colours, 3 }, { "size", sizes, 2 } },
                                .room = (atomic_int_fast64_t[6]){ 0 } };
static const Metric gauge = { "age_seconds", "Age.", METRIC_GAUGE, .micro = true, .room = (atomic_int_fast64_t[1]){ 0 } };
static const Metric times = { "took_seconds", "Took.", METRIC_TIMES, .label = { { "", sizes, 1 } }, .bounds = &bounds, .room = (atomic_int_fast64_t[METRIC_TIMES_ROOM(3)]){ 0 } };

static void reads(const Metric *m, const char *wanted)
{
    SCOPED(buffer_free) Buffer out = {0};
    metric_write(m, &out);
    assert_string_equal(buffer_string(&out), wanted);
}

static void a_counter_has_a_line_for_each_pair_of_values(void **state)
{
    (void)state;
    metric_add(&counter, 0, 1, 2);
    metric_add(&counter, 2, 0, 1);
    metric_add(&counter, 1, 0, 7);                     /* a value that is not shown */
    reads(&counter, "# HELP things_total Things \\\\ all\\nof them.\n# TYPE things_total counter\n"
                    "things_total{colour=\"red\",size=\"small\"} 0\nthings_total{colour=\"red\",size=\"large\"} 2\n"
                    "things_total{colour=\"a \\\"blue\\\"\\\\\\n\",size=\"small\"} 1\nthings_total{colour=\"a \\\"blue\\\"\\\\\\n\",size=\"large\"} 0\n");
}

static void millionths_are_shown_as_units(void **state)
{
    static const struct { int64_t n; const char *text; } cases[] = {
        { 0, "0.000000" }, { 1, "0.000001" }, { 1500000, "1.500000" }, { -1, "-0.000001" }, { -2500000, "-2.500000" }, { 1795652017488790, "1795652017.488790" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char wanted[128];
        snprintf(wanted, sizeof wanted, "# HELP age_seconds Age.\n# TYPE age_seconds gauge\nage_seconds %s\n", cases[i].text);
        metric_set(&gauge, 0, 0, cases[i].n);
        reads(&gauge, wanted);
    }
}

static void a_time_counts_under_the_first_bound_that_is_not_below_it(void **state)
{
    static const int64_t took[] = { -5, 0, 1000, 1001, 2500, 2501, 1000000, 1000001 };
    (void)state;
    for (size_t i = 0; i < sizeof took / sizeof *took; i++)
        metric_time(&times, 0, 0, took[i]);
    reads(&times, "# HELP took_seconds Took.\n# TYPE took_seconds histogram\n"
                  "took_seconds_bucket{small,le=\"0.001\"} 3\ntook_seconds_bucket{small,le=\"0.0025\"} 5\ntook_seconds_bucket{small,le=\"1\"} 7\n"
                  "took_seconds_bucket{small,le=\"+Inf\"} 8\ntook_seconds_sum{small} 2.007003\ntook_seconds_count{small} 8\n");
}

enum { THREADS = 4, EACH = 100000 };

static void *adds(void *unused)
{
    (void)unused;
    for (int i = 0; i < EACH; i++) {
        count_kept("soap", 3, i % 2 ? 500 : 2000000000);
        metrics_count(METRIC_UPLOADS, 0, i % 2 ? -1 : 1);
    }
    return NULL;
}

static void nothing_is_lost_between_threads(void **state)
{
    pthread_t thread[THREADS];
    SCOPED(buffer_free) Buffer out = {0};
    (void)state;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, adds, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
    assert_int_equal(metric_get(&metrics[METRIC_DELIVERIES], 1, DOOR_KEPT), THREADS * EACH);
    assert_int_equal(metrics_now(METRIC_KEPT_BYTES, 1), 3 * THREADS * EACH);
    assert_int_equal(metrics_now(METRIC_UPLOADS, 0), 0);
    metric_write(&metrics[METRIC_DOOR_SECONDS], &out);
    assert_non_null(strstr(buffer_string(&out), "nqs_door_seconds_bucket{source=\"soap\",le=\"0.001\"} 200000\n"));
    assert_non_null(strstr(buffer_string(&out), "nqs_door_seconds_count{source=\"soap\"} 400000\n"));
}

static void a_refusal_is_told_by_its_class(void **state)
{
    static const struct { Rc rc; const char *code; DoorOutcome outcome; } cases[] = {
        { RC_REJECT, "forbidden", DOOR_REFUSED_ACCESS }, { RC_REJECT, "bad_period", DOOR_REFUSED_ABOUT }, { RC_REJECT, "torn", DOOR_REFUSED_CONTENT },
        { RC_REJECT, "never_heard_of", DOOR_REFUSED_CONTENT }, { RC_REJECT, "too_large", DOOR_REFUSED_SIZE }, { RC_REJECT, "repeat_other_content", DOOR_REFUSED_REPEAT },
        { RC_RETRY, "too_many", DOOR_AGAIN }, { RC_RETRY, "", DOOR_AGAIN }, { RC_REJECT, "busy", DOOR_AGAIN }, { RC_FATAL, "", DOOR_FAILED }, { RC_REJECT, "internal", DOOR_FAILED },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Error why = { .rc = cases[i].rc };
        snprintf(why.code, sizeof why.code, "%s", cases[i].code);
        assert_int_equal(door_outcome(&why), cases[i].outcome);
    }
}

static void names_that_are_not_known_are_others(void **state)
{
    (void)state;
    count_repeat("carrier pigeon");
    assert_int_equal(metric_get(&metrics[METRIC_DELIVERIES], 5, DOOR_REPEAT), 1);
    count_station("nowhere", RC_FATAL);
    assert_int_equal(metric_get(&metrics[METRIC_STATION_FAILURES], STATION_OTHER, FAILURE_FAULT), 1);
    metrics_route(METRIC_ROUTES, "GET", "/one/too/many");
    metrics_route(1, "GET", "/things/{id}");
    SCOPED(buffer_free) Buffer out = {0};
    metric_write(&metrics[METRIC_HTTP_SECONDS], &out);
    assert_non_null(strstr(buffer_string(&out), "\nnqs_http_seconds_count{method=\"GET\",route=\"/things/{id}\"} 0\n"));
    assert_null(strstr(buffer_string(&out), "too/many"));
}

/* The room of each is as large as its labels ask for: all of it is written, under the sanitizer's eyes, and no two rows share any. */
static void every_row_has_room_of_its_own(void **state)
{
    (void)state;
    for (int i = 0; i < METRICS; i++) {
        const Metric *m = &metrics[i];
        assert_non_null(m->name);
        assert_true(m->help[strlen(m->help) - 1] == '.');
        assert_int_equal(m->type == METRIC_TIMES, m->bounds != NULL);
        for (int k = 0; k < i; k++)
            assert_string_not_equal(m->name, metrics[k].name);
        unsigned a = m->label[0].n ? m->label[0].n : 1, b = m->label[1].n ? m->label[1].n : 1;
        for (unsigned n = 0; n < a * b; n++) {
            if (m->type == METRIC_TIMES)
                metric_time(m, n / b, n % b, INT64_MAX / 1024);
            else
                metric_set(m, n / b, n % b, 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_counter_has_a_line_for_each_pair_of_values), cmocka_unit_test(millionths_are_shown_as_units),
        cmocka_unit_test(a_time_counts_under_the_first_bound_that_is_not_below_it), cmocka_unit_test(nothing_is_lost_between_threads),
        cmocka_unit_test(a_refusal_is_told_by_its_class), cmocka_unit_test(names_that_are_not_known_are_others), cmocka_unit_test(every_row_has_room_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
