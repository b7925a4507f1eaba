# shellcheck shell=bash
# A sensible literal for every input that a rule of our packs asks for, as `plumb fix` takes it. Sourced.
#
#   inputs_fill PLUMB     sets `inputs` to the arguments; an input that has no literal here is an error

inputs_known='access_log_group_arn "arn:aws:logs:eu-west-1:111122223333:log-group:api-access"
alarm_topic_arn "arn:aws:sns:eu-west-1:111122223333:alarms"
approved_cidrs ["10.20.0.0/16"]
approved_egress_cidrs ["10.20.0.0/16"]
approved_egress_ipv6_cidrs ["fd00:20::/32"]
approved_ipv6_cidrs ["fd00:20::/32"]
cache_user_group_id "cache-users"
certificate_arn "arn:aws:acm:eu-west-1:111122223333:certificate/12345678-1234-1234-1234-123456789012"
cloudfront_certificate_arn "arn:aws:acm:us-east-1:111122223333:certificate/12345678-1234-1234-1234-123456789012"
cloudfront_log_bucket "acme-logs.s3.amazonaws.com"
cloudfront_web_acl_arn "arn:aws:wafv2:us-east-1:111122223333:global/webacl/edge/12345678-1234-1234-1234-123456789012"
cloudtrail_log_group_arn "arn:aws:logs:eu-west-1:111122223333:log-group:trail:*"
cloudtrail_log_role_arn "arn:aws:iam::111122223333:role/trail"
contains_user_data "true"
dead_letter_arn "arn:aws:sqs:eu-west-1:111122223333:dead-letters"
description "The shop of the company"
ec2_endpoint_service "com.amazonaws.eu-west-1.ec2"
endpoint_security_group_ids ["sg-0123456789abcdef0"]
endpoint_subnet_ids ["subnet-0123456789abcdef0"]
jwt_authorizer_id "a1b2c3"
kms_key_arn "arn:aws:kms:eu-west-1:111122223333:key/12345678-1234-1234-1234-123456789012"
kms_key_policy jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "kms:*", Resource = "*" }] })
lambda_principal "111122223333"
lambda_security_group_ids ["sg-0123456789abcdef0"]
lambda_subnet_ids ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
log_bucket "acme-logs"
monitoring_role_arn "arn:aws:iam::111122223333:role/rds-monitoring"
opensearch_log_group_arn "arn:aws:logs:eu-west-1:111122223333:log-group:search"
opensearch_master_user_arn "arn:aws:iam::111122223333:role/search-admin"
origin_access_control_id "E1A2B3C4D5"
owner "platform@example.com"
query_log_group_arn "arn:aws:logs:us-east-1:111122223333:log-group:/aws/route53/queries"
replication_bucket_arn "arn:aws:s3:::acme-copies"
replication_role_arn "arn:aws:iam::111122223333:role/s3-replication"
rotation_lambda_arn "arn:aws:lambda:eu-west-1:111122223333:function:rotate"
source_account_id "111122223333"
state_machine_log_destination "arn:aws:logs:eu-west-1:111122223333:log-group:states:*"
web_acl_arn "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/shop/12345678-1234-1234-1234-123456789012"'

inputs_fill() {
    local name literal missing
    inputs=()
    while IFS=' ' read -r name literal; do
        inputs+=(--input "$name=$literal")
    done <<<"$inputs_known"
    missing=$(LC_ALL=C comm -13 <(cut -d' ' -f1 <<<"$inputs_known" | LC_ALL=C sort) \
        <("$1" rules list --format json | jq -r '.[].inputs[] | if type == "object" then .name else . end' | LC_ALL=C sort -u))
    [[ -z $missing ]] || {
        echo "no literal in tests/rules/inputs.bash for: ${missing//$'\n'/ }" >&2
        exit 1
    }
}
