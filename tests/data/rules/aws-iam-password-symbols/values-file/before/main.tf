variable "require_symbols" {
  type    = bool
  default = true
}

resource "aws_iam_account_password_policy" "strict" {
  minimum_password_length = 14
  require_symbols         = var.require_symbols
}
