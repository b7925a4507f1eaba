variable "minimum_password_length" {
  type    = number
  default = 14
}

resource "aws_iam_account_password_policy" "strict" {
  require_symbols         = true
  minimum_password_length = var.minimum_password_length
}
