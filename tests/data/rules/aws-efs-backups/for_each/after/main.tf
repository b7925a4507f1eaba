resource "aws_efs_file_system" "home" {
  for_each = toset(["raw", "clean"])

  creation_token = "acme-${each.key}"
  encrypted      = true
}

resource "aws_efs_backup_policy" "home" {
  for_each = aws_efs_file_system.home

  file_system_id = each.value.id

  backup_policy {
    status = "ENABLED"
  }
}
