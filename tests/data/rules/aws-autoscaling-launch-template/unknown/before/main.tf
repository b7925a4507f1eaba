variable "templates" {
  type    = list(string)
  default = []
}

resource "aws_autoscaling_group" "web" {
  name               = "web"
  min_size           = 1
  max_size           = 4
  availability_zones = ["eu-west-1a"]

  dynamic "launch_template" {
    for_each = var.templates
    content {
      id = launch_template.value
    }
  }
}
