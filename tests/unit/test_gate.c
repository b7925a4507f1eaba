/* What the gate lets through and what it stops, worker/gate/. Terraform's own layers are in
 * live/test_gate_terraform.c. */
#include "tests/support/test.h"

#include <stdio.h>

#include "tests/support/hcl_make.h"
#include "worker/gate/gate.h"

static struct rules *rules;

#define KEY "resource \"aws_kms_key\" \"k\" {\n  description = \"logs\"\n}\n"
#define ROTATES                                                                                    \
    "resource \"aws_kms_key\" \"k\" {\n  description         = \"logs\"\n  enable_key_rotation = " \
    "true\n}\n"

struct attempt {
    struct made_file before[3];
    struct hcl_edited edited[6];
    const char *rule;
    const char *address;
    char predicted[4][256];
};

static void run_gate(const struct attempt *attempt, struct gate_report *report)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = NULL;
    struct hcl_edited edited[6];
    struct gate_input input = {
        .rules = rules,
        .rule = attempt->rule != NULL ? rules_get(rules, attempt->rule) : NULL,
        .directory = "",
        .address = attempt->address != NULL ? attempt->address : "aws_kms_key.k",
        .edited = edited,
        .predicted = attempt->predicted,
    };
    size_t n_before = 0;
    struct err err = {0};

    while (n_before < COUNT(attempt->before) && attempt->before[n_before].path != NULL)
        n_before++;
    for (; input.n_edited < COUNT(edited) && attempt->edited[input.n_edited].path != NULL;
         input.n_edited++) {
        edited[input.n_edited] = attempt->edited[input.n_edited];
        edited[input.n_edited].len = strlen(edited[input.n_edited].bytes);
    }
    while (input.n_predicted < COUNT(attempt->predicted) &&
           attempt->predicted[input.n_predicted][0] != '\0')
        input.n_predicted++;
    repo = hcl_make_repo(attempt->before, n_before);
    input.before = repo;
    assert_ok(gate_run(&input, report, &err), err);
}

static void check_stopped(const struct attempt *attempt, const char *layer, const char *detail)
{
    struct gate_report report;

    run_gate(attempt, &report);
    assert_false(report.passed);
    for (size_t i = 0; i < report.n; i++) {
        if (report.layers[i].verdict != GATE_FAILED)
            continue;
        if (!str_eq(report.layers[i].layer, layer))
            fail_msg("stopped by %s (%s), not by %s", report.layers[i].layer,
                     report.layers[i].detail, layer);
        assert_has(report.layers[i].detail, detail);
        for (size_t k = i + 1; k < report.n; k++)
            assert_int_equal(report.layers[k].verdict, GATE_NOT_RUN);
        return;
    }
    fail_msg("nothing failed");
}

static void check_passed(const struct attempt *attempt)
{
    struct gate_report report;

    run_gate(attempt, &report);
    for (size_t i = 0; i < report.n; i++) {
        if (report.layers[i].verdict == GATE_FAILED)
            fail_msg("%s: %s", report.layers[i].layer, report.layers[i].detail);
    }
    assert_true(report.passed);
}

/* main.tf becomes text; aws_kms_key.k is predicted. */
static void check_key_stopped(const char *before, const char *after, const char *layer,
                              const char *detail)
{
    struct attempt attempt = {.before = {{"main.tf", before}},
                              .edited = {{.path = "main.tf", .bytes = after}},
                              .predicted = {"aws_kms_key.k"}};

    check_stopped(&attempt, layer, detail);
}

static void a_good_fix_passes_and_every_layer_says_something(void **state)
{
    static const char *const order[] = {"parse",  "addresses",   "limits",
                                        "denied", "regressions", "predicate",
                                        "rescan", "fmt",         "validate"};
    struct attempt attempt = {.before = {{"main.tf", KEY}},
                              .edited = {{.path = "main.tf", .bytes = ROTATES}},
                              .rule = "aws-kms-rotation",
                              .predicted = {"aws_kms_key.k"}};
    struct gate_report report;

    (void)state;
    run_gate(&attempt, &report);
    assert_true(report.passed);
    assert_int_equal(report.n, COUNT(order));
    for (size_t i = 0; i < report.n; i++) {
        assert_string_equal(report.layers[i].layer, order[i]);
        assert_true(report.layers[i].detail[0] != '\0');
    }
    assert_int_equal(report.layers[8].verdict, GATE_NOT_RUN);
    assert_has(report.layers[8].detail, "terraform is not installed");
}

static void without_a_rule_the_predicate_is_not_run(void **state)
{
    struct attempt attempt = {.before = {{"main.tf", KEY}},
                              .edited = {{.path = "main.tf", .bytes = ROTATES}},
                              .predicted = {"aws_kms_key.k"}};
    struct gate_report report;

    (void)state;
    run_gate(&attempt, &report);
    assert_true(report.passed);
    assert_int_equal(report.layers[5].verdict, GATE_NOT_RUN);
}

static void what_does_not_parse_is_stopped(void **state)
{
    struct attempt nothing = {.before = {{"main.tf", KEY}}};

    (void)state;
    check_key_stopped(KEY, "resource \"aws_kms_key\" \"k\" {\n", "parse", "main.tf:");
    check_stopped(&nothing, "parse", "changes nothing");
}

static void only_predicted_blocks_may_differ(void **state)
{
    struct attempt elsewhere = {
        .before = {{"main.tf", KEY "variable \"v\" {}\n"}},
        .edited = {{.path = "main.tf", .bytes = ROTATES "variable \"v\" {\n  default = 1\n}\n"}},
        .predicted = {"aws_kms_key.k"}};

    (void)state;
    check_stopped(&elsewhere, "addresses", "variable.v");
    check_key_stopped(KEY "variable \"v\" {}\n", ROTATES, "addresses", "variable.v is gone");
    check_key_stopped(KEY, KEY "resource \"aws_x\" \"y\" {}\n", "addresses", "aws_x.y");
    check_key_stopped(KEY, KEY, "addresses", "no effect");
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

        check_stopped(&attempt, "limits", "path");
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
    check_stopped(&twice, "limits", "exists already");
    check_stopped(&absent, "limits", "no regular file");
}

static void a_fix_is_small(void **state)
{
    char text[16384] = KEY;
    char more[16384] = ROTATES;

    (void)state;
    for (int i = 0; i < 250; i++)
        (void)snprintf(more + strlen(more), sizeof more - strlen(more), "# line %d\n", i);
    check_key_stopped(KEY, more, "limits", "more than 200 lines");

    for (int i = 0; i < 60; i++)
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), "# line %d\n", i);
    (void)snprintf(more, sizeof more, "%s", ROTATES);
    for (int i = 0; i < 60; i++)
        (void)snprintf(more + strlen(more), sizeof more - strlen(more), "# other %d\n", i);
    check_key_stopped(text, more, "limits", "more than 20 %");
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
    check_stopped(&attempt, "limits", "5 files");
}

#define WITH(inside) "resource \"aws_kms_key\" \"k\" {\n  enable_key_rotation = true\n" inside "}\n"

static void code_credentials_and_open_doors_are_denied(void **state)
{
    static const struct {
        const char *after, *what;
    } cases[] = {
        {WITH("  provisioner \"local-exec\" {\n    command = \"id\"\n  }\n"), "provisioner"},
        {WITH("  description = file(\"/etc/passwd\")\n"), "file("},
        {WITH("  description = templatefile(\"x\", {})\n"), "templatefile"},
        {WITH("  description = provider::evil::run()\n"), "runs a provider"},
        {WITH("  description = \"AKIAIOSFODNN7EXAMPLE\"\n"), "credential"},
        {WITH("  admin_password = \"hunter2\"\n"), "admin_password"},
        {WITH("  policy = jsonencode({ Statement = [{ Effect = \"Allow\", Action = \"*\" }] })\n"),
         "wildcard in action"},
        {WITH("  policy = jsonencode({ Statement = [{ Effect = \"Allow\", Principal = { AWS = "
              "\"*\" } }] })\n"),
         "wildcard in aws"},
        {WITH("  policy = <<-E\n    {\"Action\": \"s3:*\"}\n  E\n"), "wildcard in a policy text"},
        {WITH("  cidr_blocks = [\"0.0.0.0/0\"]\n"), "0.0.0.0/0"},
        {WITH("  ipv6_cidr_blocks = [\"::/0\"]\n"), "::/0"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        check_key_stopped(KEY, cases[i].after, "denied", cases[i].what);
}

static void blocks_that_choose_the_code_to_run_are_denied(void **state)
{
    static const struct {
        const char *before, *after, *address, *what;
    } cases[] = {
        {"module \"m\" {\n  source = \"a/b/c\"\n}\n",
         "module \"m\" {\n  source = \"evil/b/c\"\n}\n", "module.m", "source"},
        {"module \"m\" {\n  source  = \"a/b/c\"\n  version = \"1\"\n}\n",
         "module \"m\" {\n  source  = \"a/b/c\"\n  version = \"2\"\n}\n", "module.m", "version"},
        {"terraform {}\n", "terraform {\n  backend \"http\" {}\n}\n", "terraform",
         "terraform block"},
        {"provider \"aws\" {}\n", "provider \"aws\" {\n  region = \"x\"\n}\n", "provider.aws",
         "provider block"},
        {"locals {}\n", "locals {}\ndata \"external\" \"e\" {}\n", "data.external.e",
         "data source external"},
        {"locals {}\n", "locals {}\ndata \"http\" \"e\" {}\n", "data.http.e", "data source http"},
        {"locals {}\n", "locals {}\nresource \"local_file\" \"e\" {}\n", "local_file.e",
         "resource local_file"},
        {"locals {}\n", "locals {}\nresource \"null_resource\" \"e\" {}\n", "null_resource.e",
         "null_resource"},
        {"locals {}\n", "locals {}\nremoved {\n  from = aws_x.y\n}\n", "removed", "removed block"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct attempt attempt = {.before = {{"main.tf", cases[i].before}},
                                  .edited = {{.path = "main.tf", .bytes = cases[i].after}}};

        (void)str_copy(attempt.predicted[0], sizeof attempt.predicted[0], cases[i].address);
        check_stopped(&attempt, "denied", cases[i].what);
    }
}

static void what_was_there_already_is_not_held_against_a_fix(void **state)
{
#define OLD                                                                                        \
    "  provisioner \"local-exec\" {\n    command = \"id\"\n  }\n  description = file(\"x\")\n"
    struct attempt attempt = {
        .before = {{"main.tf", "resource \"aws_kms_key\" \"k\" {\n" OLD "}\n"}},
        .edited = {{.path = "main.tf", .bytes = WITH(OLD)}},
        .rule = "aws-kms-rotation",
        .predicted = {"aws_kms_key.k"}};

    (void)state;
    check_passed(&attempt);
}

static void denying_everybody_is_no_wildcard(void **state)
{
    struct attempt attempt = {
        .before = {{"main.tf", KEY}},
        .edited = {{.path = "main.tf",
                    .bytes = WITH("  description = \"logs\"\n  policy = jsonencode({ Statement = "
                                  "[{ Effect = \"Deny\", "
                                  "Principal = \"*\", Action = \"s3:*\" }] })\n")}},
        .predicted = {"aws_kms_key.k"}};

    (void)state;
    check_passed(&attempt);
}

static void a_finding_may_not_be_silenced(void **state)
{
    (void)state;
    check_key_stopped(KEY,
                      "resource \"aws_kms_key\" \"k\" {\n  #checkov:skip=CKV_AWS_7: no\n  "
                      "description = \"logs\"\n}\n",
                      "regressions", "checkov:skip");
    check_key_stopped(
        KEY, "resource \"aws_kms_key\" \"k\" { # trivy:ignore:x\n  description = \"logs\"\n}\n",
        "regressions", "trivy:ignore");
    check_key_stopped(
        KEY, "resource \"aws_kms_key\" \"k\" {\n  count       = 0\n  description = \"logs\"\n}\n",
        "regressions", "no instances");
    check_key_stopped(KEY,
                      "resource \"aws_kms_key\" \"k\" {\n  description = \"logs\"\n  lifecycle {\n "
                      "   ignore_changes = all\n"
                      "  }\n}\n",
                      "regressions", "ignores changes");
    check_key_stopped(KEY, "resource \"aws_kms_key\" \"k\" {\n}\n", "regressions",
                      "description is gone");
}

static void nothing_that_protected_goes_off(void **state)
{
    static const struct {
        const char *before, *after, *what;
    } cases[] = {
        {"  storage_encrypted = true\n", "  storage_encrypted = false\n", "storage_encrypted"},
        {"  deletion_protection = true\n", "  deletion_protection = false\n",
         "deletion_protection"},
        {"  publicly_accessible = false\n", "  publicly_accessible = true\n",
         "publicly_accessible"},
        {"  skip_final_snapshot = false\n", "  skip_final_snapshot = true\n",
         "skip_final_snapshot"},
        {"  backup_retention_period = 14\n", "  backup_retention_period = 1\n",
         "backup_retention_period"},
        {"  a {\n    status = \"Enabled\"\n  }\n", "  a {\n    status = \"Suspended\"\n  }\n",
         "status"},
        {"  a {}\n  a {}\n", "  a {}\n", "a a block is gone"},
        {"  storage_encrypted = true\n", "  storage_encrypted = var.e\n", "storage_encrypted"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char before[512];
        char after[512];
        struct attempt attempt = {.before = {{"main.tf", before}},
                                  .edited = {{.path = "main.tf", .bytes = after}},
                                  .address = "aws_db_instance.d",
                                  .predicted = {"aws_db_instance.d"}};

        (void)snprintf(before, sizeof before,
                       "resource \"aws_db_instance\" \"d\" {\n%s}\nvariable \"e\" {}\n",
                       cases[i].before);
        (void)snprintf(after, sizeof after,
                       "resource \"aws_db_instance\" \"d\" {\n%s}\nvariable \"e\" {}\n",
                       cases[i].after);
        check_stopped(&attempt, "regressions", cases[i].what);
    }
}

static void a_variable_may_not_switch_off_another_resource(void **state)
{
#define VARIABLE(value)                                                                            \
    "variable \"on\" {\n  default = " value "\n}\nresource \"aws_db_instance\" \"d\" {\n"          \
    "  deletion_protection = var.on\n}\n"
    struct attempt attempt = {.before = {{"main.tf", VARIABLE("true")}},
                              .edited = {{.path = "main.tf", .bytes = VARIABLE("false")}},
                              .address = "aws_db_instance.d",
                              .predicted = {"variable.on"}};

    (void)state;
    check_stopped(&attempt, "regressions", "deletion_protection of aws_db_instance.d");
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
    check_stopped(&attempt, "predicate", "enable_key_rotation is not set");
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
    check_stopped(&attempt, "rescan", "aws-log-group-retention on aws_cloudwatch_log_group.g");
}

static int load_rules(void **state)
{
    struct err err;

    (void)state;
    return rules_load(&rules, NULL, &err);
}

static int free_rules(void **state)
{
    (void)state;
    rules_free(rules);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_fix_passes_and_every_layer_says_something),
        cmocka_unit_test(without_a_rule_the_predicate_is_not_run),
        cmocka_unit_test(what_does_not_parse_is_stopped),
        cmocka_unit_test(only_predicted_blocks_may_differ),
        cmocka_unit_test(paths_stay_in_the_module),
        cmocka_unit_test(a_new_file_must_be_new_and_an_old_one_old),
        cmocka_unit_test(a_fix_is_small),
        cmocka_unit_test(many_files_are_too_many),
        cmocka_unit_test(code_credentials_and_open_doors_are_denied),
        cmocka_unit_test(blocks_that_choose_the_code_to_run_are_denied),
        cmocka_unit_test(what_was_there_already_is_not_held_against_a_fix),
        cmocka_unit_test(denying_everybody_is_no_wildcard),
        cmocka_unit_test(a_finding_may_not_be_silenced),
        cmocka_unit_test(nothing_that_protected_goes_off),
        cmocka_unit_test(a_variable_may_not_switch_off_another_resource),
        cmocka_unit_test(the_rule_itself_must_hold_in_the_end),
        cmocka_unit_test(no_finding_is_traded_for_another),
    };

    return cmocka_run_group_tests(tests, load_rules, free_rules);
}
