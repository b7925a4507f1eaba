/*
 * Kinds of evidence beside a written name: import blocks, the parts of an ARN around the name, the
 * provider's region, references to what bears the name. What is not known makes a candidate.
 */
#include <stdio.h>

#include "tests/support/test.h"

#include "tests/support/hcl_make.h"
#include "worker/hcl/locate/locate.h"

static const struct made_file FILES[] = {
    {"main.tf",
     "provider \"aws\" { region = \"eu-west-1\" }\n"
     "provider \"aws\" {\n  alias = \"us\"\n  region = \"us-east-1\"\n"
     "  allowed_account_ids = [\"111122223333\"]\n}\n"
     "provider \"aws\" {\n  alias = \"free\"\n  region = var.region\n}\n"
     "variable \"region\" { default = \"eu-west-1\" }\n"
     "variable \"cluster\" {}\n"
     "resource \"aws_sqs_queue\" \"home\" { name = \"jobs\" }\n"
     "resource \"aws_sqs_queue\" \"us\" {\n  provider = aws.us\n  name = \"jobs\"\n}\n"
     "resource \"aws_sns_topic\" \"free\" {\n  provider = aws.free\n  name = \"news\"\n}\n"
     "module \"far\" {\n  source = \"./far\"\n  providers = { aws = aws.us }\n}\n"
     /* composite names */
     "resource \"aws_ecs_cluster\" \"c\" {\n  for_each = toset([\"web\", \"jobs\"])\n"
     "  name = \"shop-${each.key}\"\n}\n"
     "resource \"aws_ecs_service\" \"web\" {\n  name = \"api\"\n"
     "  cluster = aws_ecs_cluster.c[\"web\"].id\n}\n"
     "resource \"aws_ecs_service\" \"jobs\" {\n  name = \"api\"\n"
     "  cluster = \"arn:aws:ecs:eu-west-1:111122223333:cluster/shop-jobs\"\n}\n"
     "resource \"aws_ecs_service\" \"plain\" { name = \"cron\" }\n"
     "resource \"aws_ecs_service\" \"given\" {\n  name = \"feed\"\n  cluster = var.cluster\n}\n"
     "resource \"aws_cloudwatch_event_rule\" \"r\" { name = \"nightly\" }\n"
     "resource \"aws_cloudwatch_event_rule\" \"shop\" {\n  name = \"nightly\"\n"
     "  event_bus_name = \"night-shop\"\n}\n"
     "resource \"aws_s3_bucket\" \"files\" { bucket = \"files\" }\n"
     "resource \"aws_s3_object\" \"o\" {\n  bucket = aws_s3_bucket.files.id\n"
     "  key = \"a/b.txt\"\n}\n"
     "resource \"aws_lambda_function\" \"f\" { function_name = \"pay\" }\n"
     "resource \"aws_lambda_alias\" \"f\" {\n  name = \"live\"\n"
     "  function_name = aws_lambda_function.f.function_name\n}\n"
     "resource \"aws_api_gateway_rest_api\" \"a\" { name = \"partner\" }\n"
     "resource \"aws_api_gateway_stage\" \"s\" {\n  stage_name = \"live\"\n"
     "  rest_api_id = aws_api_gateway_rest_api.a.id\n  deployment_id = \"d\"\n}\n"
     "resource \"aws_api_gateway_stage\" \"known\" {\n  stage_name = \"test\"\n"
     "  rest_api_id = \"a1b2c3\"\n  deployment_id = \"d\"\n}\n"
     "resource \"aws_cloudwatch_log_group\" \"slash\" { name = \"/aws/jobs\" }\n"
     "resource \"aws_cloudwatch_log_group\" \"other\" { name = \"aws/web\" }\n"
     "resource \"aws_ssm_parameter\" \"p\" { name = \"/app/key\" }\n"
     "resource \"aws_lb\" \"one\" { name = \"one\" }\n"
     "resource \"aws_lb\" \"two\" { name = \"two\" }\n"
     "resource \"aws_lb_listener\" \"one\" { load_balancer_arn = aws_lb.one.arn }\n"
     "resource \"aws_lb_listener\" \"two\" { load_balancer_arn = aws_lb.two.arn }\n"
     "resource \"aws_iam_role\" \"r\" { name = \"task\" }\n"
     "resource \"aws_iam_role_policy\" \"p\" {\n  name = \"logs\"\n  role = "
     "aws_iam_role.r.name\n}\n"
     "resource \"aws_s3_bucket_policy\" \"away\" { bucket = \"kept-elsewhere\" }\n"
     /* import blocks */
     "resource \"aws_security_group\" \"old\" {\n  for_each = toset([\"a\", \"b\"])\n"
     "  name = \"old-${each.key}\"\n}\n"
     "import {\n  for_each = { a = \"sg-0aaa\", b = \"sg-0bbb\" }\n"
     "  to = aws_security_group.old[each.key]\n  id = each.value\n}\n"
     "import {\n  to = module.far.aws_kms_key.k\n  id = \"1234abcd-0000\"\n}\n"
     "import {\n  to = aws_ecs_service.given\n  id = \"shop-feeds/feed\"\n}\n"
     /* names that Terraform makes, and none */
     "resource \"aws_iam_policy\" \"made\" { name_prefix = \"read-\" }\n"
     "resource \"aws_iam_policy\" \"made_longer\" { name_prefix = \"read-all-\" }\n"
     "resource \"aws_launch_configuration\" \"unnamed\" { image_id = \"ami-1\" }\n"
     "resource \"aws_sns_topic\" \"fifo\" {\n  name_prefix = \"line-\"\n  fifo_topic = true\n}\n"
     /* a ring of references, and one to itself */
     "resource \"aws_s3_bucket\" \"x\" { bucket = aws_s3_bucket.y.id }\n"
     "resource \"aws_s3_bucket\" \"y\" { bucket = aws_s3_bucket.x.id }\n"
     "resource \"aws_dynamodb_table\" \"z\" { name = aws_dynamodb_table.z.arn }\n"},
    {"far/main.tf", "resource \"aws_sqs_queue\" \"q\" { name = \"far-jobs\" }\n"
                    "resource \"aws_kms_key\" \"k\" {}\n"},
};

struct evidence {
    struct hcl_query query;
    size_t n;
    const char *address;
    enum hcl_certainty certainty;
    const char *how; /* a part of it; NULL: any */
};

#define IN(region, service, rest) "arn:aws:" service ":" region ":111122223333:" rest
#define ARN(service, rest)        IN("eu-west-1", service, rest)
#define MADE                      "20240611083000123400000001"

static const struct evidence CASES[] = {
    /* the provider's region and account only rule out */
    {{.arn = ARN("sqs", "jobs")}, 1, "aws_sqs_queue.home", HCL_SURE, NULL},
    {{.arn = IN("us-east-1", "sqs", "jobs")}, 1, "aws_sqs_queue.us", HCL_SURE, NULL},
    {{.arn = "arn:aws:sqs:us-east-1:999999999999:jobs"}, 0, NULL, HCL_SURE, NULL},
    {{.arn = IN("ap-south-1", "sqs", "jobs")}, 0, NULL, HCL_SURE, NULL},
    {{.arn = IN("us-east-1", "sqs", "far-jobs")}, 1, "module.far.aws_sqs_queue.q", HCL_SURE, NULL},
    {{.arn = ARN("sqs", "far-jobs")}, 0, NULL, HCL_SURE, NULL},
    /* a variable's default may be another value where terraform runs */
    {{.arn = IN("ap-south-1", "sns", "news")}, 1, "aws_sns_topic.free", HCL_SURE, NULL},
    /* a slash in front is the ARN's for a parameter, and the name's for a log group */
    {{.arn = ARN("logs", "log-group:/aws/jobs")},
     1,
     "aws_cloudwatch_log_group.slash",
     HCL_SURE,
     NULL},
    {{.arn = ARN("logs", "log-group:/aws/web")}, 0, NULL, HCL_SURE, NULL},
    {{.arn = ARN("logs", "log-group:aws/jobs")}, 0, NULL, HCL_SURE, NULL},
    {{.arn = ARN("ssm", "parameter/app/key")}, 1, "aws_ssm_parameter.p", HCL_SURE, NULL},
    /* the parts around the name */
    {{.arn = ARN("ecs", "service/shop-web/api")}, 1, "aws_ecs_service.web", HCL_SURE, NULL},
    {{.arn = ARN("ecs", "service/shop-jobs/api")}, 1, "aws_ecs_service.jobs", HCL_SURE, NULL},
    {{.arn = ARN("ecs", "service/shop-else/api")}, 0, NULL, HCL_SURE, NULL},
    {{.arn = ARN("ecs", "service/api")}, 2, "aws_ecs_service.jobs", HCL_SURE, NULL},
    {{.arn = ARN("ecs", "service/default/cron")}, 1, "aws_ecs_service.plain", HCL_SURE, NULL},
    {{.arn = ARN("ecs", "service/shop-web/cron")}, 0, NULL, HCL_SURE, NULL},
    {{.arn = ARN("ecs", "service/shop-web/feed")},
     1,
     "aws_ecs_service.given",
     HCL_CANDIDATE,
     "its cluster is not known"},
    {{.name = "shop-web/api", .type = "aws_ecs_service"}, 1, "aws_ecs_service.web", HCL_SURE, NULL},
    {{.arn = ARN("events", "rule/nightly")}, 1, "aws_cloudwatch_event_rule.r", HCL_SURE, NULL},
    {{.arn = ARN("events", "rule/shop/nightly")}, 0, NULL, HCL_SURE, NULL},
    {{.arn = ARN("events", "rule/night-shop/nightly")},
     1,
     "aws_cloudwatch_event_rule.shop",
     HCL_SURE,
     NULL},
    {{.arn = ARN("lambda", "function:pay")}, 1, "aws_lambda_function.f", HCL_SURE, NULL},
    {{.arn = ARN("lambda", "function:pay:7")}, 1, "aws_lambda_function.f", HCL_SURE, NULL},
    {{.arn = ARN("lambda", "function:pay:live")}, 1, "aws_lambda_alias.f", HCL_SURE, NULL},
    {{.arn = ARN("lambda", "function:pay:live"), .type = "aws_lambda_function"},
     1,
     "aws_lambda_function.f",
     HCL_SURE,
     NULL},
    {{.arn = "arn:aws:s3:::files/a/b.txt"}, 1, "aws_s3_object.o", HCL_SURE, NULL},
    {{.arn = "arn:aws:s3:::files/a/c.txt"}, 1, "aws_s3_bucket.files", HCL_SURE, NULL},
    {{.arn = "arn:aws:s3:::files"}, 1, "aws_s3_bucket.files", HCL_SURE, NULL},
    {{.arn = ARN("lambda", "function:pay:next")}, 1, "aws_lambda_function.f", HCL_SURE, NULL},
    {{.arn = "arn:aws:apigateway:eu-west-1::/restapis/zzz/stages/live"},
     1,
     "aws_api_gateway_stage.s",
     HCL_CANDIDATE,
     "its rest_api_id is not known"},
    {{.arn = "arn:aws:apigateway:eu-west-1::/restapis/a1b2c3/stages/test"},
     1,
     "aws_api_gateway_stage.known",
     HCL_SURE,
     NULL},
    {{.arn = "arn:aws:apigateway:eu-west-1::/restapis/zzz/stages/test"}, 0, NULL, HCL_SURE, NULL},
    {{.arn = "arn:aws:apigateway:eu-west-1::/restapis/zzz"},
     1,
     "aws_api_gateway_rest_api.a",
     HCL_CANDIDATE,
     "only an id made by AWS"},
    {{.arn = ARN("elasticloadbalancing", "listener/app/two/50dc6c495c0c9188/f2f7")},
     1,
     "aws_lb_listener.two",
     HCL_CANDIDATE,
     NULL},
    {{.arn = ARN("elasticloadbalancing", "listener/app/three/50dc6c495c0c9188/f2f7")},
     0,
     NULL,
     HCL_SURE,
     NULL},
    {{.name = "task:logs", .type = "aws_iam_role_policy"},
     1,
     "aws_iam_role_policy.p",
     HCL_SURE,
     NULL},
    {{.name = "other:logs", .type = "aws_iam_role_policy"}, 0, NULL, HCL_SURE, NULL},
    {{.name = "kept-elsewhere", .type = "aws_s3_bucket_policy"},
     1,
     "aws_s3_bucket_policy.away",
     HCL_SURE,
     NULL},
    /* import blocks */
    {{.arn = ARN("ec2", "security-group/sg-0bbb")},
     1,
     "aws_security_group.old[\"b\"]",
     HCL_SURE,
     "import block: id = \"sg-0bbb\""},
    {{.arn = ARN("ec2", "security-group/sg-0ccc")},
     1,
     "aws_security_group.old",
     HCL_CANDIDATE,
     NULL},
    {{.name = "sg-0aaa", .type = "aws_security_group"},
     1,
     "aws_security_group.old[\"a\"]",
     HCL_SURE,
     NULL},
    {{.arn = IN("us-east-1", "kms", "key/1234abcd-0000")},
     1,
     "module.far.aws_kms_key.k",
     HCL_SURE,
     NULL},
    {{.arn = ARN("ecs", "service/shop-feeds/feed")},
     1,
     "aws_ecs_service.given",
     HCL_SURE,
     "import"},
    /* names that Terraform makes */
    {{.arn = "arn:aws:iam::111122223333:policy/read-" MADE},
     1,
     "aws_iam_policy.made",
     HCL_SURE,
     NULL},
    {{.arn = "arn:aws:iam::111122223333:policy/read-all-" MADE},
     1,
     "aws_iam_policy.made_longer",
     HCL_SURE,
     NULL},
    {{.arn = "arn:aws:iam::111122223333:policy/read-all-2024"},
     2,
     "aws_iam_policy.made",
     HCL_CANDIDATE,
     NULL},
    {{.arn = "arn:aws:iam::111122223333:policy/write-" MADE}, 0, NULL, HCL_SURE, NULL},
    {{.arn = ARN("autoscaling", "launchConfiguration:u:launchConfigurationName/terraform-" MADE)},
     1,
     "aws_launch_configuration.unnamed",
     HCL_CANDIDATE,
     "no name"},
    {{.arn = ARN("autoscaling", "launchConfiguration:u:launchConfigurationName/web")},
     0,
     NULL,
     HCL_SURE,
     NULL},
    {{.arn = ARN("sns", "line-" MADE ".fifo")}, 1, "aws_sns_topic.fifo", HCL_SURE, NULL},
    /* rings end */
    {{.arn = "arn:aws:s3:::nobody"}, 2, "aws_s3_bucket.x", HCL_CANDIDATE, NULL},
    {{.arn = ARN("dynamodb", "table/nobody")}, 1, "aws_dynamodb_table.z", HCL_CANDIDATE, NULL},
};

static void every_kind_of_evidence_is_weighed(void **state)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(FILES, COUNT(FILES));
    struct hcl_module *root = hcl_make_open(repo, "");

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        const struct evidence *wanted = &CASES[i];
        const char *said = wanted->query.arn != NULL ? wanted->query.arn : wanted->query.name;
        struct hcl_match matches[4];
        size_t n = hcl_locate(root, &wanted->query, matches, COUNT(matches));
        if (n != wanted->n)
            fail_msg("%s: %zu resources, not %zu", said, n, wanted->n);
        if (n == 0)
            continue;
        const char *address = matches[0].instance != NULL ? matches[0].instance->address
                                                          : matches[0].resource->address;
        if (!str_eq(address, wanted->address) || matches[0].certainty != wanted->certainty)
            fail_msg("%s is %s%s", said, address,
                     matches[0].certainty == HCL_SURE ? "" : ", perhaps");
        if (wanted->how != NULL)
            assert_has(matches[0].how, wanted->how);
    }
}

/* Thousands of one type, each referring to one of another: as quick to ask as to read. */
static void many_resources_are_searched_once(void **state)
{
    CLEANUP(buf_done) struct buf text = BUF(HCL_FILE_MAX_BYTES);
    const int n = 4000;
    struct hcl_match match;

    (void)state;
    for (int i = 0; i < n; i++)
        buf_print(&text,
                  "resource \"aws_lb\" \"l%d\" { name = \"lb-%d\" }\n"
                  "resource \"aws_lb_listener\" \"l%d\" { load_balancer_arn = aws_lb.l%d.arn }\n"
                  "resource \"aws_sqs_queue\" \"q%d\" { name = \"q-%d\" }\n",
                  i, i, i, i, i, i);
    const struct made_file file = {"main.tf", buf_str(&text)};
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(&file, 1);
    struct hcl_module *root = hcl_make_open(repo, "");
    const struct hcl_query listener = {
        .arn = ARN("elasticloadbalancing", "listener/app/lb-3999/50dc6c495c0c9188/f2f7")};
    assert_int_equal(hcl_locate(root, &listener, &match, 1), 1);
    assert_string_equal(match.resource->address, "aws_lb_listener.l3999");
    for (int i = 0; i < n; i += 100) {
        char arn[128];
        snprintf(arn, sizeof arn, ARN("sqs", "q-%d"), i);
        const struct hcl_query queue = {.arn = arn};
        assert_int_equal(hcl_locate(root, &queue, &match, 1), 1);
        assert_int_equal(match.certainty, HCL_SURE);
    }
}

/* What one finding asks is kept for the next: else the repository's memory is used up, and what is
 * asked last is not found. */
static void hundreds_of_findings_do_not_wear_a_repository_out(void **state)
{
    CLEANUP(buf_done) struct buf text = BUF(HCL_FILE_MAX_BYTES);
    const int n = 1000;
    const int findings = 500;
    struct hcl_match matches[2];
    char arn[128];

    (void)state;
    buf_text(&text, "provider \"aws\" { region = \"eu-west-1\" }\nvariable \"suffix\" {}\n");
    for (int i = 0; i < n; i++)
        buf_print(&text,
                  "resource \"aws_vpc\" \"v%d\" {}\n"
                  "import {\n  to = aws_vpc.v%d\n  id = \"vpc-%d\"\n}\n"
                  "resource \"aws_s3_bucket\" \"b%d\" { bucket = \"b-${var.suffix}\" }\n",
                  i, i, i, i);
    const struct made_file file = {"main.tf", buf_str(&text)};
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(&file, 1);
    struct hcl_module *root = hcl_make_open(repo, "");
    const struct hcl_query query = {.arn = arn};
    for (int i = 0; i < findings; i++) {
        snprintf(arn, sizeof arn, ARN("ec2", "vpc/vpc-%d"), n - 1 - i);
        assert_int_equal(hcl_locate(root, &query, matches, COUNT(matches)), 1);
        assert_int_equal(matches[0].certainty, HCL_SURE);
        snprintf(arn, sizeof arn, ARN("ec2", "vpc/vpc-of-others-%d"), i);
        assert_int_equal(hcl_locate(root, &query, matches, COUNT(matches)), n);
        snprintf(arn, sizeof arn, "arn:aws:s3:::b-%d", i);
        assert_int_equal(hcl_locate(root, &query, matches, COUNT(matches)), n);
        assert_has(matches[1].how, "bucket = \"b-");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_evidence_is_weighed),
        cmocka_unit_test(many_resources_are_searched_once),
        cmocka_unit_test(hundreds_of_findings_do_not_wear_a_repository_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
