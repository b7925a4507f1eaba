variable "key_policy" {
  type    = string
  default = null
}

resource "aws_kms_key" "logs" {
  description = "logs"
  policy      = var.key_policy
}
