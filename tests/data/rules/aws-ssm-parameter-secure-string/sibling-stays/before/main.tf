resource "aws_ssm_parameter" "token" {
  name  = "/api/token"
  value = "change-me"
  type  = "String"
}

# type = "String": a person decides about this one
resource "aws_ssm_parameter" "token_old" {
  name  = "/api/token-old"
  value = "change-me"
  type  = "String"
}
