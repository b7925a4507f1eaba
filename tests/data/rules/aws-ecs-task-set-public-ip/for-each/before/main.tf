resource "aws_ecs_task_set" "blue" {
  for_each = {
    first  = { assign_public_ip = false }
    second = { assign_public_ip = true }
  }

  service         = "web"
  cluster         = "main"
  task_definition = "web:1"

  network_configuration {
    subnets          = ["subnet-1"]
    assign_public_ip = each.value.assign_public_ip
  }
}
