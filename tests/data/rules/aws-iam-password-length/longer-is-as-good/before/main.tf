resource "aws_iam_account_password_policy" "strict" {
  require_symbols         = true
  minimum_password_length = 20
}
