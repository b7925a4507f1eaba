/* ARNs, type words and the tables behind them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "worker/hcl/locate/locate.h"
#include "worker/hcl/aws/types.h"

struct arn_case {
    const char *arn;
    const char *type;
    const char *name;
    bool is_id;
};

static const struct arn_case ARN_CASES[] = {
    {"arn:aws:s3:::orders-prod-logs", "aws_s3_bucket", "orders-prod-logs", false},
    {"arn:aws:s3:::orders-prod-logs/a/b.gz", "aws_s3_bucket", "orders-prod-logs", false},
    {"arn:aws-us-gov:s3:us-gov-west-1:111122223333:accesspoint/ap", "aws_s3_access_point", "ap",
     false},
    {"arn:aws:rds:eu-west-1:111122223333:db:orders", "aws_db_instance", "orders", false},
    {"arn:aws:rds:eu-west-1:111122223333:cluster:orders", "aws_rds_cluster", "orders", false},
    {"arn:aws:rds:eu-west-1:111122223333:cluster-pg:orders", "aws_rds_cluster_parameter_group",
     "orders", false},
    {"arn:aws:dynamodb:eu-west-1:111122223333:table/carts/index/by-user", "aws_dynamodb_table",
     "carts", false},
    {"arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/pay:*", "aws_cloudwatch_log_group",
     "/aws/lambda/pay", false},
    {"arn:aws:lambda:eu-west-1:111122223333:function:pay:7", "aws_lambda_function", "pay", false},
    {"arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/shop/50dc6c495c0c9188",
     "aws_lb", "shop", false},
    {"arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/old", "aws_elb", "old",
     false},
    {"arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/shop/50dc/f2f7",
     "aws_lb_listener", "f2f7", true},
    {"arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0a1b", "aws_security_group", "sg-0a1b",
     true},
    {"arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab", "aws_kms_key", "1234abcd-12ab", true},
    {"arn:aws:kms:eu-west-1:111122223333:alias/orders", "aws_kms_alias", "orders", false},
    {"arn:aws:iam::111122223333:role/service/app/orders-task", "aws_iam_role", "orders-task",
     false},
    {"arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders/db-a1B2c3",
     "aws_secretsmanager_secret", "orders/db", false},
    {"arn:aws:ecs:eu-west-1:111122223333:service/shop/orders", "aws_ecs_service", "orders", false},
    {"arn:aws:ecr:eu-west-1:111122223333:repository/shop/orders", "aws_ecr_repository",
     "shop/orders", false},
    {"arn:aws:sqs:eu-west-1:111122223333:orders.fifo", "aws_sqs_queue", "orders.fifo", false},
    {"arn:aws:sns:eu-west-1:111122223333:alerts", "aws_sns_topic", "alerts", false},
    {"arn:aws:sns:eu-west-1:111122223333:alerts:0b1c", "aws_sns_topic_subscription", "0b1c", true},
    {"arn:aws:cloudtrail:eu-west-1:111122223333:trail/org", "aws_cloudtrail", "org", false},
    {"arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/edge/ab-cd", "aws_wafv2_web_acl", "edge",
     false},
    {"arn:aws:apigateway:eu-west-1::/restapis/a1b2/stages/live", "aws_api_gateway_stage", "live",
     false},
};

static void an_arn_tells_type_and_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(ARN_CASES); i++) {
        struct hcl_arn arn;
        assert_true(hcl_arn_parse(ARN_CASES[i].arn, &arn));
        assert_string_equal(arn.type, ARN_CASES[i].type);
        assert_string_equal(arn.name, ARN_CASES[i].name);
        assert_int_equal(arn.is_id, ARN_CASES[i].is_id);
        assert_string_equal(hcl_type_of_arn(ARN_CASES[i].arn), ARN_CASES[i].type);
    }
}

static void region_and_account_are_kept(void **state)
{
    struct hcl_arn arn;

    (void)state;
    assert_true(hcl_arn_parse("arn:aws:sqs:eu-west-1:111122223333:q", &arn));
    assert_string_equal(arn.region, "eu-west-1");
    assert_string_equal(arn.account, "111122223333");
}

static void what_is_no_arn_has_no_type(void **state)
{
    static const char *const bad[] = {
        "",
        "arn",
        "arn:",
        "arn:aws",
        "arn:aws:s3",
        "arn:aws:s3:::",
        "arn:gcp:s3:::x",
        "orders-prod",
        "arn:aws:nosuch:eu-west-1:1:thing/x",
        "arn:aws:rds:eu-west-1:1:db:",
        "arn:aws:s3:a-region-name-that-is-far-too-long-to-be-true::x",
        "arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_null(hcl_type_of_arn(bad[i]));
}

static void an_endless_arn_is_refused(void **state)
{
    char arn[HCL_ARN_MAX + 32];

    (void)state;
    memset(arn, 'a', sizeof arn);
    memcpy(arn, "arn:aws:s3:::", 13);
    arn[sizeof arn - 1] = '\0';
    assert_null(hcl_type_of_arn(arn));
}

static void every_source_has_its_word_for_a_type(void **state)
{
    static const char *const words[][2] = {
        {"AWS::S3::Bucket", "aws_s3_bucket"},
        {"AwsS3Bucket", "aws_s3_bucket"},
        {"S3Bucket", "aws_s3_bucket"},
        {"aws_s3_bucket", "aws_s3_bucket"},
        {"AwsRdsDbInstance", "aws_db_instance"},
        {"AWS::RDS::DBInstance", "aws_db_instance"},
        {"AwsEc2SecurityGroup", "aws_security_group"},
        {"AwsElbv2LoadBalancer", "aws_lb"},
        {"AWS::Logs::LogGroup", "aws_cloudwatch_log_group"},
        {"AWS::DynamoDB::Table", "aws_dynamodb_table"},
        {"AwsCloudTrailTrail", "aws_cloudtrail"},
        {"AWS::SQS::Queue", "aws_sqs_queue"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(words); i++)
        assert_string_equal(hcl_type_of_word(words[i][0]), words[i][1]);
    assert_null(hcl_type_of_word("Spaceship"));
    assert_null(hcl_type_of_word(""));
    assert_null(hcl_type_of_word("../../etc"));
}

static void every_row_of_the_type_table_is_found(void **state)
{
    (void)state;
    assert_true(hcl_type_count() >= 150);
    for (size_t i = 0; i < hcl_type_count(); i++) {
        const struct hcl_type_row *row = hcl_type_at(i);
        assert_ptr_equal(hcl_type_find(row->type), row);
        assert_true(hcl_type_fits(hcl_type_of_word(row->type), row->type));
    }
    assert_null(hcl_type_find("aws_nothing"));
}

static void one_arn_form_covers_a_family(void **state)
{
    (void)state;
    assert_true(hcl_type_fits("aws_rds_cluster", "aws_docdb_cluster"));
    assert_true(hcl_type_fits("aws_lb", "aws_alb"));
    assert_false(hcl_type_fits("aws_lb", "aws_elb"));
    assert_string_equal(hcl_type_parent("aws_s3_bucket_versioning"), "aws_s3_bucket");
    assert_null(hcl_type_parent("aws_s3_bucket"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_arn_tells_type_and_name),
        cmocka_unit_test(region_and_account_are_kept),
        cmocka_unit_test(what_is_no_arn_has_no_type),
        cmocka_unit_test(an_endless_arn_is_refused),
        cmocka_unit_test(every_source_has_its_word_for_a_type),
        cmocka_unit_test(every_row_of_the_type_table_is_found),
        cmocka_unit_test(one_arn_form_covers_a_family),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
