resource "aws_api_gateway_stage" "main" {
  rest_api_id   = "a1b2c3d4e5"
  deployment_id = "x1y2z3"
  stage_name    = "main"
}

resource "aws_api_gateway_method_settings" "main_2" {
  stage_name = aws_api_gateway_stage.main.stage_name

  rest_api_id = aws_api_gateway_stage.main.rest_api_id
  method_path = "*/*"

  settings {
    logging_level      = "ERROR"
    metrics_enabled    = true
    data_trace_enabled = false
  }
}

resource "aws_api_gateway_method_settings" "main" {
  rest_api_id = aws_api_gateway_stage.main.rest_api_id
  stage_name  = aws_api_gateway_stage.main.stage_name
  method_path = "orders/GET"

  settings {
    logging_level = "ERROR"
  }
}
