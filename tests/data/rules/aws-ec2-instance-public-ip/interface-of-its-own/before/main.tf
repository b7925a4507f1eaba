resource "aws_network_interface" "web" {
  subnet_id = "subnet-0123456789abcdef0"
}

resource "aws_instance" "web" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "t3.micro"

  network_interface {
    device_index         = 0
    network_interface_id = aws_network_interface.web.id
  }
}
