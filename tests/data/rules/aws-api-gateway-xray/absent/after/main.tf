resource "aws_api_gateway_stage" "main" {
  name                 = "main"
  xray_tracing_enabled = true
}
