variable "root" {
  default = ["/"]
}

resource "aws_efs_access_point" "app" {
  file_system_id = "fs-0123456789abcdef0"

  dynamic "root_directory" {
    for_each = var.root

    content {
      path = root_directory.value
    }
  }
}
