resource "aws_ecs_cluster" "main" {
  name = local.prefix

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_iam_role" "execution" {
  name = "${local.prefix}-execution"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { Service = "ecs-tasks.amazonaws.com" }
      }
    ]
  })
}

resource "aws_iam_role_policy_attachment" "execution" {
  role       = aws_iam_role.execution.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}

resource "aws_ecr_repository" "service" {
  for_each = local.services

  name                 = "${local.project}/${each.key}"
  image_tag_mutability = "IMMUTABLE"

  image_scanning_configuration {
    scan_on_push = false
  }
}

resource "aws_ecr_repository" "tools" {
  name                 = "${local.project}/tools"
  image_tag_mutability = "IMMUTABLE"

  image_scanning_configuration {
    scan_on_push = true
  }
}

module "service" {
  source   = "../../modules/service"
  for_each = local.services

  name               = "${local.prefix}-${each.key}"
  cluster_arn        = aws_ecs_cluster.main.arn
  image              = "${aws_ecr_repository.service[each.key].repository_url}:stable"
  cpu                = each.value.cpu
  memory             = each.value.memory
  desired_count      = each.value.count
  log_retention_days = var.log_retention_days
  subnet_ids         = aws_subnet.private[*].id
  security_group_ids = [aws_security_group.services.id]
  execution_role_arn = aws_iam_role.execution.arn
}

module "queue" {
  source   = "../../modules/queue"
  for_each = local.queues

  name = "${local.prefix}-${each.key}"
}

resource "aws_sqs_queue" "notifications" {
  name              = "${local.prefix}-notifications"
  kms_master_key_id = aws_kms_key.orders.id
}

resource "aws_sqs_queue" "imports" {
  name                    = "${local.prefix}-imports"
  sqs_managed_sse_enabled = false
}
