resource "aws_security_group" "app" {
  name = "app"

  # before
  ingress {
    # which ports
    from_port = 22 # ssh
    to_port   = 23 /* telnet */
    protocol  = "tcp"
    cidr_blocks = [
      "10.0.0.0/8", # the office
      "0.0.0.0/0",  # all
    ]
  } # behind

  tags = {
    Name = "app"
  }
}
