variable "groups" {
  type = map(object({ days = number }))
  default = {
    api = {
      days = 30
    }
    worker = {
      days = 400
    }
    cron = {
      days = 7
    }
  }
}

resource "aws_cloudwatch_log_group" "all" {
  for_each          = var.groups
  name              = "/${each.key}"
  retention_in_days = each.value.days
}
