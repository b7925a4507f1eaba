locals {
  parts = {
    a = { wanted = true }
    b = { wanted = false }
  }
}

resource "aws_config_configuration_recorder_status" "all" {
  for_each = local.parts

  name       = each.key
  is_enabled = each.value.wanted
}
