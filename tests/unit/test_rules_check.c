/* What the built-in rules say about small modules, worker/rules/check.c and its parts. */
#include "tests/support/test.h"

#include <stdio.h>

#include "tests/support/hcl_make.h"
#include "worker/rules/rules.h"

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

static void check_files(const struct made_file *files, size_t n, const char *id,
                        const char *address, enum rule_verdict expected, const char *why_has)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, n);
    struct hcl_module *root = hcl_make_open(repo, "");
    const struct hcl_resource *resource = hcl_resource_find(root, address);
    const struct rule *rule = rules_get(rules, id);
    char why[300] = "";
    enum rule_verdict verdict;

    assert_non_null(resource);
    assert_non_null(rule);
    verdict = rule_check(rule, root, resource, why, sizeof why);
    if (verdict != expected)
        fail_msg("%s: %s %s, not %s: %s\n%s", id, address, rule_verdict_name(verdict),
                 rule_verdict_name(expected), why, files[0].text);
    assert_has(why, why_has);
}

static void check_one(const char *text, const char *id, const char *address,
                      enum rule_verdict expected, const char *why_has)
{
    check_files(&(struct made_file){"main.tf", text}, 1, id, address, expected, why_has);
}

#define DB(arguments)                                                                              \
    "resource \"aws_db_instance\" \"d\" {\n  engine = \"postgres\"\n" arguments "}\n"

static void an_argument_has_three_answers(void **state)
{
    static const struct {
        const char *text;
        enum rule_verdict verdict;
        const char *why;
    } cases[] = {
        {DB("  deletion_protection = true\n"), RULE_HOLDS, ""},
        {DB("  deletion_protection = \"true\"\n"), RULE_HOLDS, ""},
        {DB("  deletion_protection = false\n"), RULE_FAILS,
         "deletion_protection is false, not true"},
        {DB("  deletion_protection = null\n"), RULE_FAILS, "is not set"},
        {DB(""), RULE_FAILS, "is not set"},
        {DB("  deletion_protection = var.p\n") "variable \"p\" {}\n", RULE_UNKNOWN,
         "cannot be known"},
        {DB("  deletion_protection = var.p\n") "variable \"p\" {\n  default = false\n}\n",
         RULE_FAILS, "false"},
        {DB("  deletion_protection = aws_x.y.z\n") "resource \"aws_x\" \"y\" {}\n", RULE_UNKNOWN,
         "aws_x.y.z"},
        {DB("  count = 0\n"), RULE_NOT_APPLICABLE, "no instances"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        check_one(cases[i].text, "aws-rds-instance-deletion-protection", "aws_db_instance.d",
                  cases[i].verdict, cases[i].why);
}

static void every_instance_counts(void **state)
{
    (void)state;
    check_one("resource \"aws_db_instance\" \"d\" {\n  for_each = { a = true, b = false }\n"
              "  deletion_protection = each.value\n}\n",
              "aws-rds-instance-deletion-protection", "aws_db_instance.d", RULE_FAILS, "[\"b\"]");
}

static void guards_decide_whether_a_rule_applies(void **state)
{
    (void)state;
    check_one("resource \"aws_kms_key\" \"k\" {\n  key_usage = \"SIGN_VERIFY\"\n}\n",
              "aws-kms-rotation", "aws_kms_key.k", RULE_NOT_APPLICABLE, "does not apply");
    check_one("resource \"aws_kms_key\" \"k\" {\n  customer_master_key_spec = \"RSA_2048\"\n}\n",
              "aws-kms-rotation", "aws_kms_key.k", RULE_NOT_APPLICABLE, "");
    check_one("resource \"aws_kms_key\" \"k\" {\n  key_usage = var.u\n}\nvariable \"u\" {}\n",
              "aws-kms-rotation", "aws_kms_key.k", RULE_UNKNOWN, "unknown whether");
    check_one("resource \"aws_kms_key\" \"k\" {}\n", "aws-kms-rotation", "aws_kms_key.k",
              RULE_FAILS, "");
    check_one("resource \"aws_lb\" \"l\" {\n  load_balancer_type = \"network\"\n}\n",
              "aws-alb-drop-invalid-headers", "aws_lb.l", RULE_NOT_APPLICABLE, "");
    check_one("resource \"aws_instance\" \"i\" {\n  metadata_options {\n    http_endpoint = "
              "\"disabled\"\n  }\n}\n",
              "aws-ec2-instance-imdsv2", "aws_instance.i", RULE_NOT_APPLICABLE, "");
    check_one("resource \"aws_x\" \"x\" {}\n", "aws-kms-rotation", "aws_x.x", RULE_NOT_APPLICABLE,
              "does not speak of aws_x");
}

static void retention_is_only_ever_raised(void **state)
{
    static const struct {
        const char *text;
        enum rule_verdict verdict;
    } cases[] = {
        {"retention_in_days = 365", RULE_HOLDS}, {"retention_in_days = 731", RULE_HOLDS},
        {"retention_in_days = 0", RULE_HOLDS},   {"", RULE_HOLDS},
        {"retention_in_days = 90", RULE_FAILS},  {"retention_in_days = \"30\"", RULE_FAILS},
    };
    char text[256];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        (void)snprintf(text, sizeof text,
                       "resource \"aws_cloudwatch_log_group\" \"g\" {\n  %s\n}\n", cases[i].text);
        check_one(text, "aws-log-group-retention", "aws_cloudwatch_log_group.g", cases[i].verdict,
                  "");
    }
}

#define TABLE(inside) "resource \"aws_dynamodb_table\" \"t\" {\n" inside "}\n"

static void a_nested_block_is_looked_into(void **state)
{
    (void)state;
    check_one(TABLE(""), "aws-dynamodb-pitr", "aws_dynamodb_table.t", RULE_FAILS,
              "no point_in_time_recovery");
    check_one(TABLE("  point_in_time_recovery {\n    enabled = false\n  }\n"), "aws-dynamodb-pitr",
              "aws_dynamodb_table.t", RULE_FAILS, "in point_in_time_recovery: enabled is false");
    check_one(TABLE("  point_in_time_recovery {\n    enabled = true\n  }\n"), "aws-dynamodb-pitr",
              "aws_dynamodb_table.t", RULE_HOLDS, "");
    check_one(TABLE("  dynamic \"point_in_time_recovery\" {\n    for_each = [1]\n    content {\n   "
                    "   enabled = true\n"
                    "    }\n  }\n"),
              "aws-dynamodb-pitr", "aws_dynamodb_table.t", RULE_UNKNOWN, "dynamic block");
}

static void one_of_several_blocks_is_enough_where_the_rule_says_so(void **state)
{
    static const char other[] =
        "resource \"aws_ecs_cluster\" \"c\" {\n  setting {\n    name  = \"other\"\n"
        "    value = \"enabled\"\n  }\n}\n";
    static const char good[] =
        "resource \"aws_ecs_cluster\" \"c\" {\n  setting {\n    name  = \"other\"\n"
        "    value = \"x\"\n  }\n\n  setting {\n    name  = \"containerInsights\"\n"
        "    value = \"enhanced\"\n  }\n}\n";

    (void)state;
    check_one(other, "aws-ecs-container-insights", "aws_ecs_cluster.c", RULE_FAILS,
              "containerInsights");
    check_one(good, "aws-ecs-container-insights", "aws_ecs_cluster.c", RULE_HOLDS, "");
}

static void a_list_may_lack_something(void **state)
{
    (void)state;
    check_one("resource \"aws_eks_cluster\" \"c\" {\n  enabled_cluster_log_types = [\"api\", "
              "\"audit\"]\n}\n",
              "aws-eks-control-plane-logs", "aws_eks_cluster.c", RULE_FAILS,
              "lacks \"authenticator\"");
    check_one("resource \"aws_eks_cluster\" \"c\" {\n  enabled_cluster_log_types = [\"scheduler\", "
              "\"api\", \"audit\", "
              "\"authenticator\", \"controllerManager\"]\n}\n",
              "aws-eks-control-plane-logs", "aws_eks_cluster.c", RULE_HOLDS, "");
    check_one("resource \"aws_eks_cluster\" \"c\" {\n  enabled_cluster_log_types = [\"api\", "
              "var.more]\n}\n"
              "variable \"more\" {}\n",
              "aws-eks-control-plane-logs", "aws_eks_cluster.c", RULE_UNKNOWN, "may lack");
}

static void either_of_two_ways_holds(void **state)
{
    (void)state;
    check_one("resource \"aws_sqs_queue\" \"q\" {\n  kms_master_key_id = \"alias/aws/sqs\"\n}\n",
              "aws-sqs-encryption", "aws_sqs_queue.q", RULE_HOLDS, "");
    check_one("resource \"aws_sqs_queue\" \"q\" {\n  kms_master_key_id = aws_kms_key.k.id\n}\n"
              "resource \"aws_kms_key\" \"k\" {}\n",
              "aws-sqs-encryption", "aws_sqs_queue.q", RULE_HOLDS, "");
    check_one("resource \"aws_sqs_queue\" \"q\" {}\n", "aws-sqs-encryption", "aws_sqs_queue.q",
              RULE_FAILS, "");
}

/* --- companions --- */

#define BUCKET "resource \"aws_s3_bucket\" \"b\" {\n  bucket = \"logs-prod\"\n}\n"
#define VERSIONING(link)                                                                           \
    "resource \"aws_s3_bucket_versioning\" \"v\" {\n  bucket = " link                              \
    "\n  versioning_configuration {\n"                                                             \
    "    status = \"Enabled\"\n  }\n}\n"

static void a_companion_is_found_by_reference_or_by_name(void **state)
{
    static const struct {
        const char *text;
        enum rule_verdict verdict;
        const char *why;
    } cases[] = {
        {BUCKET, RULE_FAILS, "no aws_s3_bucket_versioning refers to aws_s3_bucket.b"},
        {BUCKET VERSIONING("aws_s3_bucket.b.id"), RULE_HOLDS, ""},
        {BUCKET VERSIONING("aws_s3_bucket.b.bucket"), RULE_HOLDS, ""},
        {BUCKET VERSIONING("\"${aws_s3_bucket.b.id}\""), RULE_HOLDS, ""},
        {BUCKET VERSIONING("\"logs-prod\""), RULE_HOLDS, ""},
        {BUCKET VERSIONING("\"logs-dev\""), RULE_FAILS, "no aws_s3_bucket_versioning"},
        {BUCKET VERSIONING("aws_s3_bucket.other.id") "resource \"aws_s3_bucket\" \"other\" {}\n",
         RULE_FAILS, ""},
        {BUCKET VERSIONING("var.which") "variable \"which\" {}\n", RULE_UNKNOWN, "may belong"},
        {BUCKET VERSIONING("local.id") "locals {\n  id = aws_s3_bucket.b.id\n}\n", RULE_HOLDS, ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        check_one(cases[i].text, "aws-s3-versioning", "aws_s3_bucket.b", cases[i].verdict,
                  cases[i].why);
}

static void a_companion_in_another_module_counts(void **state)
{
    const struct made_file files[] = {
        {"main.tf",
         BUCKET "module \"v\" {\n  source = \"./v\"\n  bucket = aws_s3_bucket.b.id\n}\n"},
        {"v/main.tf", "variable \"bucket\" {}\n" VERSIONING("var.bucket")},
    };

    (void)state;
    check_files(files, COUNT(files), "aws-s3-versioning", "aws_s3_bucket.b", RULE_HOLDS, "");
}

static void a_companion_must_reach_every_instance(void **state)
{
#define TWO                                                                                        \
    "resource \"aws_s3_bucket\" \"b\" {\n  for_each = toset([\"x\", \"y\"])\n  bucket = "          \
    "each.key\n}\n"
    static const struct {
        const char *text;
        enum rule_verdict verdict;
        const char *why;
    } cases[] = {
        {TWO "resource \"aws_s3_bucket_versioning\" \"v\" {\n  for_each = aws_s3_bucket.b\n  "
             "bucket = each.value.id\n"
             "  versioning_configuration {\n    status = \"Enabled\"\n  }\n}\n",
         RULE_HOLDS, ""},
        {TWO "resource \"aws_s3_bucket_versioning\" \"v\" {\n  for_each = toset([\"x\", \"y\"])\n"
             "  bucket = aws_s3_bucket.b[each.key].id\n  versioning_configuration {\n    status = "
             "\"Enabled\"\n  }\n}\n",
         RULE_HOLDS, ""},
        {TWO "resource \"aws_s3_bucket_versioning\" \"v\" {\n  bucket = aws_s3_bucket.b[\"x\"].id\n"
             "  versioning_configuration {\n    status = \"Enabled\"\n  }\n}\n",
         RULE_FAILS, "[\"y\"]"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        check_one(cases[i].text, "aws-s3-versioning", "aws_s3_bucket.b", cases[i].verdict,
                  cases[i].why);
}

static void the_older_form_in_the_bucket_counts(void **state)
{
    (void)state;
    check_one("resource \"aws_s3_bucket\" \"b\" {\n  versioning {\n    enabled = true\n  }\n}\n",
              "aws-s3-versioning", "aws_s3_bucket.b", RULE_HOLDS, "");
    check_one("resource \"aws_s3_bucket\" \"b\" {\n  versioning {\n    enabled = false\n  }\n}\n",
              "aws-s3-versioning", "aws_s3_bucket.b", RULE_FAILS, "in versioning");
    check_one("resource \"aws_s3_bucket\" \"b\" {\n  lifecycle_rule {\n    enabled = true\n"
              "    abort_incomplete_multipart_upload_days = 3\n  }\n}\n",
              "aws-s3-lifecycle-abort-uploads", "aws_s3_bucket.b", RULE_HOLDS, "");
}

static void a_finding_may_name_the_companion(void **state)
{
    static const char text[] =
        BUCKET "resource \"aws_s3_bucket_public_access_block\" \"p\" {\n"
               "  bucket            = aws_s3_bucket.b.id\n  block_public_acls = true\n}\n";

    (void)state;
    check_one(text, "aws-s3-public-access-block", "aws_s3_bucket_public_access_block.p", RULE_FAILS,
              "block_public_policy is not set");
    check_one(text, "aws-s3-public-access-block", "aws_s3_bucket.b", RULE_FAILS,
              "block_public_policy");
}

/* --- open ports --- */

#define GROUP(inside) "resource \"aws_security_group\" \"g\" {\n" inside "}\n"
#define INGRESS(from, to, protocol, more)                                                          \
    "  ingress {\n    from_port = " from "\n    to_port = " to "\n    protocol = " protocol        \
    "\n" more "  }\n"
#define WORLD "    cidr_blocks = [\"0.0.0.0/0\"]\n"

static void ssh_from_the_world_is_seen_where_scanners_look_away(void **state)
{
    static const struct {
        const char *text;
        enum rule_verdict verdict;
    } cases[] = {
        {GROUP(INGRESS("22", "22", "\"tcp\"", WORLD)), RULE_FAILS},
        {GROUP(INGRESS("0", "65535", "\"tcp\"", WORLD)), RULE_FAILS},
        {GROUP(INGRESS("0", "0", "\"-1\"", WORLD)), RULE_FAILS},
        {GROUP(INGRESS("22", "22", "\"tcp\"", "    ipv6_cidr_blocks = [\"::/0\"]\n")), RULE_FAILS},
        {GROUP(INGRESS("443", "443", "\"tcp\"", "    self = true\n")
                   INGRESS("22", "22", "\"tcp\"", WORLD)),
         RULE_FAILS},
        {GROUP(INGRESS("22", "22", "\"tcp\"", WORLD "    prefix_list_ids = [\"pl-1\"]\n")),
         RULE_FAILS},
        {GROUP(INGRESS("443", "443", "\"tcp\"", WORLD)), RULE_HOLDS},
        {GROUP(INGRESS("22", "22", "\"tcp\"", "    cidr_blocks = [\"10.0.0.0/8\"]\n")), RULE_HOLDS},
        {GROUP("  egress {\n    from_port = 0\n    to_port = 0\n    protocol = \"-1\"\n" WORLD
               "  }\n"),
         RULE_HOLDS},
        {GROUP(INGRESS("22", "22", "\"tcp\"", "    cidr_blocks = var.c\n")) "variable \"c\" {}\n",
         RULE_UNKNOWN},
        {GROUP(INGRESS("var.p", "var.p", "\"tcp\"", WORLD)) "variable \"p\" {}\n", RULE_UNKNOWN},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        check_one(cases[i].text, "aws-security-group-ssh", "aws_security_group.g", cases[i].verdict,
                  "");
}

static void rule_resources_of_a_group_are_read_too(void **state)
{
    (void)state;
    check_one("resource \"aws_security_group_rule\" \"r\" {\n  type = \"ingress\"\n  from_port = "
              "22\n  to_port = 22\n"
              "  protocol = \"tcp\"\n  cidr_blocks = [\"0.0.0.0/0\"]\n}\n",
              "aws-security-group-ssh", "aws_security_group_rule.r", RULE_FAILS, "port 22");
    check_one("resource \"aws_security_group_rule\" \"r\" {\n  type = \"egress\"\n  from_port = "
              "22\n  to_port = 22\n"
              "  protocol = \"tcp\"\n  cidr_blocks = [\"0.0.0.0/0\"]\n}\n",
              "aws-security-group-ssh", "aws_security_group_rule.r", RULE_HOLDS, "");
    check_one("resource \"aws_vpc_security_group_ingress_rule\" \"r\" {\n  from_port = 22\n  "
              "to_port = 22\n"
              "  ip_protocol = \"tcp\"\n  cidr_ipv4 = \"0.0.0.0/0\"\n}\n",
              "aws-security-group-ssh", "aws_vpc_security_group_ingress_rule.r", RULE_FAILS,
              "cidr_ipv4");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_argument_has_three_answers),
        cmocka_unit_test(every_instance_counts),
        cmocka_unit_test(guards_decide_whether_a_rule_applies),
        cmocka_unit_test(retention_is_only_ever_raised),
        cmocka_unit_test(a_nested_block_is_looked_into),
        cmocka_unit_test(one_of_several_blocks_is_enough_where_the_rule_says_so),
        cmocka_unit_test(a_list_may_lack_something),
        cmocka_unit_test(either_of_two_ways_holds),
        cmocka_unit_test(a_companion_is_found_by_reference_or_by_name),
        cmocka_unit_test(a_companion_in_another_module_counts),
        cmocka_unit_test(a_companion_must_reach_every_instance),
        cmocka_unit_test(the_older_form_in_the_bucket_counts),
        cmocka_unit_test(a_finding_may_name_the_companion),
        cmocka_unit_test(ssh_from_the_world_is_seen_where_scanners_look_away),
        cmocka_unit_test(rule_resources_of_a_group_are_read_too),
    };

    return cmocka_run_group_tests(tests, load_rules, free_rules);
}
