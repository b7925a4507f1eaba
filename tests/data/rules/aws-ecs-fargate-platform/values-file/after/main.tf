variable "platform_version" {
  type    = string
  default = "LATEST"
}

resource "aws_ecs_service" "web" {
  name             = "web"
  cluster          = "main"
  task_definition  = "web:1"
  desired_count    = 2
  launch_type      = "FARGATE"
  platform_version = var.platform_version

  network_configuration {
    subnets = ["subnet-1"]
  }
}
