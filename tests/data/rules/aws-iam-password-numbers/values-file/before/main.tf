variable "require_numbers" {
  type    = bool
  default = true
}

resource "aws_iam_account_password_policy" "strict" {
  minimum_password_length = 14
  require_numbers         = var.require_numbers
}
