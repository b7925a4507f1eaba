resource "aws_ecs_task_definition" "web" {
  for_each = {
    first  = { transit_encryption = "ENABLED" }
    second = { transit_encryption = "ENABLED" }
  }

  family                = each.key
  container_definitions = jsonencode([{ name = "web", image = "nginx:1.27", memory = 128 }])

  volume {
    name = "data"

    efs_volume_configuration {
      file_system_id     = "fs-0123456789abcdef0"
      transit_encryption = each.value.transit_encryption
    }
  }
}
