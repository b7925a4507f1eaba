resource "aws_iam_account_password_policy" "strict" {
  count = 2

  require_symbols         = true
  minimum_password_length = 8
}
