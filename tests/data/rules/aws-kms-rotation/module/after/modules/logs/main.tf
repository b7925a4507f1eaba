variable "enable_key_rotation" {
  type = bool
}

resource "aws_kms_key" "logs" {
  description         = "encrypts the log bucket"
  enable_key_rotation = var.enable_key_rotation
}
