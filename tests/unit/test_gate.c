/* The gate and its layers that need no terraform, worker/gate/. */
#include "tests/support/test.h"

#include <stdio.h>

#include "tests/support/gate_try.h"
#include "tests/support/rules_text.h"

static void a_good_fix_passes_and_every_layer_says_something(void **state)
{
    static const char *const order[] = {"parse",       "addresses", "limits",    "denied",
                                        "regressions", "widening",  "predicate", "rescan",
                                        "fmt",         "validate",  "plan"};
    struct attempt attempt = {.before = {{"main.tf", KEY}},
                              .edited = {{.path = "main.tf", .bytes = ROTATES}},
                              .rule = "aws-kms-rotation",
                              .predicted = {"aws_kms_key.k"}};
    struct gate_report report;

    (void)state;
    gate_try(&attempt, &report);
    assert_true(report.passed);
    assert_int_equal(report.n, COUNT(order));
    for (size_t i = 0; i < report.n; i++) {
        assert_string_equal(report.layers[i].layer, order[i]);
        assert_true(report.layers[i].detail[0] != '\0');
    }
    assert_int_equal(report.layers[9].verdict, GATE_NOT_RUN);
    assert_has(report.layers[9].detail, "terraform is not installed");
}

static void without_a_rule_the_predicate_is_not_run(void **state)
{
    struct attempt attempt = {.before = {{"main.tf", KEY}},
                              .edited = {{.path = "main.tf", .bytes = ROTATES}},
                              .predicted = {"aws_kms_key.k"}};
    struct gate_report report;

    (void)state;
    gate_try(&attempt, &report);
    assert_true(report.passed);
    assert_int_equal(report.layers[6].verdict, GATE_NOT_RUN);
}

static void what_does_not_parse_is_stopped(void **state)
{
    struct attempt nothing = {.before = {{"main.tf", KEY}}};

    (void)state;
    gate_try_key_stopped(KEY, "resource \"aws_kms_key\" \"k\" {\n", "parse", "main.tf:");
    gate_try_stopped(&nothing, "parse", "changes nothing");
}

static void only_predicted_blocks_may_differ(void **state)
{
    struct attempt elsewhere = {
        .before = {{"main.tf", KEY "variable \"v\" {}\n"}},
        .edited = {{.path = "main.tf", .bytes = ROTATES "variable \"v\" {\n  default = 1\n}\n"}},
        .predicted = {"aws_kms_key.k"}};

    (void)state;
    gate_try_stopped(&elsewhere, "addresses", "variable.v");
    gate_try_key_stopped(KEY "variable \"v\" {}\n", ROTATES, "addresses", "variable.v is gone");
    gate_try_key_stopped(KEY, KEY "resource \"aws_x\" \"y\" {}\n", "addresses", "aws_x.y");
    gate_try_key_stopped(KEY, KEY, "addresses", "no effect");
}

static void another_root_with_the_same_address_is_not_meant(void **state)
{
    (void)state;
    gate_try_stopped(&(struct attempt){.before = {{"main.tf", KEY}, {"trial/main.tf", KEY}},
                                       .edited = {{"main.tf", ROTATES, 0, false},
                                                  {"trial/main.tf", ROTATES, 0, false}},
                                       .rule = "aws-kms-rotation",
                                       .predicted = {"aws_kms_key.k"}},
                     "limits", "trial/main.tf is no file of this root module");
}

static void paths_stay_in_the_module(void **state)
{
    static const char *const paths[] = {"../main.tf", "/main.tf",     "a/../main.tf",
                                        "a//b.tf",    ".github/x.tf", "a\\b.tf"};

    (void)state;
    for (size_t i = 0; i < COUNT(paths); i++) {
        struct attempt attempt = {
            .before = {{"main.tf", KEY}},
            .edited = {{.path = "main.tf", .bytes = ROTATES},
                       {.path = paths[i], .bytes = "locals {}\n", .is_new = true}},
            .predicted = {"aws_kms_key.k", "locals"}};

        gate_try_stopped(&attempt, "limits", "path");
    }
}

static void a_new_file_must_be_new_and_an_old_one_old(void **state)
{
    struct attempt twice = {.before = {{"main.tf", KEY}},
                            .edited = {{.path = "main.tf", .bytes = ROTATES, .is_new = true}},
                            .predicted = {"aws_kms_key.k"}};
    struct attempt absent = {.before = {{"main.tf", KEY}},
                             .edited = {{.path = "more.tf", .bytes = "locals {\n  a = 1\n}\n"}},
                             .predicted = {"locals"}};

    (void)state;
    gate_try_stopped(&twice, "limits", "exists already");
    gate_try_stopped(&absent, "limits", "no regular file");
}

static void a_fix_is_small(void **state)
{
    char text[16384] = KEY;
    char more[16384] = ROTATES;

    (void)state;
    for (int i = 0; i < 250; i++)
        (void)snprintf(more + strlen(more), sizeof more - strlen(more), "# line %d\n", i);
    gate_try_key_stopped(KEY, more, "limits", "more than 200 lines");

    for (int i = 0; i < 60; i++)
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), "# line %d\n", i);
    (void)snprintf(more, sizeof more, "%s", ROTATES);
    for (int i = 0; i < 60; i++)
        (void)snprintf(more + strlen(more), sizeof more - strlen(more), "# other %d\n", i);
    gate_try_key_stopped(text, more, "limits", "more than 20 %");
}

static void many_files_are_too_many(void **state)
{
    struct attempt attempt = {
        .before = {{"main.tf", KEY}},
        .edited = {{.path = "main.tf", .bytes = ROTATES},
                   {.path = "a.tf", .bytes = "locals {\n  a = 1\n}\n", .is_new = true},
                   {.path = "b.tf", .bytes = "locals {\n  b = 1\n}\n", .is_new = true},
                   {.path = "c.tf", .bytes = "locals {\n  c = 1\n}\n", .is_new = true},
                   {.path = "d.tf", .bytes = "locals {\n  d = 1\n}\n", .is_new = true}},
        .predicted = {"aws_kms_key.k", "locals"}};

    (void)state;
    gate_try_stopped(&attempt, "limits", "5 files");
}

static void the_rule_itself_must_hold_in_the_end(void **state)
{
    struct attempt attempt = {
        .before = {{"main.tf", KEY}},
        .edited =
            {{.path = "main.tf",
              .bytes =
                  "resource \"aws_kms_key\" \"k\" {\n  description = \"rotates, promised\"\n}\n"}},
        .rule = "aws-kms-rotation",
        .predicted = {"aws_kms_key.k"}};

    (void)state;
    gate_try_stopped(&attempt, "predicate", "enable_key_rotation is not set");
}

static void no_finding_is_traded_for_another(void **state)
{
    struct attempt attempt = {
        .before = {{"main.tf", KEY}},
        .edited = {{.path = "main.tf",
                    .bytes = ROTATES
                    "resource \"aws_cloudwatch_log_group\" \"g\" {\n  retention_in_days = 7\n}\n"}},
        .rule = "aws-kms-rotation",
        .predicted = {"aws_kms_key.k", "aws_cloudwatch_log_group.g"}};

    (void)state;
    gate_try_stopped(&attempt, "rescan", "aws-log-group-retention on aws_cloudwatch_log_group.g");
}

static void what_only_an_operator_can_answer_is_told_of_what_was_added(void **state)
{
    static const char pack[] =
        "pack: mine\nrules:\n  - id: my-topic-name\n    title: T\n    severity: low\n    class: "
        "INPUT\n"
        "    types: [aws_iot_thing_type]\n    reviewer: R\n    inputs: {k: {means: who owns it}}\n "
        "   "
        "must:\n"
        "      - {attribute: display_name, equals: ops, set: {input: k}}\n";
    static const char topic[] =
        "resource \"aws_iot_thing_type\" \"t\" {\n  display_name = \"%s\"\n}\n";
    CLEANUP(rules_freep) struct rules *rules = rules_of_text(pack);
    CLEANUP(buf_done) struct buf before = BUF(4096);
    CLEANUP(buf_done) struct buf after = BUF(4096);
    struct attempt attempt = {.before = {{"main.tf", KEY}},
                              .rule = "aws-kms-rotation",
                              .predicted = {"aws_kms_key.k", "aws_iot_thing_type.t"},
                              .rules = rules};
    struct gate_report report;

    (void)state;
    buf_text(&after, ROTATES);
    buf_print(&after, topic, "me");
    attempt.edited[0] = (struct hcl_edited){.path = "main.tf", .bytes = buf_str(&after)};
    gate_try(&attempt, &report);
    assert_true(report.passed);
    assert_has(report.layers[7].detail,
               "1 rule that needs an input does not hold for what was added");

    buf_text(&before, KEY);
    buf_print(&before, topic, "ops"); /* it was there, and good */
    attempt.before[0].text = buf_str(&before);
    gate_try_stopped(&attempt, "rescan", "my-topic-name on aws_iot_thing_type.t");
}

static void another_root_that_uses_the_module_is_looked_at_too(void **state)
{
    static const char group[] =
        "variable \"days\" {\n  default = 400\n}\nresource \"aws_cloudwatch_log_group\" \"g\" {\n"
        "  retention_in_days = 400\n}\n" KEY;
    static const char follows[] =
        "variable \"days\" {\n  default = 400\n}\nresource \"aws_cloudwatch_log_group\" \"g\" {\n"
        "  retention_in_days = var.days\n}\n" ROTATES;
    struct attempt attempt = {
        .before = {{"main.tf", "module \"m\" {\n  source = \"./m\"\n}\n"},
                   {"m/main.tf", group},
                   {"dev/main.tf", "module \"m\" {\n  source = \"../m\"\n  days   = 7\n}\n"}},
        .edited = {{.path = "m/main.tf", .bytes = follows}},
        .rule = "aws-kms-rotation",
        .address = "module.m.aws_kms_key.k",
        .predicted = {"aws_kms_key.k", "aws_cloudwatch_log_group.g"}};
    struct gate_report report;

    (void)state;
    gate_try_stopped(&attempt, "rescan", "module.m.aws_cloudwatch_log_group.g of dev");

    attempt.before[2].text = "module \"m\" {\n  source = \"../m\"\n}\n";
    gate_try(&attempt, &report);
    assert_true(report.passed);
    assert_has(report.layers[7].detail, "nor in the 1 other root that uses the same module");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_fix_passes_and_every_layer_says_something),
        cmocka_unit_test(without_a_rule_the_predicate_is_not_run),
        cmocka_unit_test(what_does_not_parse_is_stopped),
        cmocka_unit_test(only_predicted_blocks_may_differ),
        cmocka_unit_test(another_root_with_the_same_address_is_not_meant),
        cmocka_unit_test(paths_stay_in_the_module),
        cmocka_unit_test(a_new_file_must_be_new_and_an_old_one_old),
        cmocka_unit_test(a_fix_is_small),
        cmocka_unit_test(many_files_are_too_many),
        cmocka_unit_test(the_rule_itself_must_hold_in_the_end),
        cmocka_unit_test(no_finding_is_traded_for_another),
        cmocka_unit_test(what_only_an_operator_can_answer_is_told_of_what_was_added),
        cmocka_unit_test(another_root_that_uses_the_module_is_looked_at_too),
    };

    return cmocka_run_group_tests(tests, gate_try_open, gate_try_close);
}
