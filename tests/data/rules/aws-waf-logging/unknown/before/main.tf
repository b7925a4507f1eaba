data "aws_ssm_parameter" "choice" {
  name = "/choice"
}

resource "aws_wafv2_web_acl" "main" {
  name  = "main"
  scope = "REGIONAL"

  default_action {
    allow {}
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = "main"
    sampled_requests_enabled   = true
  }
}

resource "aws_wafv2_web_acl_logging_configuration" "main" {
  resource_arn            = data.aws_ssm_parameter.choice.value
  log_destination_configs = ["arn:aws:s3:::aws-waf-logs-acme"]
}
