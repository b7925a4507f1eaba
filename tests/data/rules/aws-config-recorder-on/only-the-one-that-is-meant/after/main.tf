resource "aws_config_configuration_recorder_status" "main" {
  name = "default"
  # is_enabled = true
  is_enabled = true
}

resource "aws_config_configuration_recorder_status" "other" {
  name       = "default"
  is_enabled = false
}
