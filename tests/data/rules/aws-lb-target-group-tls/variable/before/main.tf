variable "protocol" {
  type    = string
  default = "HTTP"
}

resource "aws_lb_target_group" "web" {
  name     = "web"
  port     = 8080
  vpc_id   = "vpc-0123456789abcdef0"
  protocol = var.protocol
}
