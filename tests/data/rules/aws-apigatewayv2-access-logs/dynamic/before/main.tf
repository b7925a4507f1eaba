variable "log_groups" {
  type    = list(string)
  default = []
}

resource "aws_apigatewayv2_stage" "main" {
  api_id = "a1b2c3d4e5"
  name   = "$default"

  dynamic "access_log_settings" {
    for_each = var.log_groups
    content {
      destination_arn = access_log_settings.value
      format          = "$context.requestId"
    }
  }
}
