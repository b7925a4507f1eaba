resource "aws_security_group" "gate" {
  name = "gate"
}
