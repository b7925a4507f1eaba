/* The type table: sorted by type, one row each. What the columns mean stands in types.h. */
#include "worker/hcl/types.h"

static const struct hcl_type_row TYPES[] = {
    {"aws_accessanalyzer_analyzer", "analyzer_name"},
    {"aws_acm_certificate", "domain_name"},
    {"aws_alb", "name ^name_prefix"},
    {"aws_alb_listener", ""},
    {"aws_alb_target_group", "name ^name_prefix"},
    {"aws_ami", "name"},
    {"aws_amplify_app", "name"},
    {"aws_api_gateway_account", ""},
    {"aws_api_gateway_domain_name", "domain_name"},
    {"aws_api_gateway_method_settings", ""},
    {"aws_api_gateway_rest_api", "name"},
    {"aws_api_gateway_stage", "stage_name"},
    {"aws_apigatewayv2_api", "name"},
    {"aws_apigatewayv2_domain_name", "domain_name"},
    {"aws_apigatewayv2_route", "route_key"},
    {"aws_apigatewayv2_stage", "name"},
    {"aws_apprunner_service", "service_name"},
    {"aws_appsync_graphql_api", "name"},
    {"aws_athena_workgroup", "name"},
    {"aws_autoscaling_group", "name ^name_prefix"},
    {"aws_backup_plan", "name"},
    {"aws_backup_vault", "name"},
    {"aws_batch_compute_environment", "name compute_environment_name"},
    {"aws_batch_job_definition", "name"},
    {"aws_batch_job_queue", "name"},
    {"aws_cloudformation_stack", "name"},
    {"aws_cloudfront_distribution", "comment tags.Name"},
    {"aws_cloudtrail", "name"},
    {"aws_cloudwatch_dashboard", "dashboard_name"},
    {"aws_cloudwatch_event_bus", "name"},
    {"aws_cloudwatch_event_rule", "name ^name_prefix"},
    {"aws_cloudwatch_log_group", "name ^name_prefix"},
    {"aws_cloudwatch_metric_alarm", "alarm_name"},
    {"aws_codeartifact_repository", "repository"},
    {"aws_codebuild_project", "name"},
    {"aws_codecommit_repository", "repository_name"},
    {"aws_codedeploy_app", "name"},
    {"aws_codepipeline", "name"},
    {"aws_cognito_user_pool", "name"},
    {"aws_config_config_rule", "name"},
    {"aws_config_configuration_recorder", "name"},
    {"aws_customer_gateway", "tags.Name"},
    {"aws_datasync_task", "name"},
    {"aws_dax_cluster", "cluster_name"},
    {"aws_db_cluster_snapshot", "db_cluster_snapshot_identifier"},
    {"aws_db_event_subscription", "name ^name_prefix"},
    {"aws_db_instance", "identifier ^identifier_prefix"},
    {"aws_db_option_group", "name ^name_prefix"},
    {"aws_db_parameter_group", "name ^name_prefix"},
    {"aws_db_proxy", "name"},
    {"aws_db_snapshot", "db_snapshot_identifier"},
    {"aws_db_subnet_group", "name ^name_prefix"},
    {"aws_default_network_acl", "tags.Name"},
    {"aws_default_security_group", "tags.Name"},
    {"aws_default_vpc", "tags.Name"},
    {"aws_dms_endpoint", "endpoint_id"},
    {"aws_dms_replication_instance", "replication_instance_id"},
    {"aws_docdb_cluster", "cluster_identifier ^cluster_identifier_prefix"},
    {"aws_docdb_cluster_instance", "identifier ^identifier_prefix"},
    {"aws_dynamodb_table", "name"},
    {"aws_ebs_encryption_by_default", ""},
    {"aws_ebs_snapshot", "tags.Name"},
    {"aws_ebs_volume", "tags.Name"},
    {"aws_ec2_transit_gateway", "tags.Name description"},
    {"aws_ecr_repository", "name"},
    {"aws_ecs_cluster", "name"},
    {"aws_ecs_service", "name"},
    {"aws_ecs_task_definition", "family"},
    {"aws_efs_access_point", "tags.Name"},
    {"aws_efs_file_system", "creation_token tags.Name"},
    {"aws_eip", "tags.Name"},
    {"aws_eks_cluster", "name"},
    {"aws_eks_fargate_profile", "fargate_profile_name"},
    {"aws_eks_node_group", "node_group_name ^node_group_name_prefix"},
    {"aws_elastic_beanstalk_application", "name"},
    {"aws_elastic_beanstalk_environment", "name"},
    {"aws_elasticache_cluster", "cluster_id"},
    {"aws_elasticache_parameter_group", "name"},
    {"aws_elasticache_replication_group", "replication_group_id"},
    {"aws_elasticache_subnet_group", "name"},
    {"aws_elasticsearch_domain", "domain_name"},
    {"aws_elb", "name ^name_prefix"},
    {"aws_emr_cluster", "name"},
    {"aws_flow_log", "tags.Name"},
    {"aws_fsx_lustre_file_system", "tags.Name"},
    {"aws_globalaccelerator_accelerator", "name"},
    {"aws_glue_catalog_database", "name"},
    {"aws_glue_catalog_table", "name"},
    {"aws_glue_crawler", "name"},
    {"aws_glue_job", "name"},
    {"aws_guardduty_detector", "tags.Name"},
    {"aws_iam_access_key", "user"},
    {"aws_iam_account_password_policy", ""},
    {"aws_iam_group", "name"},
    {"aws_iam_instance_profile", "name ^name_prefix"},
    {"aws_iam_openid_connect_provider", "url"},
    {"aws_iam_policy", "name ^name_prefix"},
    {"aws_iam_role", "name ^name_prefix"},
    {"aws_iam_saml_provider", "name"},
    {"aws_iam_server_certificate", "name ^name_prefix"},
    {"aws_iam_user", "name"},
    {"aws_instance", "tags.Name"},
    {"aws_internet_gateway", "tags.Name"},
    {"aws_key_pair", "key_name ^key_name_prefix"},
    {"aws_kinesis_firehose_delivery_stream", "name"},
    {"aws_kinesis_stream", "name"},
    {"aws_kinesis_video_stream", "name"},
    {"aws_kinesisanalyticsv2_application", "name"},
    {"aws_kms_alias", "name ^name_prefix"},
    {"aws_kms_key", "tags.Name description"},
    {"aws_lambda_alias", "name"},
    {"aws_lambda_function", "function_name"},
    {"aws_lambda_layer_version", "layer_name"},
    {"aws_launch_configuration", "name ^name_prefix"},
    {"aws_launch_template", "name ^name_prefix"},
    {"aws_lb", "name ^name_prefix"},
    {"aws_lb_listener", ""},
    {"aws_lb_target_group", "name ^name_prefix"},
    {"aws_memorydb_cluster", "name ^name_prefix"},
    {"aws_mq_broker", "broker_name"},
    {"aws_msk_cluster", "cluster_name"},
    {"aws_nat_gateway", "tags.Name"},
    {"aws_neptune_cluster", "cluster_identifier ^cluster_identifier_prefix"},
    {"aws_neptune_cluster_instance", "identifier ^identifier_prefix"},
    {"aws_network_acl", "tags.Name"},
    {"aws_network_interface", "tags.Name"},
    {"aws_networkfirewall_firewall", "name"},
    {"aws_networkfirewall_firewall_policy", "name"},
    {"aws_opensearch_domain", "domain_name"},
    {"aws_qldb_ledger", "name"},
    {"aws_ram_resource_share", "name"},
    {"aws_rds_cluster", "cluster_identifier ^cluster_identifier_prefix"},
    {"aws_rds_cluster_instance", "identifier ^identifier_prefix"},
    {"aws_rds_cluster_parameter_group", "name ^name_prefix"},
    {"aws_rds_global_cluster", "global_cluster_identifier"},
    {"aws_redshift_cluster", "cluster_identifier"},
    {"aws_redshift_parameter_group", "name"},
    {"aws_redshift_subnet_group", "name"},
    {"aws_redshiftserverless_namespace", "namespace_name"},
    {"aws_redshiftserverless_workgroup", "workgroup_name"},
    {"aws_route53_health_check", "reference_name tags.Name"},
    {"aws_route53_zone", "name"},
    {"aws_route_table", "tags.Name"},
    {"aws_s3_access_point", "name"},
    {"aws_s3_account_public_access_block", ""},
    {"aws_s3_bucket", "bucket ^bucket_prefix"},
    {"aws_sagemaker_domain", "domain_name"},
    {"aws_sagemaker_endpoint", "name"},
    {"aws_sagemaker_model", "name"},
    {"aws_sagemaker_notebook_instance", "name"},
    {"aws_secretsmanager_secret", "name ^name_prefix"},
    {"aws_security_group", "name ^name_prefix tags.Name"},
    {"aws_ses_domain_identity", "domain"},
    {"aws_sfn_activity", "name"},
    {"aws_sfn_state_machine", "name ^name_prefix"},
    {"aws_sns_topic", "name ^name_prefix"},
    {"aws_sns_topic_subscription", ""},
    {"aws_sqs_queue", "name ^name_prefix"},
    {"aws_ssm_document", "name"},
    {"aws_ssm_parameter", "name"},
    {"aws_storagegateway_gateway", "gateway_name"},
    {"aws_subnet", "tags.Name"},
    {"aws_transfer_server", "tags.Name"},
    {"aws_volume_attachment", ""},
    {"aws_vpc", "tags.Name"},
    {"aws_vpc_endpoint", "tags.Name"},
    {"aws_vpc_endpoint_service", "tags.Name"},
    {"aws_vpc_peering_connection", "tags.Name"},
    {"aws_vpc_security_group_egress_rule", "tags.Name"},
    {"aws_vpc_security_group_ingress_rule", "tags.Name"},
    {"aws_vpn_connection", "tags.Name"},
    {"aws_wafregional_web_acl", "name"},
    {"aws_wafv2_ip_set", "name"},
    {"aws_wafv2_rule_group", "name"},
    {"aws_wafv2_web_acl", "name"},
    {"aws_workspaces_workspace", "user_name"},
    {"aws_xray_encryption_config", ""},
};

/* One ARN or one word covers every type of a family. */
static const char *const FAMILIES[][5] = {
    {"aws_rds_cluster", "aws_docdb_cluster", "aws_neptune_cluster"},
    {"aws_db_instance", "aws_rds_cluster_instance", "aws_docdb_cluster_instance",
     "aws_neptune_cluster_instance"},
    {"aws_opensearch_domain", "aws_elasticsearch_domain"},
    {"aws_lb", "aws_alb"},
    {"aws_lb_listener", "aws_alb_listener"},
    {"aws_lb_target_group", "aws_alb_target_group"},
    {"aws_security_group", "aws_default_security_group"},
    {"aws_vpc", "aws_default_vpc"},
    {"aws_network_acl", "aws_default_network_acl"},
    {"aws_elasticache_cluster", "aws_elasticache_replication_group"},
    {"aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule",
     "aws_security_group_rule"},
};

/* Resources that only configure another one; a finding names the other. */
static const char *const PARENTS[][2] = {
    {"aws_api_gateway_method_settings", "aws_api_gateway_stage"},
    {"aws_dynamodb_table_item", "aws_dynamodb_table"},
    {"aws_ecr_lifecycle_policy", "aws_ecr_repository"},
    {"aws_ecr_repository_policy", "aws_ecr_repository"},
    {"aws_ecs_cluster_capacity_providers", "aws_ecs_cluster"},
    {"aws_efs_backup_policy", "aws_efs_file_system"},
    {"aws_efs_file_system_policy", "aws_efs_file_system"},
    {"aws_kms_key_policy", "aws_kms_key"},
    {"aws_lambda_permission", "aws_lambda_function"},
    {"aws_redshift_logging", "aws_redshift_cluster"},
    {"aws_s3_bucket_acl", "aws_s3_bucket"},
    {"aws_s3_bucket_cors_configuration", "aws_s3_bucket"},
    {"aws_s3_bucket_lifecycle_configuration", "aws_s3_bucket"},
    {"aws_s3_bucket_logging", "aws_s3_bucket"},
    {"aws_s3_bucket_notification", "aws_s3_bucket"},
    {"aws_s3_bucket_object_lock_configuration", "aws_s3_bucket"},
    {"aws_s3_bucket_ownership_controls", "aws_s3_bucket"},
    {"aws_s3_bucket_policy", "aws_s3_bucket"},
    {"aws_s3_bucket_public_access_block", "aws_s3_bucket"},
    {"aws_s3_bucket_replication_configuration", "aws_s3_bucket"},
    {"aws_s3_bucket_server_side_encryption_configuration", "aws_s3_bucket"},
    {"aws_s3_bucket_versioning", "aws_s3_bucket"},
    {"aws_s3_bucket_website_configuration", "aws_s3_bucket"},
    {"aws_secretsmanager_secret_policy", "aws_secretsmanager_secret"},
    {"aws_secretsmanager_secret_rotation", "aws_secretsmanager_secret"},
    {"aws_sns_topic_policy", "aws_sns_topic"},
    {"aws_sqs_queue_policy", "aws_sqs_queue"},
};

static int by_type(const void *key, const void *row)
{
    return strcmp(key, ((const struct hcl_type_row *)row)->type);
}

const struct hcl_type_row *hcl_type_find(const char *type)
{
    return bsearch(type, TYPES, COUNT(TYPES), sizeof TYPES[0], by_type);
}

size_t hcl_type_count(void)
{
    return COUNT(TYPES);
}

const struct hcl_type_row *hcl_type_at(size_t i)
{
    return &TYPES[i];
}

static bool family_has(const char *const *family, const char *type)
{
    for (size_t i = 0; i < COUNT(FAMILIES[0]) && family[i] != NULL; i++)
        if (str_eq(family[i], type))
            return true;
    return false;
}

bool hcl_type_fits(const char *wanted, const char *actual)
{
    if (str_eq(wanted, actual))
        return true;
    for (size_t i = 0; i < COUNT(FAMILIES); i++)
        if (family_has(FAMILIES[i], wanted) && family_has(FAMILIES[i], actual))
            return true;
    return false;
}

const char *hcl_type_parent(const char *type)
{
    for (size_t i = 0; i < COUNT(PARENTS); i++)
        if (str_eq(PARENTS[i][0], type))
            return PARENTS[i][1];
    return NULL;
}
