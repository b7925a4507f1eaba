resource "aws_kms_key" "logs" {
  enable_key_rotation = true
}
