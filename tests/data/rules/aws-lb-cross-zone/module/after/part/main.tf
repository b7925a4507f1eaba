variable "enable_cross_zone_load_balancing" {
  type = bool
}

resource "aws_lb" "web" {
  name                             = "web"
  subnets                          = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
  load_balancer_type               = "network"
  enable_cross_zone_load_balancing = var.enable_cross_zone_load_balancing
}
