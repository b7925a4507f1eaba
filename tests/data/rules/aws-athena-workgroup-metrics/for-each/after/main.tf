resource "aws_athena_workgroup" "analysts" {
  for_each = {
    first  = { publish_cloudwatch_metrics_enabled = true }
    second = { publish_cloudwatch_metrics_enabled = true }
  }

  name = each.key

  configuration {
    publish_cloudwatch_metrics_enabled = each.value.publish_cloudwatch_metrics_enabled
  }
}
