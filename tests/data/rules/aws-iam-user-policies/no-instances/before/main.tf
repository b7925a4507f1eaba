resource "aws_iam_user_policy_attachment" "ci" {
  count = 0

  user       = "ci"
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}
