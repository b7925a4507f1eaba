variable "users" {
  default = [1000]
}

resource "aws_efs_access_point" "app" {
  file_system_id = "fs-0123456789abcdef0"

  dynamic "posix_user" {
    for_each = var.users

    content {
      uid = posix_user.value
      gid = posix_user.value
    }
  }
}
