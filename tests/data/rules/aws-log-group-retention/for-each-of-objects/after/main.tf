variable "groups" {
  type = map(object({ days = number }))
  default = {
    api = {
      days = 365
    }
    worker = {
      days = 400
    }
    cron = {
      days = 365
    }
  }
}

resource "aws_cloudwatch_log_group" "all" {
  for_each          = var.groups
  name              = "/${each.key}"
  retention_in_days = each.value.days
}
