resource "aws_ecs_service" "web" {
  for_each = {
    first  = { platform_version = "LATEST" }
    second = { platform_version = "1.3.0" }
  }

  name             = each.key
  cluster          = "main"
  task_definition  = "web:1"
  desired_count    = 2
  launch_type      = "FARGATE"
  platform_version = each.value.platform_version

  network_configuration {
    subnets = ["subnet-1"]
  }
}
