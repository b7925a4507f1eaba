resource "aws_config_configuration_recorder_status" "main" {
  is_enabled = true
}
