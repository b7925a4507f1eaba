resource "aws_kms_key" "logs" {
  for_each = toset(["eu", "us"])

  description = each.key
}
