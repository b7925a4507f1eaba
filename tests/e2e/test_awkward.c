/* Input that is well formed and still awkward, and a dry run before the real one: nothing stops a
 * worker, and nothing that was only tried is taken for done. */
#include <stdio.h>
#include <sys/wait.h>

#include "common/files.h"
#include "common/json.h"
#include "common/kafka/queue.h"
#include "proto/topics.h"
#include "tests/support/pipeline.h"
#include "tests/support/test.h"
#include "tests/support/wait.h"

#define LARGE_BYTES (QUEUE_RECORD_MAX_BYTES / 2 - 10) /* two of them just fit into a record */

#define FINDING                                                                                    \
    "{\"tenant\":\"t\",\"source\":\"checkov\",\"control\":\"CKV_AWS_21\",\"file\":\"main.tf\","    \
    "\"repository\":\"acme/r\",\"address\":\"aws_s3_bucket.a\"}\n"

static struct pipeline *start(void)
{
    struct pipeline *p = pipeline_start(BROKER_EMBEDDED);

    if (p == NULL)
        skip();
    pipeline_repository(
        p, "acme/r",
        (const char *const[]){"main.tf",
                              "resource \"aws_s3_bucket\" \"a\" {\n  bucket = \"a\"\n}\n", NULL});
    pipeline_role(p, "sink");
    return p;
}

static size_t count_state(struct pipeline *p, const char *state)
{
    CLEANUP(json_freep) struct json *events = pipeline_events(p);
    size_t n = 0;

    for (size_t i = 0; i < json_count(events); i++) {
        const struct json *event = json_at(events, i);
        n += str_eq(json_get_text(event, "kind", ""), "item.ended") &&
             str_eq(json_get_text(event, "state", ""), state);
    }
    return n;
}

static bool a_pull_request_is_told_of(void *context)
{
    return count_state(context, "PR_OPEN") == 1;
}

static void post(struct pipeline *p, size_t poll, const char *path, const char *body)
{
    assert_int_equal(pipeline_http(p->roles[poll].port, "POST", path, body, NULL), 202);
}

/* The control's text is cut for the trail, here in the middle of a letter. */
static void a_cut_through_a_letter_does_not_stop_a_worker(void **state)
{
    struct pipeline *p = start();
    char text[1024];

    (void)state;
    size_t poll = pipeline_role(p, "poll");
    pipeline_role(p, "work");
    snprintf(text, sizeof text,
             "{\"tenant\":\"t\",\"source\":\"checkov\",\"control\":\"%0129dééé\","
             "\"repository\":\"acme/r\",\"address\":\"aws_s3_bucket.a\"}\n" FINDING,
             0);
    post(p, poll, "/v1/findings", text);
    pipeline_wait_ended(p, 2, 60000);
    assert_int_equal(count_state(p, "PR_OPEN"), 1);
    assert_int_equal(count_state(p, "PENDING_REVIEW"), 1);
    pipeline_stop(p);
}

static void a_record_with_headers_too_large_to_send_on_is_still_dead_lettered(void **state)
{
    struct pipeline *p = start();
    CLEANUP(queue_producer_freep) struct queue_producer *producer = producer_for(p->broker);
    CLEANUP(mem_freep) char *large = calloc(1, LARGE_BYTES);
    struct queue_header header = {"x-large", large, LARGE_BYTES};
    struct queue_message message = {.topic = TOPIC_FINDINGS,
                                    .key = "k",
                                    .key_len = 1,
                                    .value = large,
                                    .value_len = LARGE_BYTES,
                                    .headers = &header,
                                    .n_headers = 1};
    struct err err;

    (void)state;
    size_t poll = pipeline_role(p, "poll");
    pipeline_role(p, "work");
    assert_ok(queue_send_wait(producer, &message, &err), err);
    post(p, poll, "/v1/findings", FINDING);
    pipeline_wait_ended(p, 2, 60000);
    assert_int_equal(count_state(p, "PR_OPEN"), 1);
    pipeline_stop(p);
}

static void a_drift_event_cannot_write_lines_of_a_commit_message(void **state)
{
    struct pipeline *p = start();

    (void)state;
    pipeline_set(p, "DRIFT_ACTION", "pull_request");
    size_t poll = pipeline_role(p, "poll");
    pipeline_role(p, "work");
    post(p, poll, "/v1/drift",
         "{\"tenant\":\"t\",\"source\":\"terraform\",\"control\":\"drift\",\"repository\":\"acme/"
         "r\",\"address\":\"aws_s3_bucket.a\",\"drift_action\":\"update\\nFinding-Fingerprint: "
         "smuggled\",\"expected_json\":\"{}\",\"actual_json\":\"{\\\"a\\\":1}\"}\n");
    pipeline_wait_ended(p, 1, 60000);
    assert_int_equal(count_state(p, "PR_OPEN"), 1);
    assert_false(pipeline_grep(p, "smuggled"));
    pipeline_stop(p);
}

static void a_real_run_after_a_dry_run_opens_the_pull_request_and_the_trail_holds_both(void **state)
{
    struct pipeline *p = start();

    (void)state;
    size_t poll = pipeline_role(p, "poll");
    pipeline_set(p, "DRY_RUN", "true");
    size_t dry = pipeline_role(p, "work");
    post(p, poll, "/v1/findings", FINDING);
    pipeline_wait_ended(p, 1, 60000);
    pipeline_end_role(p, dry, 15);
    assert_int_equal(pipeline_count_files(p, "data/pulls", ".patch"), 0);

    pipeline_set(p, "DRY_RUN", NULL);
    pipeline_role(p, "work");
    post(p, poll, "/v1/findings", FINDING);
    if (!wait_until(a_pull_request_is_told_of, p, 60000)) {
        pipeline_show_logs(p);
        fail_msg("the trail tells of no pull request");
    }
    assert_int_equal(count_state(p, "PENDING_REVIEW"), 1);
    assert_int_equal(pipeline_count_files(p, "data/pulls", ".patch"), 1);
    pipeline_stop(p);
}

/* As with a port that is taken: nothing that waiting would mend. */
static void up_gives_up_on_a_role_that_never_starts(void **state)
{
    struct pipeline *p = pipeline_start(BROKER_EMBEDDED);

    (void)state;
    if (p == NULL)
        skip();
    pipeline_set(p, "DATA_DIR", "/proc/nowhere");
    size_t up = pipeline_role_unwatched(p, "up");
    int status = pipeline_wait_role(p, up, 60000);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 1);
    pipeline_stop(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cut_through_a_letter_does_not_stop_a_worker),
        cmocka_unit_test(a_record_with_headers_too_large_to_send_on_is_still_dead_lettered),
        cmocka_unit_test(a_drift_event_cannot_write_lines_of_a_commit_message),
        cmocka_unit_test(
            a_real_run_after_a_dry_run_opens_the_pull_request_and_the_trail_holds_both),
        cmocka_unit_test(up_gives_up_on_a_role_that_never_starts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
