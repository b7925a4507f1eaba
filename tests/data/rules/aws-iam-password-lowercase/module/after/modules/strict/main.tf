variable "require_lowercase_characters" {
  type = bool
}

resource "aws_iam_account_password_policy" "strict" {
  minimum_password_length      = 14
  require_lowercase_characters = var.require_lowercase_characters
}
