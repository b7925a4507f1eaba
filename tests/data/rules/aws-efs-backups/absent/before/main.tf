resource "aws_efs_file_system" "home" {
  creation_token = "acme"
  encrypted      = true
}

resource "aws_efs_file_system" "other" {
  creation_token = "other"
  encrypted      = true
}
