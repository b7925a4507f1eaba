resource "aws_kms_key" "logs" {
  description         = "encrypts the log bucket"
  enable_key_rotation = false

  lifecycle {
    ignore_changes = [enable_key_rotation]
  }
}
