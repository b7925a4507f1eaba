resource "aws_wafv2_web_acl" "main" {
  provider = aws

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
  provider     = aws
  resource_arn = aws_wafv2_web_acl.main.arn

  log_destination_configs = [aws_cloudwatch_log_group.main_waf_log.arn]
}

resource "aws_cloudwatch_log_group" "main_waf_log" {
  provider          = aws
  name              = "aws-waf-logs-${aws_wafv2_web_acl.main.name}"
  retention_in_days = 365
}
