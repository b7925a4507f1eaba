resource "aws_ebs_encryption_by_default" "here" {
  for_each = toset(["blue", "green"])

  enabled = false
}
