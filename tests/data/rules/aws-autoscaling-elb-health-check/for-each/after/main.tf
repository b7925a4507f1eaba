resource "aws_autoscaling_group" "web" {
  for_each = toset(["blue", "green"])

  name               = "web"
  min_size           = 1
  max_size           = 4
  availability_zones = ["eu-west-1a"]
  target_group_arns  = ["arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web/0123456789abcdef"]
  health_check_type  = "ELB"

  launch_template {
    id      = "lt-0123456789abcdef0"
    version = "$Latest"
  }
}
