resource "aws_wafv2_web_acl" "main" {
  for_each = toset(["a", "b"])

  name  = each.key
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
  for_each = aws_wafv2_web_acl.main

  resource_arn = each.value.arn

  log_destination_configs = [aws_cloudwatch_log_group.main_waf_log[each.key].arn]
}

resource "aws_cloudwatch_log_group" "main_waf_log" {
  for_each = aws_wafv2_web_acl.main

  name              = "aws-waf-logs-${each.value.name}"
  retention_in_days = 365
}
