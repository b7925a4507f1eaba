resource "aws_api_gateway_method_settings" "main" {
  for_each = toset(["blue", "green"])

  rest_api_id = "a1b2c3d4e5"
  stage_name  = "main"
  method_path = "*/*"

  settings {
    metrics_enabled = true
    logging_level   = "OFF"
  }
}
