resource "aws_kms_key" "orders" {
  description             = "Order data"
  deletion_window_in_days = 30
}

resource "aws_kms_alias" "orders" {
  name          = "alias/${local.prefix}-orders"
  target_key_id = aws_kms_key.orders.key_id
}

resource "aws_kms_key" "backups" {
  description             = "Backups"
  deletion_window_in_days = 30
  enable_key_rotation     = var.rotate_backup_key
}

resource "aws_kms_alias" "backups" {
  name          = "alias/${local.prefix}-backups"
  target_key_id = aws_kms_key.backups.key_id
}

resource "aws_kms_key" "reports" {
  description         = "Reports"
  enable_key_rotation = true
}

resource "aws_kms_alias" "reports" {
  name          = "alias/${local.prefix}-reports"
  target_key_id = aws_kms_key.reports.key_id
}
