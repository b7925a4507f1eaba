resource "aws_athena_workgroup" "analysts" {
  name = "analysts"

  dynamic "configuration" {
    for_each = [1]
    content {
      publish_cloudwatch_metrics_enabled = false
    }
  }
}
