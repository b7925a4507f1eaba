resource "aws_ecs_cluster" "main" {
  name = "main"

  dynamic "setting" {
    for_each = { containerInsights = "disabled" }
    content {
      name  = setting.key
      value = setting.value
    }
  }
}
