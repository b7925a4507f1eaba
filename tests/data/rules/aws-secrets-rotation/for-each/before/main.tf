resource "aws_secretsmanager_secret" "db" {
  for_each = toset(["orders", "users"])

  name = each.key
}
