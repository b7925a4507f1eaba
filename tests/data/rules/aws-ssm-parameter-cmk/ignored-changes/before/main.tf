resource "aws_ssm_parameter" "db" {
  name   = "/db/password"
  type   = "SecureString"
  value  = "change-me"
  key_id = "alias/aws/ssm"

  lifecycle {
    ignore_changes = [key_id]
  }
}
