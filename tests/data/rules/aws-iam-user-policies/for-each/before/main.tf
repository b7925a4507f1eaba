resource "aws_iam_user_policy_attachment" "ci" {
  for_each = toset(["ci", "deploy"])

  user       = each.value
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}
