/* A thousand findings, a fifth of them twice, through three workers: one pull request each. */
#include <stdio.h>
#include "common/json.h"
#include "tests/support/pipeline.h"
#include "tests/support/test.h"

#ifdef PLUMB_TSAN /* races show in a few just as well */
#define REPOSITORIES 4
#define BUCKETS      10
#else
#define REPOSITORIES 10
#define BUCKETS      40
#endif
#define CONTROLS 2
#define UNIQUE   (REPOSITORIES * BUCKETS * CONTROLS)
#define TWICE    (UNIQUE / 4)
#define WORKERS  3

static const char *const controls[CONTROLS] = {"CKV_AWS_21", "CKV2_AWS_61"};

static void make_repositories(struct pipeline *p)
{
    for (int i = 0; i < REPOSITORIES; i++) {
        CLEANUP(buf_done) struct buf text = BUF(100000);
        char name[32];
        for (int k = 0; k < BUCKETS; k++)
            buf_print(&text, "resource \"aws_s3_bucket\" \"b%d\" {\n  bucket = \"r%d-b%d\"\n}\n\n",
                      k, i, k);
        snprintf(name, sizeof name, "acme/r%d", i);
        pipeline_repository(p, name, (const char *const[]){"main.tf", buf_str(&text), NULL});
    }
}

static void add_finding(struct buf *out, int number)
{
    int repository = number % REPOSITORIES;
    int bucket = number / REPOSITORIES % BUCKETS;
    int control = number / REPOSITORIES / BUCKETS;

    buf_print(
        out,
        "{\"tenant\":\"t\",\"source\":\"checkov\",\"control\":\"%s\",\"repository\":\"acme/r%d\","
        "\"address\":\"aws_s3_bucket.b%d\",\"file\":\"main.tf\",\"detected_unix_ms\":1768480245000}"
        "\n",
        controls[control], repository, bucket);
}

static void send_findings(int port)
{
    CLEANUP(buf_done) struct buf body = BUF(4 * 1024 * 1024);

    for (int i = 0; i < UNIQUE; i++) {
        add_finding(&body, i);
        if (i % (UNIQUE / TWICE) ==
            0) /* the twin stands in the same request, so both are under way at once */
            add_finding(&body, i);
    }
    pipeline_post(port, "/v1/findings", buf_str(&body));
}

static void each_ended_once_with_a_pull_request(struct pipeline *p)
{
    CLEANUP(json_freep) struct json *events = pipeline_events(p);
    size_t ended = 0, planned = 0;

    for (size_t i = 0; i < json_count(events); i++) {
        const struct json *event = json_at(events, i);
        const char *kind = json_get_text(event, "kind", "");
        planned += str_eq(kind, "plan.saved");
        if (!str_eq(kind, "item.ended"))
            continue;
        ended++;
        if (!str_eq(json_get_text(event, "state", ""), "PR_OPEN"))
            fail_msg("%s ended %s: %s", json_get_text(event, "node_id", ""),
                     json_get_text(event, "state", ""), json_get_text(event, "error_message", ""));
    }
    assert_int_equal(ended, UNIQUE);
    assert_int_equal(planned, UNIQUE);
}

static void through_three_workers(enum broker_kind kind)
{
    struct pipeline *p = pipeline_start(kind);
    size_t workers[WORKERS];
    int64_t created = 0, planned = 0;

    if (p == NULL)
        skip();
    make_repositories(p);
    pipeline_set(p, "MAX_CONCURRENT_WORKERS", "4");
    (void)pipeline_role(p, "sink");
    size_t poll = pipeline_role(p, "poll");
    for (int i = 0; i < WORKERS; i++)
        workers[i] = pipeline_role(p, "work");
    send_findings(p->roles[poll].port);
    pipeline_wait_ended(p, UNIQUE, 240000);

    for (int i = 0; i < WORKERS; i++) {
        created += pipeline_metric(p, workers[i], "plumb_prs_created_total");
        planned += pipeline_metric(p, workers[i], "plumb_plans_saved_total");
    }
    each_ended_once_with_a_pull_request(p);
    assert_int_equal(created, UNIQUE);
    assert_int_equal(planned, UNIQUE);
    assert_int_equal(pipeline_count_files(p, "data/pulls", ".patch"), UNIQUE);
    print_message("%s: %d findings, %d of them sent twice: %lld pull requests, %lld plans\n",
                  broker_kind_name(kind), UNIQUE + TWICE, TWICE, (long long)created,
                  (long long)planned);
    pipeline_stop(p);
}

static void row_04_one_pull_request_per_fingerprint_on_the_embedded_broker(void **state)
{
    (void)state;
    through_three_workers(BROKER_EMBEDDED);
}

static void row_04_one_pull_request_per_fingerprint_on_a_real_kafka(void **state)
{
    (void)state;
    through_three_workers(BROKER_REAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row_04_one_pull_request_per_fingerprint_on_the_embedded_broker),
        cmocka_unit_test(row_04_one_pull_request_per_fingerprint_on_a_real_kafka),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
