variable "rotate" {
  type    = bool
  default = true
}

resource "aws_kms_key" "logs" {
  enable_key_rotation = var.rotate
}
