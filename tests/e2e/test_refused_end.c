/* Redis forgets a claim while its pull request is opened: the refusal to record the end is no
 * failure of the item's, also where one failure is all that it has. */
#include <signal.h>
#include <stdio.h>

#include "tests/support/pipeline.h"
#include "tests/support/redis_server.h"
#include "tests/support/test.h"
#include "tests/support/wait.h"

#define BUCKET "resource \"aws_s3_bucket\" \"orders\" {\n  bucket = \"orders\"\n}\n"

static const char finding[] =
    "{\"tenant\":\"t\",\"source\":\"checkov\",\"control\":\"CKV_AWS_21\",\"repository\":\"acme/r\","
    "\"address\":\"aws_s3_bucket.orders\",\"file\":\"main.tf\"}\n";

struct look {
    struct pipeline *p;
    size_t role;
};

static bool was_refused(void *context)
{
    struct look *look = context;

    return pipeline_metric(look->p, look->role, "plumb_items_retried_total") +
               pipeline_metric(look->p, look->role, "plumb_dead_letters_total") >=
           1;
}

static void a_refused_end_is_no_failure(void **state)
{
    struct pipeline *p = pipeline_start(BROKER_EMBEDDED);
    struct look look = {.p = p};
    CLEANUP(redis_freep) struct redis *redis = NULL;

    (void)state;
    if (p == NULL)
        skip();
    redis = redis_server_open(p->redis, 0);
    pipeline_repository(p, "acme/r", (const char *const[]){"main.tf", BUCKET, NULL});
    pipeline_set(p, "WORKER_ATTEMPTS_MAX", "1");
    pipeline_set(p, "WORKER_LEASE_MS", "300000"); /* it is not renewed meanwhile */
    (void)pipeline_role(p, "sink");
    size_t poll = pipeline_role(p, "poll");
    pipeline_set(p, "PLUMB_FAULT", "pr.ok:stop");
    look.role = pipeline_role(p, "work");
    pipeline_post(p->roles[poll].port, "/v1/findings", finding);
    pipeline_wait_stopped(p, look.role, 60000);
    (void)redis_do(redis, "FLUSHALL");
    assert_int_equal(kill(p->roles[look.role].pid, SIGCONT), 0);

    assert_true(wait_until(was_refused, &look, 60000));
    assert_int_equal(pipeline_metric(p, look.role, "plumb_dead_letters_total"), 0);
    pipeline_wait_ended(p, 1, 60000);
    assert_int_equal(pipeline_metric(p, look.role, "plumb_dead_letters_total"), 0);
    assert_int_equal(pipeline_metric(p, look.role, "plumb_fences_rejected_total"), 1);
    assert_int_equal(pipeline_count_files(p, "data/pulls", ".patch"), 1);
    pipeline_stop(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refused_end_is_no_failure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
