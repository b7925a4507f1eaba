resource "aws_ssm_parameter" "token" {
  name      = "/images/base"
  data_type = "aws:ec2:image"
  value     = "ami-0123456789abcdef0"
  type      = "String"
}
