locals {
  days = {
    api  = 30
    cron = 365
  }
}

resource "aws_cloudwatch_log_group" "all" {
  for_each          = local.days
  name              = "/${each.key}"
  retention_in_days = each.value
}
