resource "aws_sns_topic" "alerts" {
  for_each = toset(["first", "second"])

  name = each.key
}
