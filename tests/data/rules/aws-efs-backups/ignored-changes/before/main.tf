resource "aws_efs_file_system" "home" {
  encrypted = true
}

resource "aws_efs_backup_policy" "home" {
  file_system_id = aws_efs_file_system.home.id

  backup_policy {
    status = "DISABLED"
  }

  lifecycle {
    ignore_changes = [backup_policy]
  }
}
