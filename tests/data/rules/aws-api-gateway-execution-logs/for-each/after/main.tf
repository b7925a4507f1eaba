resource "aws_api_gateway_stage" "main" {
  for_each = toset(["blue", "green"])

  rest_api_id   = "a1b2c3d4e5"
  deployment_id = "x1y2z3"
  stage_name    = each.key
}

resource "aws_api_gateway_method_settings" "main" {
  for_each = aws_api_gateway_stage.main

  stage_name = each.value.stage_name

  rest_api_id = each.value.rest_api_id
  method_path = "*/*"

  settings {
    logging_level      = "ERROR"
    metrics_enabled    = true
    data_trace_enabled = false
  }
}
