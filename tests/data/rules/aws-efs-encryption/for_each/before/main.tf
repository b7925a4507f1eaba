locals {
  systems = { a = true, b = false }
}

resource "aws_efs_file_system" "all" {
  for_each = local.systems

  creation_token = each.key
  encrypted      = each.value
}
