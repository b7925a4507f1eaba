resource "aws_kms_key" "data" {
  description = "data"
}

resource "aws_ssm_parameter" "db" {
  name   = "/db/password"
  type   = "SecureString"
  value  = "change-me"
  key_id = aws_kms_key.data.arn
}
