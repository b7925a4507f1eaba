resource "aws_ecs_task_definition" "web" {
  family                = "web"
  container_definitions = jsonencode([{ name = "web", image = "nginx:1.27", memory = 128 }])
  pid_mode              = "host"
}

# pid_mode = "host": the agent watches the others
resource "aws_ecs_task_definition" "agent" {
  family                = "agent"
  container_definitions = jsonencode([{ name = "web", image = "nginx:1.27", memory = 128 }])
  pid_mode              = "host"
}
