variable "log_group_arn" {
  type    = string
  default = "arn:aws:logs:eu-west-1:111122223333:log-group:access"
}

resource "aws_apigatewayv2_stage" "main" {
  api_id = "a1b2c3d4e5"
  name   = "$default"

  access_log_settings {
    destination_arn = var.log_group_arn
    format          = "$context.requestId"
  }
}
