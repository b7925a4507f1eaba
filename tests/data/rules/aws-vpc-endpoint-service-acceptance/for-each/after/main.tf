resource "aws_vpc_endpoint_service" "main" {
  for_each = toset(["blue", "green"])

  network_load_balancer_arns = ["arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/main/0123456789abcdef"]
  acceptance_required        = true
}
