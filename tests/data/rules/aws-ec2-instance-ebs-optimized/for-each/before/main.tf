resource "aws_instance" "web" {
  for_each = toset(["blue", "green"])

  ami           = "ami-0123456789abcdef0"
  instance_type = "m3.xlarge"
  ebs_optimized = false
}
