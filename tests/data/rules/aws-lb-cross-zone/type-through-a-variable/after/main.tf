variable "kind" {
  type    = string
  default = "network"
}

resource "aws_lb" "web" {
  name                             = "web"
  subnets                          = ["subnet-0123456789abcdef0"]
  load_balancer_type               = var.kind
  enable_cross_zone_load_balancing = true
}
