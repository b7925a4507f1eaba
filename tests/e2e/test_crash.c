/* A worker that dies between its effects: its successor finishes the same work, once. */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

#include "common/json.h"
#include "tests/support/pipeline.h"
#include "tests/support/test.h"

#define BUCKET "resource \"aws_s3_bucket\" \"orders\" {\n  bucket = \"orders\"\n}\n"

static const char finding[] =
    "{\"tenant\":\"t\",\"source\":\"checkov\",\"control\":\"CKV_AWS_21\",\"repository\":\"acme/r\","
    "\"address\":\"aws_s3_bucket.orders\",\"file\":\"main.tf\",\"detected_unix_ms\":1768480245000}"
    "\n";

/* The commits on the branches of the forge's repository, "branch commit\n" each, main left out. */
static void read_branches(struct pipeline *p, struct buf *out)
{
    char command[700], line[512];

    snprintf(command, sizeof command,
             "git --git-dir='%s/repositories/acme/r.git' for-each-ref --format='%%(refname:short) "
             "%%(objectname)' refs/heads | grep -v '^main '",
             p->dir);
    FILE *stream = popen(command, "re");
    assert_non_null(stream);
    while (fgets(line, sizeof line, stream) != NULL)
        buf_text(out, line);
    pclose(stream);
}

static struct pipeline *start(enum broker_kind kind)
{
    struct pipeline *p = pipeline_start(kind);

    if (p == NULL)
        return NULL;
    pipeline_repository(p, "acme/r", (const char *const[]){"main.tf", BUCKET, NULL});
    pipeline_set(p, "WORKER_LEASE_MS", "2000");
    (void)pipeline_role(p, "sink");
    size_t poll = pipeline_role(p, "poll");
    pipeline_post(p->roles[poll].port, "/v1/findings", finding);
    return p;
}

static void ended_once(struct pipeline *p)
{
    CLEANUP(json_freep) struct json *events = pipeline_events(p);
    size_t ended = 0;

    for (size_t i = 0; i < json_count(events); i++)
        ended += str_eq(json_get_text(json_at(events, i), "kind", ""), "item.ended");
    assert_int_equal(ended, 1);
    assert_int_equal(pipeline_count_files(p, "data/pulls", ".patch"), 1);
}

static void dies_at(enum broker_kind kind, const char *fault)
{
    CLEANUP(buf_done) struct buf before = BUF(10000);
    CLEANUP(buf_done) struct buf after = BUF(10000);
    struct pipeline *p = start(kind);

    if (p == NULL)
        skip();
    pipeline_set(p, "PLUMB_FAULT", fault);
    int status = pipeline_wait_role(p, pipeline_role_unwatched(p, "work"), 60000);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    read_branches(p, &before);

    pipeline_set(p, "PLUMB_FAULT", NULL);
    (void)pipeline_role(p, "work");
    pipeline_wait_ended(p, 1, 60000);
    read_branches(p, &after);
    ended_once(p);
    assert_true(after.len > 0);
    if (before.len > 0) /* the branch stood before the death: the same commit stands after */
        assert_string_equal(buf_str(&before), buf_str(&after));
    print_message("%s, %s: one branch, one pull request: %s", broker_kind_name(kind), fault,
                  buf_str(&after));
    pipeline_stop(p);
}

static void row_08_killed_between_push_and_pull_request_the_commit_is_the_same(void **state)
{
    (void)state;
    dies_at(BROKER_EMBEDDED, "push.ok:kill");
}

static void the_same_on_a_real_kafka(void **state)
{
    (void)state;
    dies_at(BROKER_REAL, "push.ok:kill");
}

static void row_07_killed_after_the_plan_was_saved_the_plan_is_used_again(void **state)
{
    (void)state;
    dies_at(BROKER_EMBEDDED, "plan.saved:kill");
}

static void row_09_killed_after_the_pull_request_it_is_adopted(void **state)
{
    (void)state;
    dies_at(BROKER_EMBEDDED, "pr.ok:kill");
}

static void row_10_killed_before_its_event_was_sent_the_event_is_sent(void **state)
{
    (void)state;
    dies_at(BROKER_EMBEDDED, "state.ok:kill");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row_08_killed_between_push_and_pull_request_the_commit_is_the_same),
        cmocka_unit_test(the_same_on_a_real_kafka),
        cmocka_unit_test(row_07_killed_after_the_plan_was_saved_the_plan_is_used_again),
        cmocka_unit_test(row_09_killed_after_the_pull_request_it_is_adopted),
        cmocka_unit_test(row_10_killed_before_its_event_was_sent_the_event_is_sent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
