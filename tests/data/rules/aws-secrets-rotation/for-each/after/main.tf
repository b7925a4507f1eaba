resource "aws_secretsmanager_secret" "db" {
  for_each = toset(["orders", "users"])

  name = each.key
}

resource "aws_secretsmanager_secret_rotation" "db" {
  for_each = aws_secretsmanager_secret.db

  secret_id = each.value.id

  rotation_lambda_arn = "arn:aws:lambda:eu-west-1:111122223333:function:rotate"

  rotation_rules {
    automatically_after_days = 30
  }
}
