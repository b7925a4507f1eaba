/* What no fix may bring in, and what it may not take away: worker/gate/denied.c and regressions.c.
 */
#include "tests/support/test.h"

#include <stdio.h>

#include "tests/support/gate_try.h"

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
        {WITH("  policy = <<-E\n    {\"Statement\": {\"Effect\": \"Allow\", \"Action\": "
              "\"s3:*\"}}\n  E\n"),
         "wildcard in a policy text"},
        {WITH("  policy = <<-E\n    {\"Statement\": [{\"Effect\": \"Allow\", \"Condition\": "
              "{\"Effect\": \"Deny\"}, \"Principal\": {\"AWS\": [\"*\"]}}]}\n  E\n"),
         "wildcard in a policy text"},
        {WITH("  policy = <<-E\n    {\"Statement\": [{\"Effect\": \"Deny\", \"Effect\": "
              "\"Allow\", \"Principal\": \"*\"}]}\n  E\n"),
         "wildcard in a policy text"},
        {WITH("  policy = <<-E\n    {\"Statement\": [{\"Effect\": \"${var.effect}\", "
              "\"Principal\": \"*\"}]}\n  E\n"),
         "wildcard in a policy text"},
        {WITH("  cidr_blocks = [\"0.0.0.0/0\"]\n"), "0.0.0.0/0"},
        {WITH("  ipv6_cidr_blocks = [\"::/0\"]\n"), "::/0"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        gate_try_key_stopped(KEY, cases[i].after, "denied", cases[i].what);
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
        gate_try_stopped(&attempt, "denied", cases[i].what);
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
    gate_try_passed(&attempt);
}

static void denying_everybody_is_no_wildcard(void **state)
{
    static const char *const edited[] = {
        WITH("  description = \"logs\"\n  policy = jsonencode({ Statement = [{ Effect = \"Deny\", "
             "Principal = \"*\", Action = \"s3:*\" }] })\n"),
        WITH("  description = \"logs\"\n  policy = <<-E\n    {\"Statement\": [{\"Effect\": "
             "\"Deny\", \"Principal\": \"*\",\n    \"Action\": \"s3:*\"}]}\n  E\n"),
    };

    (void)state;
    for (size_t i = 0; i < COUNT(edited); i++) {
        struct attempt attempt = {.before = {{"main.tf", KEY}},
                                  .edited = {{.path = "main.tf", .bytes = edited[i]}},
                                  .predicted = {"aws_kms_key.k"}};

        gate_try_passed(&attempt);
    }
}

static void a_finding_may_not_be_silenced(void **state)
{
    (void)state;
    gate_try_key_stopped(KEY,
                         "resource \"aws_kms_key\" \"k\" {\n  #checkov:skip=CKV_AWS_7: no\n  "
                         "description = \"logs\"\n}\n",
                         "regressions", "checkov:skip");
    gate_try_key_stopped(
        KEY, "resource \"aws_kms_key\" \"k\" { # trivy:ignore:x\n  description = \"logs\"\n}\n",
        "regressions", "trivy:ignore");
    gate_try_key_stopped(
        KEY, "resource \"aws_kms_key\" \"k\" {\n  count       = 0\n  description = \"logs\"\n}\n",
        "regressions", "no instances");
    gate_try_key_stopped(
        KEY,
        "resource \"aws_kms_key\" \"k\" {\n  description = \"logs\"\n  lifecycle {\n "
        "   ignore_changes = all\n"
        "  }\n}\n",
        "regressions", "ignores changes");
    gate_try_key_stopped(KEY, "resource \"aws_kms_key\" \"k\" {\n}\n", "regressions",
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
        {"  encryption_disabled = false\n", "  encryption_disabled = true\n",
         "encryption_disabled"},
        {"  root_access = \"Disabled\"\n", "  root_access = \"Enabled\"\n", "root_access"},
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
        gate_try_stopped(&attempt, "regressions", cases[i].what);
    }
}

static void what_exposed_may_go_off(void **state)
{
#define PROJECT(body) "resource \"aws_codebuild_project\" \"p\" {\n" body "}\n"
    static const struct {
        const char *before, *after;
    } cases[] = {
        {PROJECT("  encryption_disabled = true\n"), PROJECT("  encryption_disabled = false\n")},
        {PROJECT("  root_access = \"Enabled\"\n"), PROJECT("  root_access = \"Disabled\"\n")},
        {PROJECT(""), PROJECT("  root_access = \"Disabled\"\n")},
        {PROJECT(""), PROJECT("  public_access_cidrs = [\"10.0.0.0/8\"]\n")},
        {PROJECT(""), PROJECT("  encryption_config {\n    provider {\n      key_arn = \"k\"\n    "
                              "}\n  }\n")},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        gate_try_passed(&(struct attempt){.before = {{"main.tf", cases[i].before}},
                                          .edited = {{.path = "main.tf", .bytes = cases[i].after}},
                                          .address = "aws_codebuild_project.p",
                                          .predicted = {"aws_codebuild_project.p"}});
}

static void nothing_is_exposed_that_was_not(void **state)
{
    (void)state;
    gate_try_key_stopped(WITH(""), WITH("  publicly_accessible = true\n"), "regressions",
                         "publicly_accessible is switched on");
    gate_try_key_stopped(WITH(""), WITH("  timeouts {\n    force_destroy = true\n  }\n"),
                         "regressions", "force_destroy is switched on");
    gate_try_stopped(
        &(struct attempt){
            .before = {{"main.tf", KEY}},
            .edited = {{"main.tf",
                        ROTATES
                        "\nresource \"aws_ecr_repository\" \"n\" {\n  force_delete = true\n}\n",
                        0, false}},
            .rule = "aws-kms-rotation",
            .predicted = {"aws_kms_key.k", "aws_ecr_repository.n"}},
        "regressions", "force_delete is switched on in aws_ecr_repository.n");
}

static void fewer_instances_are_a_deletion(void **state)
{
    (void)state;
    gate_try_key_stopped("resource \"aws_kms_key\" \"k\" {\n  count = 3\n}\n",
                         "resource \"aws_kms_key\" \"k\" {\n  count               = 1\n"
                         "  enable_key_rotation = true\n}\n",
                         "regressions", "1 instances, not 3");
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
    gate_try_stopped(&attempt, "regressions", "deletion_protection of aws_db_instance.d");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(code_credentials_and_open_doors_are_denied),
        cmocka_unit_test(blocks_that_choose_the_code_to_run_are_denied),
        cmocka_unit_test(what_was_there_already_is_not_held_against_a_fix),
        cmocka_unit_test(denying_everybody_is_no_wildcard),
        cmocka_unit_test(a_finding_may_not_be_silenced),
        cmocka_unit_test(nothing_that_protected_goes_off),
        cmocka_unit_test(what_exposed_may_go_off),
        cmocka_unit_test(nothing_is_exposed_that_was_not),
        cmocka_unit_test(fewer_instances_are_a_deletion),
        cmocka_unit_test(a_variable_may_not_switch_off_another_resource),
    };

    return cmocka_run_group_tests(tests, gate_try_open, gate_try_close);
}
