variable "password_reuse_prevention" {
  type    = number
  default = 24
}

resource "aws_iam_account_password_policy" "strict" {
  minimum_password_length   = 14
  password_reuse_prevention = var.password_reuse_prevention
}
