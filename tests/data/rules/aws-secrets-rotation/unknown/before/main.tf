resource "aws_secretsmanager_secret" "db" {
  name = "db"
}

data "aws_ssm_parameter" "secret" {
  name = "/db/secret"
}

resource "aws_secretsmanager_secret_rotation" "main" {
  secret_id = try(data.aws_ssm_parameter.secret.value, null)

  rotation_lambda_arn = "arn:aws:lambda:eu-west-1:111122223333:function:rotate"

  rotation_rules {
    automatically_after_days = 30
  }
}
