resource "aws_apigatewayv2_stage" "main" {
  api_id = "a1b2c3d4e5"
  name   = "$default"
}
