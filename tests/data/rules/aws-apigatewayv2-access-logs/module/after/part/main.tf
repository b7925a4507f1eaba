variable "log_group_arn" {
  type = string
}

resource "aws_apigatewayv2_stage" "main" {
  api_id = "a1b2c3d4e5"
  name   = "$default"

  access_log_settings {
    destination_arn = var.log_group_arn
    format          = "$context.requestId"
  }
}
