resource "aws_ecs_service" "web" {
  name             = "web"
  cluster          = "main"
  task_definition  = "web:1"
  desired_count    = 2
  launch_type      = "FARGATE"
  platform_version = "1.3.0"

  network_configuration {
    subnets = ["subnet-1"]
  }

  lifecycle {
    ignore_changes = [platform_version]
  }
}
