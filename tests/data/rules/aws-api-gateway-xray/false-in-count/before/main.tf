resource "aws_api_gateway_stage" "main" {
  count = 2

  rest_api_id   = "a1b2c3d4e5"
  deployment_id = "x1y2z3"
  stage_name    = "main-${count.index}"

  xray_tracing_enabled = false
}
