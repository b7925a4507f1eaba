variable "insights" {
  type    = string
  default = "disabled"
}

resource "aws_ecs_cluster" "main" {
  name = "main"

  setting {
    name  = "containerInsights"
    value = var.insights
  }
}
