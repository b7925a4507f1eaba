variable "password_length" {
  type = number
}

variable "lowercase" {
  type = bool
}

resource "aws_iam_account_password_policy" "strict" {
  minimum_password_length      = var.password_length
  require_lowercase_characters = var.lowercase
  require_uppercase_characters = true
  require_numbers              = true
  require_symbols              = true
  password_reuse_prevention    = 24
  max_password_age             = 90
}
