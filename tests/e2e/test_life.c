/* A worker's life: SIGTERM in the middle of work, a Redis that goes away, drift events. */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/json.h"
#include "tests/support/pipeline.h"
#include "tests/support/redis_server.h"
#include "tests/support/test.h"
#include "tests/support/wait.h"

#define BUCKETS  60
#define DRAIN_MS 25000
#define AWAY_MS  4000

static void make_repository(struct pipeline *p)
{
    CLEANUP(buf_done) struct buf text = BUF(100000);

    for (int i = 0; i < BUCKETS; i++)
        buf_print(&text, "resource \"aws_s3_bucket\" \"b%d\" {\n  bucket = \"b%d\"\n}\n\n", i, i);
    pipeline_repository(p, "acme/r", (const char *const[]){"main.tf", buf_str(&text), NULL});
}

static void send_findings(struct pipeline *p, size_t poll, int first, int n)
{
    CLEANUP(buf_done) struct buf body = BUF(1024 * 1024);

    for (int i = first; i < first + n; i++)
        buf_print(
            &body,
            "{\"tenant\":\"t\",\"source\":\"checkov\",\"control\":\"CKV_AWS_21\","
            "\"repository\":\"acme/r\",\"address\":\"aws_s3_bucket.b%d\",\"file\":\"main.tf\"}\n",
            i);
    pipeline_post(p->roles[poll].port, "/v1/findings", buf_str(&body));
}

static bool has_begun(void *context)
{
    struct pipeline *p = context;

    return pipeline_count_files(p, "data/pulls", ".patch") >= 3;
}

static void row_33_stopped_in_the_middle_it_drains_and_the_next_goes_on_at_once(void **state)
{
    struct pipeline *p = pipeline_start(BROKER_EMBEDDED);

    (void)state;
    if (p == NULL)
        skip();
    make_repository(p);
    pipeline_set(p, "WORKER_LEASE_MS", "120000"); /* a claim that is not released would show */
    (void)pipeline_role(p, "sink");
    size_t poll = pipeline_role(p, "poll");
    size_t work = pipeline_role(p, "work");
    send_findings(p, poll, 0, BUCKETS);
    assert_true(wait_until(has_begun, p, 60000));

    int64_t asked_ms = clock_mono_ms();
    int status = pipeline_end_role(p, work, SIGTERM);
    int64_t took_ms = clock_mono_ms() - asked_ms;
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_true(took_ms < DRAIN_MS);
    assert_true(pipeline_count_files(p, "data/pulls", ".patch") < BUCKETS);

    (void)pipeline_role(p, "work");
    pipeline_wait_ended(p, BUCKETS, 60000);
    assert_int_equal(pipeline_count_files(p, "data/pulls", ".patch"), BUCKETS);
    print_message("drained in %lld ms\n", (long long)took_ms);
    pipeline_stop(p);
}

struct probe {
    struct pipeline *p;
    size_t role;
    int status;
};

static bool is_ready_with(void *context)
{
    struct probe *probe = context;

    return pipeline_http(probe->p->roles[probe->role].port, "GET", "/ready", NULL, NULL) ==
           probe->status;
}

/* CPU time of a process so far; 0 when it is gone. */
static int64_t used_ms(pid_t pid)
{
    char path[64], text[1024];
    unsigned long user = 0, system = 0;

    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    const char *after_name = fgets(text, sizeof text, file) != NULL ? strrchr(text, ')') : NULL;
    fclose(file);
    if (after_name != NULL) /* fields 3 to 13, then 14 and 15 (proc_pid_stat(5)) */
        (void)sscanf(after_name + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
                     &system);
    return (int64_t)(user + system) * 1000 / sysconf(_SC_CLK_TCK);
}

/* Waits, and gives how much of the time the process was at work, in percent of one core. */
static int64_t watch_share(pid_t pid)
{
    int64_t from_ms = clock_mono_ms(), used_before_ms = used_ms(pid);

    usleep(AWAY_MS * 1000);
    return (used_ms(pid) - used_before_ms) * 100 / (clock_mono_ms() - from_ms);
}

static void row_16_without_redis_it_waits_unready_and_loses_nothing(void **state)
{
    struct pipeline *p = pipeline_start(BROKER_EMBEDDED);

    (void)state;
    if (p == NULL)
        skip();
    make_repository(p);
    (void)pipeline_role(p, "sink");
    size_t poll = pipeline_role(p, "poll");
    size_t work = pipeline_role(p, "work");
    struct probe ready = {p, work, 200}, unready = {p, work, 503};
    assert_true(wait_until(is_ready_with, &ready, 30000));

    redis_kill(p->redis);
    assert_true(wait_until(is_ready_with, &unready, 30000));
    send_findings(p, poll, 0, 5);
    int64_t share = watch_share(p->roles[work].pid);
    print_message("at work for %lld %% of the time without Redis\n", (long long)share);
    assert_true(share < 5);
    redis_restart(p->redis);
    assert_true(wait_until(is_ready_with, &ready, 30000));
    pipeline_wait_ended(p, 5, 60000);
    assert_int_equal(pipeline_count_files(p, "data/pulls", ".patch"), 5);
    pipeline_stop(p);
}

static void drift_ends_as_a_record_or_for_review(void **state)
{
    static const char drift[] =
        "{\"tenant\":\"t\",\"source\":\"terraform\",\"control\":\"terraform-drift\","
        "\"repository\":\"acme/r\",\"address\":\"aws_s3_bucket.b1\",\"drift_action\":\"update\","
        "\"expected_json\":\"{\\\"acl\\\":\\\"private\\\"}\",\"actual_json\":\"{\\\"acl\\\":"
        "\\\"public-read\\\"}\"}";
    struct pipeline *p = pipeline_start(BROKER_EMBEDDED);
    CLEANUP(json_freep) struct json *events = NULL;

    (void)state;
    if (p == NULL)
        skip();
    make_repository(p);
    (void)pipeline_role(p, "sink");
    size_t poll = pipeline_role(p, "poll");
    (void)pipeline_role(p, "work");
    pipeline_post(p->roles[poll].port, "/v1/drift", drift);
    pipeline_wait_ended(p, 1, 60000);
    events = pipeline_events(p);
    const struct json *last = json_at(events, json_count(events) - 1);
    assert_string_equal(json_get_text(last, "state", ""), "PR_OPEN");
    assert_string_equal(json_get_text(last, "action", ""), "record_drift");
    assert_int_equal(pipeline_count_files(p, "data/pulls", ".patch"), 1);
    assert_true(pipeline_grep(p, "drift-remediation/aws-s3-bucket-b1-"));
    pipeline_stop(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row_33_stopped_in_the_middle_it_drains_and_the_next_goes_on_at_once),
        cmocka_unit_test(row_16_without_redis_it_waits_unready_and_loses_nothing),
        cmocka_unit_test(drift_ends_as_a_record_or_for_review),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
