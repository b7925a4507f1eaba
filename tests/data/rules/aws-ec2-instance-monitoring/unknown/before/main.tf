data "aws_ssm_parameter" "choice" {
  name = "/choice"
}

resource "aws_instance" "web" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "t3.micro"
  monitoring    = data.aws_ssm_parameter.choice.value
}
