variable "enabled" {
  type    = bool
  default = true
}

resource "aws_ebs_encryption_by_default" "here" {
  enabled = var.enabled
}
