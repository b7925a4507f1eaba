variable "user" {
  type    = string
  default = "ci"
}

resource "aws_iam_user_policy_attachment" "ci" {
  user       = var.user
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}
