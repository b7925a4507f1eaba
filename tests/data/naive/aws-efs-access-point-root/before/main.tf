resource "aws_efs_file_system" "data" {
  creation_token = "shared"
  encrypted      = true
}

resource "aws_efs_access_point" "data" {
  file_system_id = aws_efs_file_system.data.id
}
