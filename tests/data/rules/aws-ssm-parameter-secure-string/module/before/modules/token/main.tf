variable "type" {
  type = string
}

resource "aws_ssm_parameter" "token" {
  name  = "/api/token"
  value = "change-me"
  type  = var.type
}
