variable "key_id" {
  type = string
}

resource "aws_ssm_parameter" "db" {
  name   = "/db/password"
  type   = "SecureString"
  value  = "change-me"
  key_id = var.key_id
}
