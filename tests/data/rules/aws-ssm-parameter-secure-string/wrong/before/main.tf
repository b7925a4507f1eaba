resource "aws_ssm_parameter" "token" {
  name  = "/api/token"
  value = "change-me"
  type  = "String"
}
