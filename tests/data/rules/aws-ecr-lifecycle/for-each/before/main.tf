resource "aws_ecr_repository" "app" {
  for_each = toset(["api", "web"])

  name = each.key
}
