resource "aws_ecs_cluster" "main" {
  for_each = {
    blue  = { insights = "enabled" }
    green = { insights = "disabled" }
  }

  name = each.key

  setting {
    name  = "containerInsights"
    value = each.value.insights
  }
}
