/* The policy file: what it says, and that every mistake in it is told with its place. */
#include <stdio.h>
#include <unistd.h>

#include "common/files.h"
#include "proto/item.h"
#include "tests/support/test.h"
#include "worker/policy.h"

static int load(const char *text, struct policy **out, struct err *err)
{
    char path[] = "/tmp/plumb-policy-XXXXXX";
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    int r = policy_load(out, path, err);
    unlink(path);
    return r;
}

static struct item *bucket(const char *name, const char *repository)
{
    struct item *item;
    struct err err;

    assert_int_equal(item_new(&item, ITEM_FINDING, &err), 0);
    assert_true(item_set_text(item, &item->resource_name, name));
    assert_true(item_set_text(item, &item->repository, repository));
    return item;
}

static void without_a_file_nothing_is_suppressed_and_drift_gets_its_default(void **state)
{
    CLEANUP(policy_freep) struct policy *policy = NULL;
    CLEANUP(item_freep) struct item *item = bucket("a", "acme/x");
    struct rule_input inputs[POLICY_INPUTS_MAX];
    struct err err;

    (void)state;
    assert_int_equal(policy_load(&policy, "", &err), 0);
    assert_null(policy_suppressed(policy, item, "c"));
    assert_string_equal(policy_drift_action(policy, "acme/x", "review"), "review");
    assert_int_equal(policy_inputs(policy, "acme/x", inputs), 0);
}

static void a_suppression_speaks_only_of_what_fits_all_its_globs(void **state)
{
    CLEANUP(policy_freep) struct policy *policy = NULL;
    CLEANUP(item_freep) struct item *fits = bucket("tmp-scratch", "acme/x");
    CLEANUP(item_freep) struct item *other_name = bucket("orders", "acme/x");
    CLEANUP(item_freep) struct item *other_repository = bucket("tmp-scratch", "acme/y");
    struct err err;

    (void)state;
    assert_int_equal(load("suppress:\n  - {control: aws-s3-versioning, resource: '*-scratch', "
                          "repository: acme/x, reason: short-lived}\n",
                          &policy, &err),
                     0);
    assert_string_equal(policy_suppressed(policy, fits, "aws-s3-versioning"), "short-lived");
    assert_null(policy_suppressed(policy, fits, "aws-s3-encryption"));
    assert_null(policy_suppressed(policy, other_name, "aws-s3-versioning"));
    assert_null(policy_suppressed(policy, other_repository, "aws-s3-versioning"));
}

static void a_repository_s_own_inputs_come_before_the_general_ones(void **state)
{
    CLEANUP(policy_freep) struct policy *policy = NULL;
    struct rule_input inputs[POLICY_INPUTS_MAX];
    struct err err;

    (void)state;
    assert_int_equal(
        load("inputs:\n  log_bucket: '\"general\"'\n  role: '\"r\"'\n"
             "drift: {action: review}\n"
             "repositories:\n  acme/x:\n    inputs: {log_bucket: aws_s3_bucket.logs.id}\n"
             "    drift: {action: pull_request}\n",
             &policy, &err),
        0);
    assert_int_equal(policy_inputs(policy, "acme/x", inputs), 2);
    assert_string_equal(inputs[0].value, "aws_s3_bucket.logs.id");
    assert_string_equal(inputs[1].value, "\"r\"");
    assert_int_equal(policy_inputs(policy, "acme/y", inputs), 2);
    assert_string_equal(inputs[0].value, "\"general\"");
    assert_string_equal(policy_drift_action(policy, "acme/x", "review"), "pull_request");
    assert_string_equal(policy_drift_action(policy, "acme/y", "pull_request"), "review");
}

static void an_input_that_is_left_empty_is_not_given(void **state)
{
    CLEANUP(policy_freep) struct policy *policy = NULL;
    struct rule_input inputs[POLICY_INPUTS_MAX];
    struct err err;

    (void)state;
    assert_int_equal(load("inputs:\n  log_bucket: ''\n  role:\n  owner: '\"o\"'\n"
                          "repositories:\n  acme/x:\n    inputs: {owner: ''}\n",
                          &policy, &err),
                     0);
    assert_int_equal(policy_inputs(policy, "acme/x", inputs), 1);
    assert_string_equal(inputs[0].value, "\"o\"");
}

static void every_mistake_is_told_with_line_and_column(void **state)
{
    static const struct {
        const char *text, *place, *word;
    } mistakes[] = {
        {"inputs: {}\nsupress: []\n", ":2:", "supress"},
        {"drift:\n  action: merge\n", ":2:", "merge"},
        {"drift: {act: review}\n", ":1:", "act"},
        {"suppress:\n  - {control: x}\n", ":2:", "reason"},
        {"suppress:\n  - {reason: x}\n", ":2:", "control"},
        {"suppress: yes\n", ":1:", "suppress"},
        {"repositories:\n  a/b:\n    input: {}\n", ":3:", "input"},
        {"- a\n", ":1:", "policy file"},
        {"inputs:\n  log_bucket: acme-logs\n", ":2:15", "('\"acme-logs\"')"},
        {"inputs:\n  owner: ops@example.com\n", ":2:10", "no value in Terraform"},
        {"repositories:\n  a/b:\n    inputs: {x: '1\ny = 2'}\n", ":3:", "no value in Terraform"},
    };
    struct err err;

    (void)state;
    for (size_t i = 0; i < COUNT(mistakes); i++) {
        struct policy *policy = NULL;
        assert_int_equal(load(mistakes[i].text, &policy, &err), ERR_FATAL);
        if (strstr(err.text, mistakes[i].place) == NULL ||
            strstr(err.text, mistakes[i].word) == NULL)
            fail_msg("\"%s\" was refused with \"%s\"", mistakes[i].text, err.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_file_nothing_is_suppressed_and_drift_gets_its_default),
        cmocka_unit_test(a_suppression_speaks_only_of_what_fits_all_its_globs),
        cmocka_unit_test(a_repository_s_own_inputs_come_before_the_general_ones),
        cmocka_unit_test(an_input_that_is_left_empty_is_not_given),
        cmocka_unit_test(every_mistake_is_told_with_line_and_column),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
