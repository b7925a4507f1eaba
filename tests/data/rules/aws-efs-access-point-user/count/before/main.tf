resource "aws_efs_access_point" "app" {
  count = 2

  file_system_id = "fs-0123456789abcdef0"
}
