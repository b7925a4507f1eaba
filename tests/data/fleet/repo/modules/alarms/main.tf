variable "prefix" {
  type = string
}

variable "topic_arn" {
  type = string
}

variable "alarms" {
  type = map(object({
    namespace  = string
    metric     = string
    threshold  = number
    dimensions = map(string)
  }))
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = var.alarms

  alarm_name          = "${var.prefix} ${each.key}"
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  statistic           = "Average"
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  period              = 60
  evaluation_periods  = 5
  dimensions          = each.value.dimensions
  alarm_actions       = [var.topic_arn]
}
