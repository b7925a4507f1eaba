variable "publish_cloudwatch_metrics_enabled" {
  type = bool
}

resource "aws_athena_workgroup" "analysts" {
  name = "analysts"

  configuration {
    publish_cloudwatch_metrics_enabled = var.publish_cloudwatch_metrics_enabled
  }
}
