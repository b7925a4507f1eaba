resource "aws_api_gateway_stage" "main" {
  for_each = toset(["a", "b"])

  rest_api_id   = "a1b2c3d4e5"
  deployment_id = "x1y2z3"
  stage_name    = "main"

  access_log_settings {
    destination_arn = "arn:aws:logs:eu-west-1:111122223333:log-group:access"
    format          = "$context.identity.sourceIp $context.identity.caller $context.identity.user [$context.requestTime] \"$context.httpMethod $context.resourcePath $context.protocol\" $context.status $context.responseLength $context.requestId"
  }
}
