resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "main" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_instance" "web" {
  ami           = "ami-1e749f67"
  instance_type = "m5.large"
  subnet_id     = aws_subnet.main.id
  ebs_optimized = true
}
