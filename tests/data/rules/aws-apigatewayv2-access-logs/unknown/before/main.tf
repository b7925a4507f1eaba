data "aws_ssm_parameter" "choice" {
  name = "/choice"
}

resource "aws_apigatewayv2_stage" "main" {
  api_id = "a1b2c3d4e5"
  name   = "$default"

  access_log_settings {
    destination_arn = data.aws_ssm_parameter.choice.value
    format          = "$context.requestId"
  }
}
