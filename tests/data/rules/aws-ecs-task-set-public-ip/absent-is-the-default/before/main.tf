resource "aws_ecs_task_set" "blue" {
  service         = "web"
  cluster         = "main"
  task_definition = "web:1"

  network_configuration {
    subnets = ["subnet-1"]
  }
}
