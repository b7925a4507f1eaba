variable "instance_type" {
  type    = string
  default = "c3.xlarge"
}

resource "aws_instance" "web" {
  ami           = "ami-0123456789abcdef0"
  instance_type = var.instance_type
}
