resource "aws_ecs_service" "web" {
  for_each = {
    first  = { assign_public_ip = false }
    second = { assign_public_ip = false }
  }

  name            = each.key
  cluster         = "main"
  task_definition = "web:1"
  desired_count   = 2

  network_configuration {
    subnets          = ["subnet-1"]
    assign_public_ip = each.value.assign_public_ip
  }
}
