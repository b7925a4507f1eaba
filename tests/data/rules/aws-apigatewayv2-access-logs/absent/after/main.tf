resource "aws_apigatewayv2_stage" "main" {
  api_id = "a1b2c3d4e5"
  name   = "$default"

  access_log_settings {
    destination_arn = "arn:aws:logs:eu-west-1:111122223333:log-group:access"
    format          = "$context.identity.sourceIp [$context.requestTime] \"$context.routeKey\" $context.status $context.responseLength $context.requestId"
  }
}
