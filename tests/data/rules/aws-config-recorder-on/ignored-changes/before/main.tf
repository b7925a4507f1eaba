resource "aws_config_configuration_recorder_status" "main" {
  name       = "default"
  is_enabled = false

  lifecycle {
    ignore_changes = [is_enabled]
  }
}
