resource "aws_api_gateway_stage" "main" {
  count = 2

  name = "main-${count.index}"

  xray_tracing_enabled = true
}
