variable "require_uppercase_characters" {
  type    = bool
  default = false
}

resource "aws_iam_account_password_policy" "strict" {
  minimum_password_length      = 14
  require_uppercase_characters = var.require_uppercase_characters
}
