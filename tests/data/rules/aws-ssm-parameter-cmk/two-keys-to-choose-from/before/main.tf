resource "aws_kms_key" "data" {
  description = "data"
}

resource "aws_kms_key" "logs" {
  description = "logs"
}

resource "aws_ssm_parameter" "db" {
  name  = "/db/password"
  type  = "SecureString"
  value = "change-me"
}
