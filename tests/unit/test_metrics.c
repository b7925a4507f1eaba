/* Prometheus' text format, common/metrics.h. */
#include "tests/support/test.h"

#include <math.h>
#include <stdio.h>
#include <pthread.h>
#include <time.h>

#include "common/metrics.h"

static const char *const results[] = {"ok", "failed", NULL};
static const struct metric_family families[] = {
    {"plumb_items_total", METRIC_COUNTER, "Items\nthat \\ ended.", "result", results},
    {"plumb_in_flight", METRIC_GAUGE, "Items now.", NULL, NULL},
    {"plumb_step_seconds", METRIC_HISTOGRAM, "Time.", "step", NULL},
    {"plumb_wait_seconds", METRIC_HISTOGRAM, "Time.", NULL, NULL},
    {"plumb_lag", METRIC_GAUGE, "Behind.", "topic,partition", NULL},
};

static int declare(void **state)
{
    (void)state;
    metrics_declare(families, COUNT(families));
    return 0;
}

static int forget(void **state)
{
    (void)state;
    metrics_reset();
    return 0;
}

static void check_has(const char *expected)
{
    CLEANUP(buf_done) struct buf out = BUF(1024 * 1024);
    struct err err;

    metrics_render(&out);
    assert_ok(buf_check(&out, &err), err);
    assert_has(buf_str(&out), expected);
    assert_int_equal(out.bytes[out.len - 1], '\n');
}

static void declared_series_start_at_zero(void **state)
{
    (void)state;
    check_has("# HELP plumb_items_total Items\\nthat \\\\ ended.\n"
              "# TYPE plumb_items_total counter\n"
              "plumb_items_total{result=\"ok\"} 0\n"
              "plumb_items_total{result=\"failed\"} 0\n");
    check_has("# TYPE plumb_in_flight gauge\nplumb_in_flight 0\n");
}

static void counters_and_gauges_hold_their_values(void **state)
{
    (void)state;
    metric_count("plumb_items_total", "ok", 1);
    metric_count("plumb_items_total", "ok", 1.5);
    metric_count("plumb_items_total", "new", 1);
    metric_set("plumb_in_flight", NULL, 3);
    metric_set("plumb_in_flight", NULL, -2);
    check_has("plumb_items_total{result=\"ok\"} 2.5\n");
    check_has("plumb_items_total{result=\"new\"} 1\n");
    check_has("plumb_in_flight -2\n");
    assert_true(metric_value("plumb_items_total", "ok") == 2.5);
    assert_true(metric_value("plumb_items_total", "never") == 0);
    assert_true(metric_value("plumb_unknown", NULL) == 0);
    assert_true(metric_value("plumb_items_total", NULL) == 0);
}

static void histogram_buckets_are_cumulative(void **state)
{
    (void)state;
    metric_observe("plumb_step_seconds", "fetch", 0.00390625);
    metric_observe("plumb_step_seconds", "fetch", 0.375);
    metric_observe("plumb_step_seconds", "fetch", 1000);
    check_has("plumb_step_seconds_bucket{step=\"fetch\",le=\"0.005\"} 1\n"
              "plumb_step_seconds_bucket{step=\"fetch\",le=\"0.01\"} 1\n");
    check_has("plumb_step_seconds_bucket{step=\"fetch\",le=\"0.25\"} 1\n"
              "plumb_step_seconds_bucket{step=\"fetch\",le=\"0.5\"} 2\n");
    check_has("plumb_step_seconds_bucket{step=\"fetch\",le=\"300\"} 2\n"
              "plumb_step_seconds_bucket{step=\"fetch\",le=\"+Inf\"} 3\n"
              "plumb_step_seconds_sum{step=\"fetch\"} 1000.37890625\n"
              "plumb_step_seconds_count{step=\"fetch\"} 3\n");
    assert_true(metric_value("plumb_step_seconds", "fetch") == 3);
    check_has("plumb_wait_seconds_bucket{le=\"+Inf\"} 0\nplumb_wait_seconds_sum 0\n");
}

static void label_values_are_escaped(void **state)
{
    (void)state;
    metric_count("plumb_items_total", "a\"b\\c\nd", 1);
    check_has("plumb_items_total{result=\"a\\\"b\\\\c\\nd\"} 1\n");
}

static void two_labels_have_their_values(void **state)
{
    (void)state;
    metric_set("plumb_lag", "find\"ings.v1,3", 5);
    metric_set("plumb_lag", "short", 1);
    check_has("plumb_lag{topic=\"find\\\"ings.v1\",partition=\"3\"} 5\n");
    check_has("plumb_lag{topic=\"short\",partition=\"\"} 1\n");
    assert_true(metric_value("plumb_lag", "find\"ings.v1,3") == 5);
}

static void what_is_forgotten_is_shown_no_more(void **state)
{
    CLEANUP(buf_done) struct buf out = BUF(1024 * 1024);

    (void)state;
    metric_set("plumb_lag", "findings,3", 5);
    metric_forget("plumb_lag");
    metrics_render(&out);
    assert_lacks(buf_str(&out), "findings");
    metric_set("plumb_lag", "findings,4", 6);
    check_has("plumb_lag{topic=\"findings\",partition=\"4\"} 6\n");
}

static void odd_numbers_have_their_names(void **state)
{
    (void)state;
    metric_set("plumb_in_flight", NULL, NAN);
    check_has("plumb_in_flight NaN\n");
    metric_set("plumb_in_flight", NULL, -INFINITY);
    check_has("plumb_in_flight -Inf\n");
    metric_set("plumb_in_flight", NULL, INFINITY);
    check_has("plumb_in_flight +Inf\n");
}

static void endless_label_values_gather_under_other(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++) {
        char value[16];
        snprintf(value, sizeof value, "v%d", i);
        metric_count("plumb_items_total", value, 1);
    }
    assert_true(metric_value("plumb_items_total", "other") > 700);
    assert_true(metric_value("plumb_items_total", "v0") == 1);
}

static void declaring_again_keeps_the_values(void **state)
{
    (void)state;
    metric_count("plumb_items_total", "ok", 1);
    metrics_declare(families, COUNT(families));
    assert_true(metric_value("plumb_items_total", "ok") == 1);
}

static double rendered(const char *name)
{
    CLEANUP(buf_done) struct buf out = BUF(1024 * 1024);
    char line[128];

    metrics_render(&out);
    snprintf(line, sizeof line, "\n%s ", name);
    const char *found = strstr(buf_str(&out), line);
    assert_non_null(found);
    return strtod(found + strlen(line), NULL);
}

static void the_process_tells_about_itself(void **state)
{
    (void)state;
    check_has("plumb_build_info{version=\"");
    assert_true(rendered("process_cpu_seconds_total") > 0);
    assert_true(rendered("process_resident_memory_bytes") > 100000);
    assert_true(rendered("process_open_fds") >= 3);
    assert_true(rendered("process_max_fds") >= 3);
    double age = (double)time(NULL) - rendered("process_start_time_seconds");
    assert_true(age > -2 && age < 600);
}

static void *count_many(void *context)
{
    (void)context;
    for (int i = 0; i < 5000; i++) {
        metric_count("plumb_items_total", "ok", 1);
        metric_observe("plumb_wait_seconds", NULL, 0.1);
    }
    return NULL;
}

static void threads_lose_no_count(void **state)
{
    pthread_t threads[3];

    (void)state;
    for (size_t i = 0; i < COUNT(threads); i++)
        pthread_create(&threads[i], NULL, count_many, NULL);
    for (size_t i = 0; i < COUNT(threads); i++)
        pthread_join(threads[i], NULL);
    assert_true(metric_value("plumb_items_total", "ok") == 15000);
    assert_true(metric_value("plumb_wait_seconds", NULL) == 15000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, declare, forget)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(declared_series_start_at_zero),
        TEST(counters_and_gauges_hold_their_values),
        TEST(histogram_buckets_are_cumulative),
        TEST(label_values_are_escaped),
        TEST(two_labels_have_their_values),
        TEST(what_is_forgotten_is_shown_no_more),
        TEST(odd_numbers_have_their_names),
        TEST(endless_label_values_gather_under_other),
        TEST(declaring_again_keeps_the_values),
        TEST(the_process_tells_about_itself),
        TEST(threads_lose_no_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
