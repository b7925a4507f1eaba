resource "aws_instance" "web" {
  for_each = toset(["blue", "green"])

  ami           = "ami-0123456789abcdef0"
  instance_type = "t3.micro"

  root_block_device {
    volume_type = "gp3"
    encrypted   = false
  }
}
