resource "aws_api_gateway_method_settings" "main" {
  rest_api_id = "a1b2c3d4e5"
  stage_name  = "main"
  method_path = "orders/GET"

  settings {
    logging_level = "OFF"
  }
}

resource "aws_api_gateway_method_settings" "all" {
  rest_api_id = "a1b2c3d4e5"
  stage_name  = "main"
  method_path = "*/*"

  settings {
    logging_level = "INFO"
  }
}
