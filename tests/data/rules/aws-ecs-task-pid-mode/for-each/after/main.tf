resource "aws_ecs_task_definition" "web" {
  for_each = toset(["web", "api"])

  family                = each.key
  container_definitions = jsonencode([{ name = "web", image = "nginx:1.27", memory = 128 }])
}
