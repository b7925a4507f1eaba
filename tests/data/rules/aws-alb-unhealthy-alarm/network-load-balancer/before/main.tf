resource "aws_lb" "web" {
  name               = "web"
  load_balancer_type = "network"
  subnets            = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
}
