/*
 * Terraform states, end to end: names that no code tells are found by the state of the right root
 * module, and a state that is not to be had is told.
 */
#include <stdio.h>

#include "common/files.h"
#include "common/json.h"
#include "tests/support/pipeline.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test.h"

/* Two root modules of one shape: only the state knows which of them made which bucket. */
#define TWIN                                                                                       \
    "variable \"name\" {}\n\nresource \"aws_s3_bucket\" \"data\" {\n  bucket = var.name\n}\n"
#define STATE(bucket)                                                                              \
    "{\"version\": 4, \"resources\": [{\"mode\": \"managed\", \"type\": \"aws_s3_bucket\", "       \
    "\"name\": \"data\", \"instances\": [{\"attributes\": {\"id\": \"" bucket                      \
    "\", \"bucket\": \"" bucket "\", \"arn\": \"arn:aws:s3:::" bucket                              \
    "\", \"secret\": \"canary-in-state\"}}]}]}"

static void make_repositories(struct pipeline *p)
{
    pipeline_repository(p, "acme/r",
                        (const char *const[]){"prod/main.tf", TWIN, "staging/main.tf", TWIN,
                                              "lone/main.tf",
                                              "resource \"aws_s3_bucket\" \"lone\" {\n"
                                              "  bucket = \"named-1\"\n}\n",
                                              NULL});
    pipeline_repository(p, "acme/strict",
                        (const char *const[]){"main.tf",
                                              "resource \"aws_s3_bucket\" \"s\" {\n"
                                              "  bucket = \"strict-1\"\n}\n",
                                              NULL});
}

/* The states lie outside of p->dir, where no byte of them may come. */
static void write_policy(struct pipeline *p, const char *states)
{
    char text[2048];
    CLEANUP(mem_freep) char *prod = temp_file_write(states, "prod.tfstate", STATE("x7k2"));
    CLEANUP(mem_freep) char *staging = temp_file_write(states, "staging.tfstate", STATE("q9m4"));

    snprintf(text, sizeof text,
             "terraform_state:\n"
             "  - {repository: acme/r, directory: prod, source: %s}\n"
             "  - {repository: acme/r, directory: staging, source: 'file://%s'}\n"
             "  - {repository: acme/r, directory: lone, source: /nonexistent/lone.tfstate}\n"
             "  - {repository: acme/strict, source: /nonexistent/s.tfstate, required: true}\n",
             prod, staging);
    CLEANUP(mem_freep) char *policy = temp_file_write(p->dir, "policies.yaml", text);
    pipeline_set(p, "POLICY_FILE", policy);
}

static void send(struct pipeline *p, size_t poll, const char *repository, const char *bucket)
{
    char body[512];

    snprintf(
        body, sizeof body,
        "{\"tenant\":\"t\",\"source\":\"checkov\",\"control\":\"CKV_AWS_21\",\"repository\":\"%s"
        "\",\"arn\":\"arn:aws:s3:::%s\"}\n",
        repository, bucket);
    pipeline_post(p->roles[poll].port, "/v1/findings", body);
}

/* The last event about an ARN. */
static const struct json *end_of(const struct json *events, const char *bucket)
{
    const struct json *last = NULL;
    char arn[128];

    snprintf(arn, sizeof arn, ":arn:aws:s3:::%s", bucket);
    for (size_t i = 0; i < json_count(events); i++)
        if (str_ends(json_get_text(json_at(events, i), "node_id", ""), arn))
            last = json_at(events, i);
    if (last == NULL)
        fail_msg("no event about %s", arn);
    return last;
}

static void the_state_of_the_right_root_leads_to_the_fix(void **state)
{
    struct pipeline *p = pipeline_start(BROKER_EMBEDDED);
    CLEANUP(json_freep) struct json *events = NULL;

    (void)state;
    if (p == NULL)
        skip();
    char *states = temp_dir_make();
    make_repositories(p);
    write_policy(p, states);
    (void)pipeline_role(p, "sink");
    size_t poll = pipeline_role(p, "poll");
    (void)pipeline_role(p, "work");
    send(p, poll, "acme/r", "x7k2");
    send(p, poll, "acme/r", "q9m4");
    send(p, poll, "acme/r", "named-1");
    send(p, poll, "acme/r", "nobodys");
    send(p, poll, "acme/strict", "strict-1");
    pipeline_wait_ended(p, 5, 60000);
    events = pipeline_events(p);

    assert_string_equal(json_get_text(end_of(events, "x7k2"), "state", ""), "PR_OPEN");
    assert_string_equal(json_get_text(end_of(events, "q9m4"), "state", ""), "PR_OPEN");
    assert_true(pipeline_grep(p, "state: arn = arn:aws:s3:::x7k2"));
    assert_true(pipeline_grep(p, "+++ b/prod/main.tf"));
    assert_true(pipeline_grep(p, "+++ b/staging/main.tf"));

    assert_string_equal(json_get_text(end_of(events, "named-1"), "state", ""), "PR_OPEN");
    assert_true(pipeline_grep(p, "state not available: /nonexistent/lone.tfstate"));

    assert_string_equal(json_get_text(end_of(events, "nobodys"), "state", ""), "DLQ");
    assert_string_equal(json_get_text(end_of(events, "strict-1"), "state", ""), "DLQ");
    assert_has(json_get_text(end_of(events, "strict-1"), "error_message", ""),
               "/nonexistent/s.tfstate: there is no state");
    assert_false(pipeline_grep(p, "canary-in-state"));
    pipeline_stop(p);
    temp_dir_remove(states);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_state_of_the_right_root_leads_to_the_fix),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
