locals {
  points = { a = "/a", b = "/" }
}

resource "aws_efs_access_point" "all" {
  for_each = local.points

  file_system_id = "fs-0123456789abcdef0"

  root_directory {
    path = each.value
  }
}
