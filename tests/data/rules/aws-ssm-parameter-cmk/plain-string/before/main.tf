resource "aws_ssm_parameter" "db" {
  name  = "/db/host"
  type  = "String"
  value = "db.internal"
}
