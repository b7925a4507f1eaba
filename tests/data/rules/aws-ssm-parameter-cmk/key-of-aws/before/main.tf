resource "aws_ssm_parameter" "db" {
  name   = "/db/password"
  type   = "SecureString"
  value  = "change-me"
  key_id = "alias/aws/ssm"
}
