variable "log_group_arn" {
  type = string
}

resource "aws_api_gateway_stage" "main" {
  rest_api_id   = "a1b2c3d4e5"
  deployment_id = "x1y2z3"
  stage_name    = "main"

  access_log_settings {
    destination_arn = var.log_group_arn
    format          = "$context.requestId"
  }
}
