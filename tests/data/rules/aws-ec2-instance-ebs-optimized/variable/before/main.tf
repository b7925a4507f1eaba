variable "ebs_optimized" {
  type    = bool
  default = false
}

resource "aws_instance" "web" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "m3.xlarge"
  ebs_optimized = var.ebs_optimized
}
