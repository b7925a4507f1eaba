module "alarms" {
  source = "../../modules/alarms"

  prefix    = local.prefix
  topic_arn = aws_sns_topic.this["alarms"].arn

  alarms = {
    "orders db cpu" = {
      namespace  = "AWS/RDS"
      metric     = "CPUUtilization"
      threshold  = 80
      dimensions = { DBInstanceIdentifier = module.orders_db.identifier }
    }
    "mailer errors" = {
      namespace  = "AWS/Lambda"
      metric     = "Errors"
      threshold  = 0
      dimensions = { FunctionName = module.mailer.name }
    }
    "checkout slow" = {
      namespace  = "AWS/ApplicationELB"
      metric     = "TargetResponseTime"
      threshold  = 2
      dimensions = { TargetGroup = module.service["checkout"].target_group_suffix }
    }
  }
}

resource "aws_cloudwatch_dashboard" "shop" {
  dashboard_name = "${local.prefix}-shop"
  dashboard_body = jsonencode({ widgets = [] })
}

resource "aws_cloudwatch_log_group" "api" {
  for_each = aws_api_gateway_rest_api.this

  name              = "/apigateway/${local.prefix}/${each.key}"
  retention_in_days = 365
}

resource "aws_cloudwatch_log_metric_filter" "denied" {
  name           = "denied"
  pattern        = "AccessDenied"
  log_group_name = aws_cloudwatch_log_group.api["partner"].name

  metric_transformation {
    name      = "Denied"
    namespace = "Lumen"
    value     = "1"
  }
}

resource "aws_ssm_parameter" "this" {
  for_each = {
    "currency"       = "EUR"
    "limits/refunds" = "100"
  }

  name  = "/${var.environment}/shop/${each.key}"
  type  = "String"
  value = each.value
}

resource "aws_ssm_parameter" "motd" {
  name  = "${local.prefix}-motd"
  type  = "String"
  value = "hello"
}

resource "aws_secretsmanager_secret" "this" {
  for_each = toset(["payments", "mail"])

  name                    = "${local.prefix}/${each.key}"
  recovery_window_in_days = 0
}

resource "aws_secretsmanager_secret" "rotated" {
  name_prefix             = "${local.prefix}-rotated-"
  recovery_window_in_days = 0
}

resource "aws_kms_key" "this" {
  for_each = toset(["orders", "backups"])

  description         = "${local.prefix} ${each.key}"
  enable_key_rotation = true
}

resource "aws_kms_alias" "this" {
  for_each = aws_kms_key.this

  name          = "alias/${local.prefix}-${each.key}"
  target_key_id = each.value.key_id
}
