/* The inputs of modules that are kept elsewhere, worker/rules/module_inputs.c and modules.yaml. */
#include "tests/support/test.h"

#include <stdio.h>

#include "worker/rules/module_inputs.h"

static struct rules *rules;

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

#define S3 "terraform-aws-modules/s3-bucket/aws"

static void a_module_s_input_is_named(void **state)
{
    static const struct {
        const char *rule, *type, *source, *version, *says; /* says NULL: nothing is known */
    } cases[] = {
        {"aws-s3-versioning", "aws_s3_bucket", S3, "~> 4.0", "set versioning = { enabled = true }"},
        {"aws-s3-deny-insecure-transport", "aws_s3_bucket", S3, "5.1.0",
         "set attach_deny_insecure_transport_policy = true"},
        {"aws-s3-deny-insecure-transport", "aws_s3_bucket", S3, NULL,
         "set attach_deny_insecure_transport_policy = true (since version 1.23.0)"},
        {"aws-s3-deny-insecure-transport", "aws_s3_bucket", S3, "1.22.0", NULL},
        {"aws-s3-public-access-block", "aws_s3_bucket", S3, "5.0.0",
         "set block_public_acls = true, block_public_policy = true, ignore_public_acls = true and "
         "restrict_public_buckets = true"},
        {"aws-s3-lifecycle-abort-uploads", "aws_s3_bucket", S3, "5.0.0",
         "set its input lifecycle_rule"},
        {"aws-kms-rotation", "aws_kms_key", S3, "5.0.0", NULL},
        /* spellings of a source */
        {"aws-s3-versioning", "aws_s3_bucket", "registry.terraform.io/" S3, "4.0",
         "set versioning = { enabled = true }"},
        {"aws-s3-versioning", "aws_s3_bucket",
         "git::https://github.com/terraform-aws-modules/terraform-aws-s3-bucket.git?ref=v4.1.0",
         NULL, "set versioning = { enabled = true }"},
        {"aws-s3-versioning", "aws_s3_bucket",
         "github.com/terraform-aws-modules/terraform-aws-s3-bucket", NULL,
         "set versioning = { enabled = true }"},
        {"aws-s3-versioning", "aws_s3_bucket", S3 "//modules/notification", "4.0", NULL},
        {"aws-s3-versioning", "aws_s3_bucket", "other/s3-bucket/aws", "4.0", NULL},
        {"aws-s3-versioning", "aws_s3_bucket", "evil-" S3, "4.0", NULL},
        {"aws-s3-versioning", "aws_s3_bucket", "terraform-aws-modules/s3-bucket/aws2", "4.0", NULL},
        {"aws-rds-instance-deletion-protection", "aws_db_instance",
         "terraform-aws-modules/rds/aws//modules/db_instance", "6.0",
         "set deletion_protection = true"},
        {"aws-rds-instance-deletion-protection", "aws_db_instance",
         "git::https://github.com/terraform-aws-modules/terraform-aws-rds.git//modules/"
         "db_instance?ref=v6.1.0",
         NULL, "set deletion_protection = true"},
        /* versions */
        {"aws-eks-control-plane-logs", "aws_eks_cluster", "terraform-aws-modules/eks/aws",
         "~> 20.8",
         "set cluster_enabled_log_types = [\"api\", \"audit\", \"authenticator\", "
         "\"controllerManager\", \"scheduler\"]"},
        {"aws-eks-control-plane-logs", "aws_eks_cluster", "terraform-aws-modules/eks/aws", "21.0.0",
         "set enabled_log_types = [\"api\", \"audit\", \"authenticator\", \"controllerManager\", "
         "\"scheduler\"]"},
        {"aws-rds-public-access", "aws_rds_cluster_instance",
         "terraform-aws-modules/rds-aurora/aws", "10.0.0", NULL},
        {"aws-rds-public-access", "aws_rds_cluster_instance",
         "terraform-aws-modules/rds-aurora/aws", "~> 9.0", "set publicly_accessible = false"},
        {"aws-rds-public-access", "aws_rds_cluster_instance",
         "terraform-aws-modules/rds-aurora/aws", ">= 9.0, < 11.0",
         "set publicly_accessible = false (before version 10.0.0)"},
        /* the other modules */
        {"aws-lambda-xray", "aws_lambda_function", "terraform-aws-modules/lambda/aws", "7.0.0",
         "set tracing_mode = \"Active\" and attach_tracing_policy = true"},
        {"aws-dynamodb-pitr", "aws_dynamodb_table", "terraform-aws-modules/dynamodb-table/aws",
         "4.0.0", "set point_in_time_recovery_enabled = true"},
        {"aws-sqs-encryption", "aws_sqs_queue", "terraform-aws-modules/sqs/aws", "4.0.0",
         "set sqs_managed_sse_enabled = true"},
        {"aws-kms-rotation", "aws_kms_key", "terraform-aws-modules/kms/aws", "2.0.0",
         "set enable_key_rotation = true"},
        {"aws-ecr-scan-on-push", "aws_ecr_repository", "terraform-aws-modules/ecr/aws", "2.0.0",
         "set repository_image_scan_on_push = true"},
        {"aws-ecs-container-insights", "aws_ecs_cluster", "terraform-aws-modules/ecs/aws", "6.1.0",
         "set cluster_setting = [{ name = \"containerInsights\", value = \"enabled\" }]"},
        {"aws-alb-drop-invalid-headers", "aws_lb", "terraform-aws-modules/alb/aws", "9.0.0",
         "set drop_invalid_header_fields = true"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct rule *rule = rules_get(rules, cases[i].rule);
        char said[900];
        bool is_known;

        if (rule == NULL)
            fail_msg("there is no rule %s", cases[i].rule);
        is_known = module_input_say(rules, rule, cases[i].type, cases[i].source, cases[i].version,
                                    said, sizeof said);
        if (is_known != (cases[i].says != NULL) || (is_known && !str_eq(said, cases[i].says)))
            fail_msg("%s from %s version %s: %s", cases[i].rule, cases[i].source,
                     cases[i].version != NULL ? cases[i].version : "-", said);
    }
}

static void a_mistake_is_told_with_its_place(void **state)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"module: []\n", "modules is missing"},
        {"modules:\n  - {source: a/b/c}\n", "m.yaml:2:5: a module has a source"},
        {"modules:\n  - source: a/b/c\n    inputs: [{set: {x: 1}}]\n", "for is missing"},
        {"modules:\n  - source: a/b/c\n    inputs: [{for: a, set: {x: 1}, input: y}]\n",
         "an input has set"},
        {"modules:\n  - source: a/b/c\n    inputs: [{for: a, input: y, since: new}]\n",
         "since is a version"},
        {"modules:\n  - source: a/b/c\n    inputs: [{for: a, input: y, from: 1}]\n", "from"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena *arena = arena_new((size_t)1 << 20);
        const struct module_inputs *inputs = NULL;
        struct err err = {0};

        assert_non_null(arena);
        if (module_inputs_read(arena, "m.yaml", cases[i].text, strlen(cases[i].text), &inputs,
                               &err) != ERR_REJECT)
            fail_msg("was accepted: %s", cases[i].text);
        assert_has(err.text, cases[i].says);
        arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_module_s_input_is_named),
        cmocka_unit_test(a_mistake_is_told_with_its_place),
    };

    return cmocka_run_group_tests(tests, load_rules, free_rules);
}
