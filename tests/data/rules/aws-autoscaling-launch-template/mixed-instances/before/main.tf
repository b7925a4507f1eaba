resource "aws_autoscaling_group" "web" {
  name               = "web"
  min_size           = 1
  max_size           = 4
  availability_zones = ["eu-west-1a"]

  mixed_instances_policy {
    launch_template {
      launch_template_specification {
        launch_template_id = "lt-0123456789abcdef0"
      }
    }
  }
}
