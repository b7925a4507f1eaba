resource "aws_apigatewayv2_stage" "main" {
  for_each = toset(["a", "b"])

  api_id = "a1b2c3d4e5"
  name   = "$default"
}
