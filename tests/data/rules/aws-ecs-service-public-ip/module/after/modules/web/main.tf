variable "assign_public_ip" {
  type = bool
}

resource "aws_ecs_service" "web" {
  name            = "web"
  cluster         = "main"
  task_definition = "web:1"
  desired_count   = 2

  network_configuration {
    subnets          = ["subnet-1"]
    assign_public_ip = var.assign_public_ip
  }
}
