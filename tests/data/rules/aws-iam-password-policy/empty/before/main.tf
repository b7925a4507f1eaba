resource "aws_iam_account_password_policy" "strict" {}
