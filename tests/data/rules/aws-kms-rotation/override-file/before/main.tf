resource "aws_kms_key" "logs" {
  description         = "encrypts the log bucket"
  enable_key_rotation = true
}
