resource "aws_efs_file_system" "data" {
  creation_token = "users"
  encrypted      = true
}

resource "aws_efs_access_point" "data" {
  file_system_id = aws_efs_file_system.data.id

  posix_user {
    uid = 1000
    gid = 1000
  }
}
