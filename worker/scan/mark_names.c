/*
 * What tfsec and Trivy call a check, and the Checkov check that asks for the same. Names and
 * numbers are those of Trivy's own checks (aquasecurity/trivy-checks, checks/cloud/aws); only pairs
 * without doubt stand here. Who accepts that the world comes in has accepted it for every port.
 */
#include <strings.h>

#include "worker/scan/mark_text.h"

struct pair {
    const char *name;
    const char *number; /* of AVD-AWS-0089; "": tfsec's older name, without one */
    const char *checkov;
};

/* clang-format off */
static const struct pair pairs[] = {
    {"aws-apigateway-enable-access-logging", "0001", "CKV_AWS_76"},
    {"aws-apigateway-enable-cache-encryption", "0002", "CKV_AWS_308"},
    {"aws-apigateway-enable-tracing", "0003", "CKV_AWS_73"},
    {"aws-cloudfront-enable-logging", "0010", "CKV_AWS_86"},
    {"aws-cloudfront-enable-waf", "0011", "CKV_AWS_68"},
    {"aws-cloudfront-enforce-https", "0012", "CKV_AWS_34"},
    {"aws-cloudfront-use-secure-tls-policy", "0013", "CKV_AWS_174"},
    {"aws-cloudtrail-enable-all-regions", "0014", "CKV_AWS_67"},
    {"aws-cloudtrail-enable-log-validation", "0016", "CKV_AWS_36"},
    {"aws-cloudtrail-encryption-customer-managed-key", "0015", "CKV_AWS_35"},
    {"aws-cloudwatch-log-group-customer-key", "0017", "CKV_AWS_158"},
    {"aws-documentdb-enable-log-export", "0020", "CKV_AWS_85"},
    {"aws-documentdb-enable-storage-encryption", "0021", "CKV_AWS_74"},
    {"aws-documentdb-encryption-customer-key", "0022", "CKV_AWS_182"},
    {"aws-dynamodb-enable-recovery", "0024", "CKV_AWS_28"},
    {"aws-dynamodb-table-customer-key", "0025", "CKV_AWS_119"},
    {"aws-ec2-add-description-to-security-group-rule", "0124", "CKV_AWS_23"},
    {"aws-ec2-enable-volume-encryption", "0026", "CKV_AWS_3"},
    {"aws-ec2-enforce-http-token-imds", "0028", "CKV_AWS_79"},
    {"aws-ec2-enforce-launch-config-http-token-imds", "0130", "CKV_AWS_79"},
    {"aws-ec2-no-public-ingress-sgr", "0107", "CKV_AWS_24"},
    {"aws-ec2-no-public-ingress-sgr", "0107", "CKV_AWS_25"},
    {"aws-ec2-no-public-ingress-sgr", "0107", "CKV_AWS_260"},
    {"aws-ec2-no-public-ip-subnet", "0164", "CKV_AWS_130"},
    {"aws-ec2-require-vpc-flow-logs-for-all-vpcs", "0178", "CKV2_AWS_11"},
    {"aws-ec2-volume-encryption-customer-key", "0027", "CKV_AWS_189"},
    {"aws-ecr-enable-image-scans", "0030", "CKV_AWS_163"},
    {"aws-ecr-enforce-immutable-repository", "0031", "CKV_AWS_51"},
    {"aws-ecr-repository-customer-key", "0033", "CKV_AWS_136"},
    {"aws-ecs-enable-container-insight", "0034", "CKV_AWS_65"},
    {"aws-ecs-enable-in-transit-encryption", "0035", "CKV_AWS_97"},
    {"aws-efs-enable-at-rest-encryption", "0037", "CKV_AWS_42"},
    {"aws-eks-enable-control-plane-logging", "0038", "CKV_AWS_37"},
    {"aws-eks-encrypt-secrets", "0039", "CKV_AWS_58"},
    {"aws-eks-no-public-cluster-access", "0040", "CKV_AWS_39"},
    {"aws-eks-no-public-cluster-access-to-cidr", "0041", "CKV_AWS_38"},
    {"aws-elasticache-enable-at-rest-encryption", "0045", "CKV_AWS_29"},
    {"aws-elasticache-enable-backup-retention", "0050", "CKV_AWS_134"},
    {"aws-elasticache-enable-in-transit-encryption", "0051", "CKV_AWS_30"},
    {"aws-elasticsearch-enable-domain-encryption", "0048", "CKV_AWS_5"},
    {"aws-elasticsearch-enable-domain-logging", "0042", "CKV_AWS_84"},
    {"aws-elasticsearch-enable-in-transit-encryption", "0043", "CKV_AWS_6"},
    {"aws-elasticsearch-enforce-https", "0046", "CKV_AWS_83"},
    {"aws-elb-drop-invalid-headers", "0052", "CKV_AWS_131"},
    {"aws-elb-http-not-used", "0054", "CKV_AWS_2"},
    {"aws-elb-use-secure-tls-policy", "0047", "CKV_AWS_103"},
    {"aws-kinesis-enable-in-transit-encryption", "0064", "CKV_AWS_43"},
    {"aws-kms-auto-rotate-keys", "0065", "CKV_AWS_7"},
    {"aws-lambda-enable-tracing", "0066", "CKV_AWS_50"},
    {"aws-mq-no-public-access", "0072", "CKV_AWS_69"},
    {"aws-neptune-enable-log-export", "0075", "CKV_AWS_101"},
    {"aws-neptune-enable-storage-encryption", "0076", "CKV_AWS_44"},
    {"aws-rds-enable-cluster-deletion-protection", "0343", "CKV_AWS_139"},
    {"aws-rds-enable-deletion-protection", "0177", "CKV_AWS_293"},
    {"aws-rds-enable-iam-auth", "0176", "CKV_AWS_161"},
    {"aws-rds-enable-performance-insights", "0133", "CKV_AWS_353"},
    {"aws-rds-enable-public-access", "0180", "CKV_AWS_17"},
    {"aws-rds-encrypt-cluster-storage-data", "0079", "CKV_AWS_96"},
    {"aws-rds-encrypt-instance-storage-data", "0080", "CKV_AWS_16"},
    {"aws-rds-no-public-db-access", "", "CKV_AWS_17"},
    {"aws-rds-specify-backup-retention", "0077", "CKV_AWS_133"},
    {"aws-s3-enable-bucket-encryption", "0088", "CKV_AWS_19"},
    {"aws-s3-enable-bucket-logging", "", "CKV_AWS_18"},
    {"aws-s3-enable-logging", "0089", "CKV_AWS_18"},
    {"aws-s3-enable-versioning", "0090", "CKV_AWS_21"},
    {"aws-s3-encryption-customer-key", "0132", "CKV_AWS_145"},
    {"aws-s3-specify-public-access-block", "0094", "CKV2_AWS_6"},
    {"aws-sns-enable-topic-encryption", "0095", "CKV_AWS_26"},
    {"aws-sqs-enable-queue-encryption", "0096", "CKV_AWS_27"},
    {"aws-ssm-secret-use-customer-key", "0098", "CKV_AWS_149"},
    {"aws-vpc-no-public-ingress-sgr", "", "CKV_AWS_24"},
    {"aws-vpc-no-public-ingress-sgr", "", "CKV_AWS_25"},
    {"aws-vpc-no-public-ingress-sgr", "", "CKV_AWS_260"},
};
/* clang-format on */

static bool is_it(const struct pair *pair, const char *id)
{
    if (strcasecmp(pair->name, id) == 0)
        return true;
    if (strncasecmp(id, "AVD-", 4) == 0)
        id += 4;
    return pair->number[0] != '\0' && strncasecmp(id, "AWS-", 4) == 0 &&
           str_eq(id + 4, pair->number);
}

const char *mark_checkov_id(const char *id, size_t i)
{
    for (size_t at = 0; at < COUNT(pairs); at++)
        if (is_it(&pairs[at], id) && i-- == 0)
            return pairs[at].checkov;
    return NULL;
}
