resource "aws_security_group" "app" {
  name = "app"

  # before
  ingress {
    # which ports
    from_port = 22 # ssh
    to_port   = 22 /* telnet */
    protocol  = "tcp"
    cidr_blocks = [
      "10.0.0.0/8",   # the office
      "192.0.2.0/24", # all
    ]
  } # behind

  ingress {
    from_port = 23
    to_port   = 23
    protocol  = "tcp"
    cidr_blocks = [
      "10.0.0.0/8", # the office
      "0.0.0.0/0",  # all
    ]
  }

  tags = {
    Name = "app"
  }
}
