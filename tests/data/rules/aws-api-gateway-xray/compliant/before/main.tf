resource "aws_api_gateway_stage" "main" {
  xray_tracing_enabled = true
}
