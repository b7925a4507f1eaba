variable "xray_tracing_enabled" {
  type    = bool
  default = true
}

resource "aws_api_gateway_stage" "main" {
  rest_api_id          = "a1b2c3d4e5"
  deployment_id        = "x1y2z3"
  stage_name           = "main"
  xray_tracing_enabled = var.xray_tracing_enabled
}
