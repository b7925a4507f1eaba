module "queue" {
  source   = "../../modules/queue"
  for_each = var.queues

  name         = "${local.prefix}-${each.key}"
  fifo         = each.value.fifo
  dead_letters = each.value.dead_letters
}

resource "aws_sns_topic" "this" {
  for_each = toset(["orders", "alarms"])

  name = "${local.prefix}-${each.value}"
}

resource "aws_sns_topic" "scratch" {
  name_prefix = "${local.prefix}-scratch-"
}

resource "aws_sns_topic_subscription" "mails" {
  topic_arn = aws_sns_topic.this["orders"].arn
  protocol  = "sqs"
  endpoint  = module.queue["mails"].arn
}

resource "aws_cloudwatch_event_bus" "shop" {
  name = "${local.prefix}-shop"
}

resource "aws_cloudwatch_event_rule" "nightly" {
  name                = "${local.prefix}-nightly"
  schedule_expression = "cron(0 2 * * ? *)"
}

resource "aws_cloudwatch_event_rule" "order_placed" {
  name           = "${local.prefix}-order-placed"
  event_bus_name = aws_cloudwatch_event_bus.shop.name
  event_pattern  = jsonencode({ source = ["shop.orders"] })
}

# The default bus has a rule of the same name.
resource "aws_cloudwatch_event_rule" "nightly_of_shop" {
  name           = "${local.prefix}-nightly"
  event_bus_name = aws_cloudwatch_event_bus.shop.name
  event_pattern  = jsonencode({ source = ["shop.night"] })
}

resource "aws_cloudwatch_event_target" "order_placed" {
  rule           = aws_cloudwatch_event_rule.order_placed.name
  event_bus_name = aws_cloudwatch_event_bus.shop.name
  target_id      = "mails"
  arn            = module.queue["mails"].arn
}

resource "aws_scheduler_schedule_group" "shop" {
  name = "${local.prefix}-shop"
}

resource "aws_scheduler_schedule" "rollup" {
  name                = "rollup"
  group_name          = aws_scheduler_schedule_group.shop.name
  schedule_expression = "rate(1 hour)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = module.queue["mails"].arn
    role_arn = aws_iam_role.workflow.arn
  }
}
