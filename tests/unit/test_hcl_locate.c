/* From what a finding says to the resource it means. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/support/hcl_make.h"
#include "worker/hcl/locate/locate.h"

static const struct made_file FILES[] = {
    {"main.tf", "variable \"env\" { default = \"prod\" }\n"          /* 1 */
                "variable \"owner\" {}\n"                            /* 2 */
                "resource \"aws_s3_bucket\" \"logs\" {\n"            /* 3 */
                "  bucket = \"shop-${var.env}-logs\"\n}\n"           /* 4 */
                "resource \"aws_s3_bucket_versioning\" \"logs\" {\n" /* 6 */
                "  bucket = aws_s3_bucket.logs.id\n}\n"              /* 7 */
                "resource \"aws_s3_bucket\" \"half\" {\n"            /* 9 */
                "  bucket = \"${var.owner}-exports\"\n}\n"           /* 10 */
                "resource \"aws_s3_bucket\" \"each\" {\n"            /* 12 */
                "  for_each = toset([\"a\", \"b\"])\n  bucket = \"each-${each.key}\"\n}\n"
                "resource \"aws_sqs_queue\" \"q\" {\n  name = \"shop-${var.env}-logs\"\n}\n"
                "resource \"aws_instance\" \"box\" {\n  tags = { Name = \"bastion\" }\n}\n"
                "resource \"aws_kms_key\" \"k\" {}\n"
                "resource \"aws_kms_alias\" \"k\" {\n  name = \"alias/shop\"\n"
                "  target_key_id = aws_kms_key.k.key_id\n}\n"
                "resource \"aws_sns_topic\" \"t1\" {\n  name = \"${var.owner}-alerts\"\n}\n"
                "resource \"aws_sns_topic\" \"t2\" {\n  name = \"${var.owner}-alerts\"\n}\n"
                "resource \"aws_db_instance\" \"d\" {\n  identifier_prefix = \"orders-\"\n}\n"
                "resource \"aws_iam_role\" \"r\" {\n  name = \"task\"\n  path = \"/svc/\"\n}\n"
                "resource \"aws_docdb_cluster\" \"c\" {\n  cluster_identifier = \"carts\"\n}\n"
                "resource \"aws_wafv2_web_acl\" \"w\" {\n  name = \"edge\"\n"
                "  scope = \"REGIONAL\"\n}\n"
                "module \"a\" {\n  source = \"./mod\"\n  name = \"first\"\n}\n"
                "module \"b\" {\n  source = \"./mod\"\n  name = \"second\"\n}\n"},
    {"mod/main.tf", "variable \"name\" {}\n"
                    "resource \"aws_ecr_repository\" \"this\" {\n  name = \"x/${var.name}\"\n}\n"},
};

struct locate_case {
    struct hcl_query query;
    size_t n;
    const char *address;
    const char *key;
    const char *how;
    enum hcl_certainty certainty; /* HCL_SURE where nothing is said */
};

#define ARN(service, rest) "arn:aws:" service ":eu-west-1:111122223333:" rest

static const struct locate_case CASES[] = {
    {{.address = "aws_s3_bucket.logs"}, 1, "aws_s3_bucket.logs", "", "address"},
    {{.address = "aws_s3_bucket_versioning.logs"},
     1,
     "aws_s3_bucket_versioning.logs",
     "",
     "address"},
    {{.address = "aws_s3_bucket.each[\"b\"]"}, 1, "aws_s3_bucket.each", "[\"b\"]", "address"},
    {{.address = "aws_s3_bucket.each[\"z\"]"}, 0, NULL, NULL, NULL},
    {{.address = "module.b.aws_ecr_repository.this"},
     1,
     "module.b.aws_ecr_repository.this",
     "",
     "address"},
    {{.file = "/main.tf", .line_start = 4, .line_end = 4},
     1,
     "aws_s3_bucket.logs",
     "",
     "file and line"},
    {{.file = "infra/main.tf", .line_start = 7},
     1,
     "aws_s3_bucket_versioning.logs",
     "",
     "file and line"},
    {{.file = "main.tf", .line_start = 3, .line_end = 10},
     3,
     "aws_s3_bucket.logs",
     "",
     "file and line"},
    {{.file = "./mod/main.tf", .line_start = 2},
     1,
     "module.a.aws_ecr_repository.this",
     "",
     "file and line"},
    {{.file = "main.tf", .line_start = 1}, 0, NULL, NULL, NULL},
    {{.file = "mod/gone/main.tf", .line_start = 4}, 0, NULL, NULL, NULL},
    {{.file = "/mod/gone/main.tf", .line_start = 4}, 0, NULL, NULL, NULL},
    {{.file = "ain.tf", .line_start = 4}, 0, NULL, NULL, NULL},
    {{.file = ".terraform/modules/vpc/main.tf", .line_start = 4}, 0, NULL, NULL, NULL},
    {{.file = "/src/.terraform/modules/vpc/main.tf", .line_start = 4}, 0, NULL, NULL, NULL},
    {{.file = ".external_modules/github.com/a/b/main.tf", .line_start = 4}, 0, NULL, NULL, NULL},
    {{.file = "my.terraform/main.tf", .line_start = 4}, 1, "aws_s3_bucket.logs", "", NULL},
    {{.arn = "arn:aws:s3:::shop-prod-logs"},
     1,
     "aws_s3_bucket.logs",
     "",
     "bucket = \"shop-prod-logs\" (attribute)"},
    {{.arn = "arn:aws:s3:::shop-prod-logs", .type = "aws_s3_bucket_versioning"},
     1,
     "aws_s3_bucket.logs",
     "",
     "bucket = \"shop-prod-logs\" (attribute)"},
    {{.arn = "arn:aws:s3:::each-b"},
     1,
     "aws_s3_bucket.each",
     "[\"b\"]",
     "bucket = \"each-b\" (attribute)"},
    {{.arn = "arn:aws:s3:::acme-exports"},
     1,
     "aws_s3_bucket.half",
     "",
     "bucket = \"…-exports\" (known in part: variable owner has no value in this repository)",
     HCL_CANDIDATE},
    {{.arn = "arn:aws:s3:::nobody"}, 0, NULL, NULL, NULL},
    {{.arn = ARN("sns", "acme-alerts")}, 2, "aws_sns_topic.t1", "", NULL, HCL_CANDIDATE},
    {{.arn = ARN("rds", "db:orders-2024")}, 1, "aws_db_instance.d", "", NULL, HCL_CANDIDATE},
    {{.arn = ARN("rds", "db:orders-20240611083000123400000001")},
     1,
     "aws_db_instance.d",
     "",
     "identifier_prefix = \"orders-\" (attribute)"},
    {{.arn = ARN("rds", "db:others-20240611083000123400000001")}, 0, NULL, NULL, NULL},
    {{.arn = ARN("rds", "cluster:carts")}, 1, "aws_docdb_cluster.c", "", NULL},
    {{.arn = "arn:aws:iam::111122223333:role/svc/task"}, 1, "aws_iam_role.r", "", NULL},
    {{.arn = "arn:aws:iam::111122223333:role/other/task"}, 0, NULL, NULL, NULL},
    {{.arn = "arn:aws:iam::111122223333:role/task"}, 0, NULL, NULL, NULL},
    {{.arn = ARN("wafv2", "regional/webacl/edge/1a2b")}, 1, "aws_wafv2_web_acl.w", "", NULL},
    {{.arn = ARN("wafv2", "global/webacl/edge/1a2b")}, 0, NULL, NULL, NULL},
    {{.arn = ARN("ec2", "instance/i-0abc"), .name = "bastion"},
     1,
     "aws_instance.box",
     "",
     "tags.Name = \"bastion\" (attribute)"},
    {{.arn = ARN("ec2", "instance/i-0abc")},
     1,
     "aws_instance.box",
     "",
     "only an id made by AWS tells it, and the code does not hold that",
     HCL_CANDIDATE},
    {{.name = "alias/shop", .type = "aws_kms_key"}, 1, "aws_kms_key.k", "", NULL},
    {{.arn = ARN("kms", "key/1234"), .name = "shop"}, 1, "aws_kms_key.k", "", NULL},
    {{.arn = ARN("ecr", "repository/x/second")},
     1,
     "module.b.aws_ecr_repository.this",
     "",
     "name = \"x/second\" (attribute)"},
    {{.name = "shop-prod-logs", .type = "aws_sqs_queue"}, 1, "aws_sqs_queue.q", "", NULL},
    {{.name = "shop-prod-logs"}, 2, "aws_s3_bucket.logs", "", NULL},
    {{.name = ""}, 0, NULL, NULL, NULL},
    {{.arn = "nonsense", .name = "nonsense"}, 0, NULL, NULL, NULL},
};

static void every_finding_meets_its_resource(void **state)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(FILES, COUNT(FILES));
    struct hcl_module *root = hcl_make_open(repo, "");

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        const struct locate_case *wanted = &CASES[i];
        struct hcl_match matches[4];
        size_t n = hcl_locate(root, &wanted->query, matches, COUNT(matches));
        if (n != wanted->n)
            fail_msg("case %zu: %zu resources, not %zu", i, n, wanted->n);
        if (n == 0)
            continue;
        if (matches[0].certainty != wanted->certainty)
            fail_msg("case %zu is %ssure", i, matches[0].certainty == HCL_SURE ? "" : "not ");
        assert_string_equal(matches[0].resource->address, wanted->address);
        assert_string_equal(matches[0].instance_key, wanted->key);
        if (wanted->how != NULL)
            assert_string_equal(matches[0].how, wanted->how);
    }
}

static void the_count_may_pass_the_room_for_it(void **state)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(FILES, COUNT(FILES));
    const struct hcl_query query = {.file = "main.tf", .line_start = 1, .line_end = 999};
    struct hcl_match match;

    (void)state;
    assert_int_equal(hcl_locate(hcl_make_open(repo, ""), &query, &match, 1), 14);
}

/* terraform apply -var-file=envs/prod.tfvars: the name in the code is only the default. */
static void a_values_file_that_terraform_must_be_told_of_leaves_a_candidate(void **state)
{
    static const struct made_file files[] = {
        {"main.tf", "variable \"name\" { default = \"dev-orders\" }\n"
                    "resource \"aws_sqs_queue\" \"q\" {\n  name = \"${var.name}-in\"\n}\n"
                    "resource \"aws_sqs_queue\" \"fixed\" {\n  name = \"fixed\"\n}\n"},
        {"envs/prod.tfvars", "name = \"orders\"\n"},
    };
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, COUNT(files));
    struct hcl_query query = {.arn = ARN("sqs", "orders-in")};
    struct hcl_match matches[4];

    (void)state;
    assert_int_equal(hcl_locate(hcl_make_open(repo, ""), &query, matches, COUNT(matches)), 1);
    assert_string_equal(matches[0].resource->address, "aws_sqs_queue.q");
    assert_int_equal(matches[0].certainty, HCL_CANDIDATE);
    assert_string_equal(
        matches[0].how,
        "name = \"dev-orders-in\" here, but another with -var-file=envs/prod.tfvars");
    query.arn = ARN("sqs", "dev-orders-in");
    assert_int_equal(hcl_locate(hcl_make_open(repo, ""), &query, matches, COUNT(matches)), 1);
    assert_int_equal(matches[0].certainty, HCL_SURE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_finding_meets_its_resource),
        cmocka_unit_test(the_count_may_pass_the_room_for_it),
        cmocka_unit_test(a_values_file_that_terraform_must_be_told_of_leaves_a_candidate),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
