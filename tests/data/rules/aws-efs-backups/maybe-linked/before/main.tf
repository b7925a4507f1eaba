resource "aws_efs_file_system" "home" {
  creation_token = "acme"
  encrypted      = true
}

resource "aws_efs_backup_policy" "some" {
  file_system_id = var.subject

  backup_policy {
    status = "ENABLED"
  }
}
