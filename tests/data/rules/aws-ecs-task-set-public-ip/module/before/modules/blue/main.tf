variable "assign_public_ip" {
  type    = bool
  default = null
}

resource "aws_ecs_task_set" "blue" {
  service         = "web"
  cluster         = "main"
  task_definition = "web:1"

  network_configuration {
    subnets          = ["subnet-1"]
    assign_public_ip = var.assign_public_ip
  }
}
