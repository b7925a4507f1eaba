resource "aws_kms_key" {
  x =
}
