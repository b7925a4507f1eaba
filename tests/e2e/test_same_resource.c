/* Two workers and two findings of one bucket: one after the other, never both at once. */
#include <signal.h>
#include <stdio.h>

#include "common/json.h"
#include "tests/support/pipeline.h"
#include "tests/support/test.h"
#include "tests/support/wait.h"

#define BUCKET   "resource \"aws_s3_bucket\" \"orders\" {\n  bucket = \"orders\"\n}\n"
#define LEASE_MS "60000"

#define FINDING(control)                                                                           \
    "{\"tenant\":\"t\",\"source\":\"checkov\",\"control\":\"" control                              \
    "\",\"repository\":\"acme/r\",\"address\":\"aws_s3_bucket.orders\",\"file\":\"main.tf\","      \
    "\"detected_unix_ms\":1768480245000}\n"

struct look {
    struct pipeline *p;
    size_t role;
};

static bool has_waited(void *context)
{
    struct look *look = context;

    return pipeline_metric(look->p, look->role, "plumb_resource_lock_waits_total") >= 1;
}

static void the_second_finding_waits_for_the_first(void **state)
{
    struct pipeline *p = pipeline_start(BROKER_EMBEDDED);
    struct look first = {.p = p}, second = {.p = p};

    (void)state;
    if (p == NULL)
        skip();
    pipeline_repository(p, "acme/r", (const char *const[]){"main.tf", BUCKET, NULL});
    pipeline_set(p, "WORKER_LEASE_MS", LEASE_MS);
    (void)pipeline_role(p, "sink");
    size_t poll = pipeline_role(p, "poll");
    pipeline_post(p->roles[poll].port, "/v1/findings",
                  FINDING("CKV_AWS_21") FINDING("CKV2_AWS_61"));

    /* The first worker takes one of the two and stops in the middle of it. */
    pipeline_set(p, "MAX_CONCURRENT_WORKERS", "1");
    pipeline_set(p, "PLUMB_FAULT", "plan.saved:stop");
    first.role = pipeline_role_unwatched(p, "work");
    pipeline_wait_stopped(p, first.role, 60000);
    pipeline_set(p, "PLUMB_FAULT", NULL);
    second.role = pipeline_role(p, "work");
    assert_true(wait_until(has_waited, &second, 60000));
    assert_int_equal(pipeline_count_files(p, "data/pulls", ".patch"), 0);

    /* Set going, it ends its own, and the other's turn comes. */
    assert_int_equal(kill(p->roles[first.role].pid, SIGCONT), 0);
    pipeline_wait_ended(p, 2, 60000);
    assert_int_equal(pipeline_count_files(p, "data/pulls", ".patch"), 2);
    assert_int_equal(pipeline_metric(p, second.role, "plumb_dead_letters_total"), 0);
    pipeline_stop(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_second_finding_waits_for_the_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
