/* A worker that slept past its lease and wakes up to an item that cannot be worked on: its end has
 * been told by another, so it tells none. */
#include <signal.h>
#include <stdio.h>

#include "tests/support/pipeline.h"
#include "tests/support/test.h"
#include "tests/support/wait.h"

#define BUCKET "resource \"aws_s3_bucket\" \"orders\" {\n  bucket = \"orders\"\n}\n"

static const char finding[] =
    "{\"tenant\":\"t\",\"source\":\"checkov\",\"control\":\"CKV_AWS_21\",\"repository\":\"acme/r\","
    "\"address\":\"aws_s3_bucket.orders\",\"file\":\"main.tf\",\"base_branch\":\"nowhere\","
    "\"detected_unix_ms\":1768480245000}\n";

struct look {
    struct pipeline *p;
    size_t role;
    const char *metric;
};

static bool has_counted(void *context)
{
    struct look *look = context;

    return pipeline_metric(look->p, look->role, look->metric) >= 1;
}

static void it_dead_letters_nothing(void **state)
{
    struct pipeline *p = pipeline_start(BROKER_EMBEDDED);
    struct look zombie = {.p = p, .metric = "plumb_items_retried_total"};
    struct look other = {.p = p, .metric = "plumb_dead_letters_total"};
    char other_data[300];

    (void)state;
    if (p == NULL)
        skip();
    pipeline_repository(p, "acme/r", (const char *const[]){"main.tf", BUCKET, NULL});
    pipeline_set(p, "WORKER_LEASE_MS", "3000");
    pipeline_set(p, "PLUMB_FAULT", "decide:stop");
    zombie.role = pipeline_role(p, "work");
    size_t poll = pipeline_role(p, "poll");
    pipeline_post(p->roles[poll].port, "/v1/findings", finding);
    pipeline_wait_stopped(p, zombie.role, 60000);
    pipeline_set(p, "PLUMB_FAULT", NULL);
    snprintf(other_data, sizeof other_data, "%s/other", p->dir);
    pipeline_set(p, "DATA_DIR", other_data); /* who sleeps may hold the lock on its mirrors */
    other.role = pipeline_role(p, "work");
    assert_true(wait_until(has_counted, &other, 60000));

    assert_int_equal(kill(p->roles[zombie.role].pid, SIGCONT), 0);
    assert_true(wait_until(has_counted, &zombie, 60000));
    assert_int_equal(pipeline_metric(p, zombie.role, "plumb_dead_letters_total"), 0);
    assert_int_equal(pipeline_metric(p, zombie.role, "plumb_leases_lost_total"), 1);
    assert_int_equal(pipeline_metric(p, other.role, "plumb_dead_letters_total"), 1);
    pipeline_stop(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_dead_letters_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
