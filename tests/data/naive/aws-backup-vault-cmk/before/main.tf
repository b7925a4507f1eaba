resource "aws_kms_key" "main" {
  description = "Data at rest"
}

resource "aws_backup_vault" "main" {
  name = "main"
}
