variable "max_password_age" {
  type    = number
  default = 90
}

resource "aws_iam_account_password_policy" "strict" {
  minimum_password_length = 14
  max_password_age        = var.max_password_age
}
