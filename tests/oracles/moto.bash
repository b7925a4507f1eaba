# shellcheck shell=bash
# A private moto_server on loopback, and how terraform reaches it: for scripts to source.
#
#   moto_needed        exit 77 with a SKIPPED line when terraform, the provider's mirror or moto is absent
#   moto_start WORK    starts it; sets moto_url; its log and the CLI's settings lie in WORK; exports what terraform reads;
#                      returns 1 when moto ends or says no port
#   moto_provider      prints the provider block
#   moto_stop
#
# TERRAFORM_PROVIDER_MIRROR: where the provider is. AWS_REGION: eu-west-1 when it is not set.
moto_here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
moto_server=
moto_url=

skip() {
    echo "SKIPPED: $1"
    exit 77
}

moto_needed() {
    moto=$(command -v moto_server || true)
    [[ -n $moto ]] || moto=$moto_here/../../build/oracles/moto/bin/moto_server
    [[ -x $moto ]] || skip "there is no moto_server; tests/oracles/moto-setup installs it"
    command -v terraform >/dev/null || skip "there is no terraform"
    [[ -n ${TERRAFORM_PROVIDER_MIRROR:-} ]] || skip "TERRAFORM_PROVIDER_MIRROR is not set"
    compgen -G "$TERRAFORM_PROVIDER_MIRROR/*/hashicorp/aws" >/dev/null ||
        skip "$TERRAFORM_PROVIDER_MIRROR has no AWS provider"
}

moto_start() {
    local work=$1 port= i
    # Port 0: the system gives one that nobody has, and the server says which. PYTHONUNBUFFERED, or it says so too late.
    : >"$work/moto.log" # the loop below may be sooner than the server's own redirection
    PYTHONUNBUFFERED=1 MOTO_ENABLE_ISO_REGIONS=false MOTO_IAM_LOAD_MANAGED_POLICIES=true "$moto" -H 127.0.0.1 -p 0 \
        >"$work/moto.log" 2>&1 &
    moto_server=$!
    for ((i = 0; i < 1800 && ${#port} == 0; i++)); do
        kill -0 "$moto_server" 2>/dev/null || { cat "$work/moto.log" >&2; return 1; }
        port=$(sed -n 's/.*http:\/\/127\.0\.0\.1:\([0-9]*\).*/\1/p' "$work/moto.log" | head -1)
        [[ -n $port ]] || sleep 0.1
    done
    [[ -n $port ]] || { echo "moto_server did not say its port" >&2; return 1; }
    moto_url=http://127.0.0.1:$port
    printf 'provider_installation {\n  filesystem_mirror {\n    path = "%s"\n  }\n}\n' "$TERRAFORM_PROVIDER_MIRROR" \
        >"$work/rc"
    export TF_CLI_CONFIG_FILE=$work/rc CHECKPOINT_DISABLE=1 TF_IN_AUTOMATION=1 AWS_EC2_METADATA_DISABLED=true
}

moto_stop() {
    [[ -n $moto_server ]] || return 0
    kill "$moto_server" 2>/dev/null || true
    wait "$moto_server" 2>/dev/null || true
    moto_server=
}

# What the provider asks for, all at one address.
moto_provider() {
    local service services="accessanalyzer acm apigateway apigatewayv2 appautoscaling appsync athena autoscaling backup batch
        cloudformation cloudfront cloudtrail cloudwatch codebuild codecommit codedeploy codepipeline cognitoidentity
        cognitoidp configservice dax dms docdb dynamodb ec2 ecr ecs efs eks elasticache elasticbeanstalk
        elasticsearch elb elbv2 emr events firehose glue guardduty iam kafka kinesis kms lambda logs memorydb mq
        neptune opensearch organizations pipes ram rds redshift redshiftserverless resourcegroups
        resourcegroupstaggingapi route53 route53resolver s3 s3control sagemaker scheduler secretsmanager
        servicediscovery ses sesv2 sfn sns sqs ssm ssoadmin sts synthetics transfer wafv2 workspaces xray"
    cat <<EOF
provider "aws" {
  region                      = "${AWS_REGION:-eu-west-1}"
  max_retries                 = 2
  access_key                  = "x"
  secret_key                  = "x"
  s3_use_path_style           = true
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = false
  skip_region_validation      = true

  endpoints {
EOF
    for service in $services; do echo "    $service = \"$moto_url\""; done
    printf '  }\n}\n'
}
