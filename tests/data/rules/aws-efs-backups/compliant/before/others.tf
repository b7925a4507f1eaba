resource "aws_efs_backup_policy" "elsewhere" {
  file_system_id = aws_efs_file_system.home.id

  backup_policy {
    status = "ENABLED"
  }
}
