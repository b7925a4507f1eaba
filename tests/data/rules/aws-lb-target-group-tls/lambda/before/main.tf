resource "aws_lb_target_group" "web" {
  name        = "web"
  target_type = "lambda"
}
