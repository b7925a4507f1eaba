resource "aws_ssm_parameter" "token" {
  name           = "/api/host"
  insecure_value = "api.internal"
  type           = "String"
}
